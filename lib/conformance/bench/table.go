package main

import (
	"fmt"
	"io"
	"strings"
)

// table prints rows as they come, so its columns have fixed widths.
type table struct {
	out       io.Writer
	met, rows int
}

const columns = "%-50s %12s %12s %7s %13s  %-7s %s\n"

func (t *table) head() {
	line := fmt.Sprintf(columns, "", "client-go", "ours", "ratio", "middle half", "target", "ok")
	fmt.Fprint(t.out, line, strings.Repeat("─", len([]rune(line))+1), "\n")
}

func (t *table) row(r result) {
	low, middle, high := quartiles(r.ratios)
	sign := "≥"
	if r.unit.less {
		sign = "≤"
	}
	verdict := r.verdict()
	if t.rows++; verdict == "yes" {
		t.met++
	}
	fmt.Fprintf(t.out, columns, r.name, r.unit.print(median(r.theirs)), r.unit.print(median(r.ours)),
		fmt.Sprintf("%.2f", middle), fmt.Sprintf("%.2f–%.2f", low, high), fmt.Sprintf("%s %.2f", sign, r.target), verdict)
}

func (t *table) foot(conditions string) {
	fmt.Fprintf(t.out, `
%s meet their target, of %d. %s.
ratio: how many times as fast we are (≥), or our share of client-go's memory (≤); "even" misses the target by less than rounds differ.
`, plural(t.met, "row"), t.rows, conditions)
}

// thousands prints 1234567 as "1,234,567".
func thousands(n float64) string {
	digits := fmt.Sprintf("%.0f", n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// short prints 10000 as "10k".
func short(n int) string {
	if n >= 1_000_000 && n%1_000_000 == 0 {
		return fmt.Sprintf("%dM", n/1_000_000)
	}
	if n >= 1000 && n%1000 == 0 {
		return fmt.Sprintf("%dk", n/1000)
	}
	return fmt.Sprint(n)
}
