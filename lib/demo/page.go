package demo

import (
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/fatih/color"
)

// page prints a demo's steps in two columns, the verb and what came of it. Verbs and
// the words that name a change have the colour of their meaning. Colours appear on a
// terminal only.
type page struct {
	out      io.Writer
	inColour bool

	heading, faint *color.Color
	meaning        map[string]*color.Color // of verbs and of words
}

const verbColumn = 10 // the widest verb and a blank

// meanings has the verbs and words of one colour in a line each: what comes, what
// changes, what goes, what is told again although nobody changed it.
var meanings = []struct {
	ink   Ink
	words string
}{
	{Come, "create apply add ADDED Add AddAfter AddRateLimited Added OnAdd"},
	{Changed, "update patch scale MODIFIED Update Updated OnUpdate"},
	{Gone, "delete DELETED Delete Deleted OnDelete"},
	{Again, "replace resync Replace Replaced ReplacedAll Sync SyncAll BOOKMARK Bookmark"},
	{Faint, "remove"},
}

// changeWord finds the words that name a change, wherever they stand. Verbs, which
// begin with a small letter, are coloured only where they head a step.
var changeWord = func() *regexp.Regexp {
	var words []string
	for _, m := range meanings {
		for word := range strings.FieldsSeq(m.words) {
			if word[0] < 'a' {
				words = append(words, word)
			}
		}
	}
	return regexp.MustCompile(`\b(?:` + strings.Join(words, "|") + `)\b`)
}()

func newPage(out io.Writer) *page {
	return newPageIn(out, out == io.Writer(os.Stdout) && !color.NoColor)
}

func newPageIn(out io.Writer, inColour bool) *page {
	colour := func(attribute color.Attribute) *color.Color {
		c := color.New(attribute)
		if inColour {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return c
	}
	p := &page{out: out, inColour: inColour, heading: colour(color.Bold), faint: colour(color.Faint), meaning: map[string]*color.Color{}}
	for _, m := range meanings {
		c := colour(color.Attribute(m.ink))
		for word := range strings.FieldsSeq(m.words) {
			p.meaning[word] = c
		}
	}
	return p
}

func (p *page) title(text string) {
	fmt.Fprintf(p.out, "%s\n\n", p.heading.Sprint(text))
}

// step prints the verb, what was told beside it, and the requests beneath.
func (p *page) step(verb, told string, requests []string) {
	c, ok := p.meaning[verb]
	if !ok {
		c = p.heading
	}
	indent := strings.Repeat(" ", verbColumn+2)
	head := "  " + c.Sprint(verb) + strings.Repeat(" ", max(1, verbColumn-len(verb)))
	if !p.inColour {
		told = unpainted(told)
	}
	for line := range strings.SplitSeq(told, "\n") {
		line = changeWord.ReplaceAllStringFunc(line, func(word string) string { return p.meaning[word].Sprint(word) })
		fmt.Fprintln(p.out, strings.TrimRight(head+line, " "))
		head = indent
	}
	for _, r := range requests {
		if r == "" {
			fmt.Fprintln(p.out)
			continue
		}
		for line := range strings.SplitSeq(r, "\n") {
			fmt.Fprintf(p.out, "%s%s\n", indent, p.faint.Sprint(line))
		}
	}
}
