package demo

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/fatih/color"
)

// page prints a demo's steps in two columns, the verb and what came of it, each
// verb in the colour of its meaning. Colours appear on a terminal only.
type page struct {
	out io.Writer

	heading, faint *color.Color
	verbs          map[string]*color.Color
}

const verbColumn = 10 // the widest verb and a blank

func newPage(out io.Writer) *page {
	p := &page{
		out:     out,
		heading: color.New(color.Bold),
		faint:   color.New(color.Faint),
		verbs: map[string]*color.Color{
			"create": color.New(color.FgGreen),
			"apply":  color.New(color.FgGreen),
			"update": color.New(color.FgYellow),
			"patch":  color.New(color.FgYellow),
			"delete": color.New(color.FgRed),
			"remove": color.New(color.Faint),
		},
	}
	inColour := out == io.Writer(os.Stdout) && !color.NoColor
	for _, c := range append(slices.Collect(maps.Values(p.verbs)), p.heading, p.faint) {
		if inColour {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
	}
	return p
}

func (p *page) title(text string) {
	fmt.Fprintf(p.out, "%s\n\n", p.heading.Sprint(text))
}

// step prints the verb, what was told beside it, and the requests beneath.
func (p *page) step(verb, told string, requests []string) {
	c, ok := p.verbs[verb]
	if !ok {
		c = p.heading
	}
	indent := strings.Repeat(" ", verbColumn+2)
	head := "  " + c.Sprint(verb) + strings.Repeat(" ", max(1, verbColumn-len(verb)))
	for line := range strings.SplitSeq(told, "\n") {
		fmt.Fprintf(p.out, "%s%s\n", head, line)
		head = indent
	}
	for _, r := range requests {
		if r == "" {
			fmt.Fprintln(p.out)
			continue
		}
		fmt.Fprintf(p.out, "%s%s\n", indent, p.faint.Sprint(r))
	}
}
