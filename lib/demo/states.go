package demo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// States is a table of what was done to a thing and how the thing was then, a line each:
//
//	            queue  dirty  processing
//	Add(a)      a      a      ·
//	Get() → a   ·      ·      a
//
// A thing tells its state as the queues of lib do: "queue [b c] dirty [b c] processing [a]",
// a name and brackets for each column, and perhaps ", shut down" behind them, which is told
// when it is new. A cell that differs from the one above it is painted. The zero value is an
// empty table.
type States struct {
	// Columns are the names of what is shown, in this order. Default: those that the
	// first state has.
	Columns []string
	// Precision is what waits are rounded to: 20ms makes "a in 99.98ms" be "a in 100ms". Default:
	// not at all.
	Precision time.Duration

	rows  [][]string
	above []string // the cells of the last row, not painted
	end   string   // of its state, behind the brackets
}

// part is a name and what stands in brackets behind it.
var part = regexp.MustCompile(`(\w+) \[([^\]]*)\]`)

// Row adds a line: what was done, how the thing is now, and a remark if there is one.
func (s *States) Row(did string, thing any, remarks ...string) {
	state := fmt.Sprint(thing)
	values := map[string]string{}
	var names []string
	for _, m := range part.FindAllStringSubmatch(state, -1) {
		names = append(names, m[1])
		values[m[1]] = s.rounded(m[2])
	}
	if s.Columns == nil {
		s.Columns = names
	}
	end := strings.TrimPrefix(state[strings.LastIndex(state, "]")+1:], ", ")
	if end != "" && end != s.end {
		remarks = append(remarks, end)
	}
	s.end = end

	var cells []string
	for _, name := range s.Columns {
		value := values[name]
		if value == "" {
			value = "·"
		}
		cells = append(cells, value)
	}
	row := []string{did}
	for i, cell := range cells {
		if s.above != nil && s.above[i] != cell {
			cell = Changed.Paint(cell)
		}
		row = append(row, cell)
	}
	s.rows = append(s.rows, append(row, strings.Join(remarks, ", ")))
	s.above = cells
}

var wait = regexp.MustCompile(`\bin \d[\d.hmsµn]*s\b`)

func (s *States) rounded(cell string) string {
	if s.Precision == 0 {
		return cell
	}
	return wait.ReplaceAllStringFunc(cell, func(text string) string {
		d, err := time.ParseDuration(strings.TrimPrefix(text, "in "))
		if err != nil {
			return text
		}
		return "in " + d.Round(s.Precision).String()
	})
}

// String lays out the table.
func (s *States) String() string {
	return Columns(append([][]string{slices.Concat([]string{""}, s.Columns, []string{""})}, s.rows...)...)
}
