// Package screen prints what the runner shows: plain when piped, coloured on a terminal, 80 columns wide.
package screen

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/fatih/color"
)

// Width is how many columns a line has at most, code and output of tests excepted.
const Width = 80

// Screen writes lines, and forgets errors: there is nobody to tell them.
type Screen struct {
	out io.Writer

	Bold, Faint, Good, Bad, Note Paint
}

// Paint colours a text by its meaning.
type Paint func(text string) string

// New returns a Screen that writes to out, in colour or plain.
func New(out io.Writer, inColour bool) *Screen {
	paint := func(attributes ...color.Attribute) Paint {
		c := color.New(attributes...)
		if inColour {
			c.EnableColor()
		} else {
			c.DisableColor()
		}
		return func(text string) string { return c.Sprint(text) }
	}
	return &Screen{
		out:   out,
		Bold:  paint(color.Bold),
		Faint: paint(color.Faint),
		Good:  paint(color.FgGreen),
		Bad:   paint(color.FgRed),
		Note:  paint(color.FgYellow),
	}
}

// Line prints the parts as one line.
func (s *Screen) Line(parts ...string) {
	fmt.Fprintln(s.out, strings.TrimRight(strings.Join(parts, ""), " "))
}

// Text prints markdown, wrapped and indented. Code blocks and list items stay lines of their own; asterisks go.
func (s *Screen) Text(indent int, text string) {
	margin := strings.Repeat(" ", indent)
	for _, line := range Wrap(strings.ReplaceAll(text, "**", ""), Width-indent) {
		s.Line(margin, line)
	}
}

// Lines prints text as it is, indented.
func (s *Screen) Lines(indent int, text string, paint Paint) {
	margin := strings.Repeat(" ", indent)
	for line := range strings.SplitSeq(strings.TrimRight(text, "\n"), "\n") {
		if line == "" {
			s.Line()
			continue
		}
		s.Line(margin, paint(line))
	}
}

// Pad fills text up with blanks to width columns.
func Pad(text string, width int) string {
	return text + strings.Repeat(" ", max(0, width-utf8.RuneCountInString(text)))
}

// Cut shortens text to width columns.
func Cut(text string, width int) string {
	runes := []rune(text)
	if len(runes) <= width {
		return text
	}
	return string(runes[:width-1]) + "…"
}

// Wrap breaks markdown into lines of at most width columns.
func Wrap(text string, width int) []string {
	var lines []string
	w := wrapper{width: width}
	fenced := false
	for line := range strings.SplitSeq(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			fenced = !fenced
			lines = append(lines, w.flush()...)
		case fenced:
			lines = append(lines, "    "+line)
		case strings.TrimSpace(line) == "":
			lines = append(lines, w.flush()...)
			lines = append(lines, "")
		default:
			if startsItem(line) {
				lines = append(lines, w.flush()...)
			}
			w.add(line)
		}
	}
	return append(lines, w.flush()...)
}

func startsItem(line string) bool {
	line = strings.TrimSpace(line)
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "|") ||
		len(line) > 2 && line[0] >= '1' && line[0] <= '9' && line[1] == '.'
}

// wrapper collects the words of one paragraph or list item.
type wrapper struct {
	width int
	words []string
	hang  string // before all lines but the first
}

func (w *wrapper) add(line string) {
	if len(w.words) == 0 && startsItem(line) {
		w.hang = "  "
	}
	for _, word := range strings.Fields(line) {
		if last := len(w.words) - 1; last >= 0 && strings.Count(w.words[last], "`")%2 == 1 {
			w.words[last] += " " + word // inside of `code`, which is copied as one
		} else {
			w.words = append(w.words, word)
		}
	}
}

func (w *wrapper) flush() []string {
	var lines []string
	line := ""
	for i, word := range w.fitting() {
		switch {
		case i == 0:
			line = word
		case utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > w.width:
			lines = append(lines, line)
			line = w.hang + word
		default:
			line += " " + word
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	w.words, w.hang = nil, ""
	return lines
}

// fitting returns the words, with code that is longer than a line broken at its blanks: it can't be copied as one.
func (w *wrapper) fitting() []string {
	var words []string
	for _, word := range w.words {
		if utf8.RuneCountInString(word) > w.width {
			words = append(words, strings.Fields(word)...)
		} else {
			words = append(words, word)
		}
	}
	return words
}
