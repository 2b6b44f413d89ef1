package catalog

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Readme is an exercise's README.md by its headings. What isn't there is empty.
type Readme struct {
	Title     string // # …
	Task      string // ## Task
	Invariant string // ## Invariant
	Verifies  string // ## What the tests verify
	Question  string // ## Closing question

	// From ## Upstream: two list items that say where, then what upstream does besides.
	Lib, Upstream Place
	Besides       string
}

// Place is where a thing is written: "rest/url_utils.go", "DefaultVersionedAPIPath".
type Place struct{ File, Symbol string }

const (
	taskHeading      = "Task"
	invariantHeading = "Invariant"
	verifiesHeading  = "What the tests verify"
	questionHeading  = "Closing question"
	upstreamHeading  = "Upstream"
)

var placeItem = regexp.MustCompile("^- (lib|upstream): `([^`]+)`, `([^`]+)`$")

func parseReadme(text string) Readme {
	title, parts := sections(text)
	r := Readme{
		Title:     title,
		Task:      parts[taskHeading],
		Invariant: parts[invariantHeading],
		Verifies:  parts[verifiesHeading],
		Question:  parts[questionHeading],
	}
	var besides []string
	for line := range strings.Lines(parts[upstreamHeading]) {
		m := placeItem.FindStringSubmatch(strings.TrimSpace(line))
		switch {
		case m == nil:
			besides = append(besides, line)
		case m[1] == "lib":
			r.Lib = Place{m[2], m[3]}
		default:
			r.Upstream = Place{m[2], m[3]}
		}
	}
	r.Besides = strings.TrimSpace(strings.Join(besides, ""))
	return r
}

// parseHints returns the sections "## 1", "## 2" and so on up to the first that is missing.
func parseHints(text string) []string {
	_, parts := sections(text)
	var hints []string
	for i := 1; parts[fmt.Sprint(i)] != ""; i++ {
		hints = append(hints, parts[fmt.Sprint(i)])
	}
	return hints
}

// sections splits markdown at its second-level headings. A # in a code block is no heading.
func sections(text string) (title string, parts map[string]string) {
	parts = map[string]string{}
	heading, fenced := "", false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		switch {
		case !fenced && strings.HasPrefix(line, "## "):
			heading = strings.TrimSpace(line[3:])
		case !fenced && strings.HasPrefix(line, "# ") && title == "":
			title = strings.TrimSpace(line[2:])
		default:
			parts[heading] += line
		}
	}
	for heading, part := range parts {
		parts[heading] = strings.TrimSpace(part)
	}
	return title, parts
}

// Problems says what the README and the hints of e lack, one line each.
func (c *Catalog) Problems(e *Exercise) []string {
	var problems []string
	missing := func(ok bool, format string, args ...any) {
		if !ok {
			problems = append(problems, fmt.Sprintf(format, args...))
		}
	}
	r := e.Readme
	missing(r.Title != "", `README.md: no title ("# …")`)
	for _, part := range []struct{ heading, text string }{
		{taskHeading, r.Task},
		{invariantHeading, r.Invariant},
		{verifiesHeading, r.Verifies},
		{questionHeading, r.Question},
	} {
		missing(part.text != "", `README.md: no text below "## %s"`, part.heading)
	}
	missing(r.Lib.File != "", "README.md: no \"- lib: `file`, `symbol`\" below \"## Upstream\"")
	missing(r.Upstream.File != "", "README.md: no \"- upstream: `file`, `symbol`\" below \"## Upstream\"")
	missing(r.Besides != "", `README.md: "## Upstream" doesn't say what upstream does besides`)
	if r.Lib.File != "" {
		src, err := os.ReadFile(filepath.Join(c.Root, r.Lib.File))
		symbol := r.Lib.Symbol[strings.LastIndex(r.Lib.Symbol, ".")+1:]
		missing(err == nil, "README.md: %s isn't there", r.Lib.File)
		missing(err != nil || strings.Contains(string(src), symbol), "README.md: %s has no %s", r.Lib.File, r.Lib.Symbol)
	}
	missing(len(e.Hints) == 2, `hints.md: %d hints, expected two ("## 1" and "## 2")`, len(e.Hints))
	if len(e.Hints) == 2 {
		missing(len(e.Hints[1]) > len(e.Hints[0]), "hints.md: the second hint isn't longer than the first, so hardly stronger")
	}
	return problems
}
