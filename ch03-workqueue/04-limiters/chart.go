package main

import (
	"fmt"
	"strings"
	"time"
)

const (
	top    = 2 * time.Second // the end of the scale
	height = 6               // in characters, each of which has 8 steps
	gap    = "  "
)

var blocks = []rune(" ▁▂▃▄▅▆▇█")

// chart draws the limiters side by side: a bar for each failure, as high as the wait is long.
func chart(all []line) string {
	var rows []string
	for level := height - 1; level >= 0; level-- {
		row := scale(level)
		for _, l := range all {
			row += gap + l.ink.Paint(bars(l.waits, level))
		}
		rows = append(rows, row)
	}
	items, names := "  ", "  "
	for _, l := range all {
		items += gap + feet()
		names += gap + l.ink.Paint(fmt.Sprintf("%-*s", len(l.waits), l.name))
	}
	return strings.Join(append(rows, items, names), "\n")
}

// scale is what stands left of a line of bars. Its end is at the line's upper edge.
func scale(level int) string {
	switch level {
	case height - 1:
		return "2s"
	case height/2 - 1:
		return "1s"
	}
	return "  "
}

// bars is one line of a limiter's bars.
func bars(waits []time.Duration, level int) string {
	var row strings.Builder
	for _, wait := range waits {
		steps := int(wait * height * 8 / top)
		row.WriteRune(blocks[min(max(steps-8*level, 0), 8)])
	}
	return row.String()
}

// feet name the item under the first of its failures: "╵web  ╵web╵db ".
func feet() string {
	var row string
	for _, f := range story {
		row += fmt.Sprintf("╵%-*s", f.times-1, f.item)
	}
	return row
}
