package demo

import (
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/fatih/color"
)

// Ink paints text that a step tells. On paper, which is anything but a terminal, the
// text is plain.
type Ink color.Attribute

// Each ink has its meaning.
const (
	Come    = Ink(color.FgGreen)  // what is new, or good
	Changed = Ink(color.FgYellow) // what is different now
	Gone    = Ink(color.FgRed)    // what is lost, or bad
	Again   = Ink(color.FgCyan)   // what comes again although nobody changed it
	Faint   = Ink(color.Faint)    // what needs no attention
)

// Paint returns the text with the ink around it, which takes no room in Columns.
func (i Ink) Paint(text string) string { return fmt.Sprintf("\x1b[%dm%s\x1b[0m", i, text) }

var ink = regexp.MustCompile(`\x1b\[\d+m`)

func unpainted(text string) string { return ink.ReplaceAllString(text, "") }

// width is how many characters a reader sees.
func width(text string) int { return utf8.RuneCountInString(unpainted(text)) }
