// Package invariant gives the tests of the exercises one way to fail: with the rule that broke, what was expected,
// what was seen, and where to read.
//
//	var oneSlash = invariant.Invariant{
//		Says: "one slash between two parts of a path",
//		Read: "lib/rest/config_url.go, DefaultVersionedAPIPath",
//	}
//	oneSlash.Equal(t, "/api/v1", got, "APIPath(%q, %v)", root, gv)
//
// Every other assertion of testify fails the same way through T: require.ErrorIs(oneSlash.T(t), err, io.EOF).
package invariant

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"

	"client-go-workbook/exercises/internal/screen"
)

// Invariant is a rule that holds in every right answer.
type Invariant struct {
	Says string // the rule, in one line
	Read string // where it is explained or coded
}

// Report is one case in which an Invariant didn't hold. Fields that are empty aren't shown.
type Report struct {
	Doing    string // what was called: `APIPath("/api", v1)`
	Expected string
	Saw      string
}

// Broken ends the test with the report.
func (i Invariant) Broken(t testing.TB, r Report) {
	t.Helper()
	t.Fatal(i.text(r))
}

// Equal ends the test if saw isn't expected, as testify compares them. doing and its args, as for Sprintf, say what
// was called.
func (i Invariant) Equal(t testing.TB, expected, saw any, doing string, args ...any) {
	t.Helper()
	if !assert.ObjectsAreEqual(expected, saw) {
		want, got := apart(show(expected), show(saw))
		i.Broken(t, Report{Doing: fmt.Sprintf(doing, args...), Expected: want, Saw: got})
	}
}

// NoError ends the test if err isn't nil.
func (i Invariant) NoError(t testing.TB, err error, doing string, args ...any) {
	t.Helper()
	if err != nil {
		i.Broken(t, Report{Doing: fmt.Sprintf(doing, args...), Expected: "no error", Saw: err.Error()})
	}
}

// T returns a t for testify's assertions that heads their messages with the invariant.
func (i Invariant) T(t testing.TB) *Testify { return &Testify{t: t, invariant: i} }

// Testify is a require.TestingT.
type Testify struct {
	t         testing.TB
	invariant Invariant
}

func (a *Testify) Errorf(format string, args ...any) {
	a.t.Helper()
	a.t.Error(a.invariant.text(Report{Saw: withoutTrace(fmt.Sprintf(format, args...))}))
}

func (a *Testify) FailNow() {
	a.t.Helper()
	a.t.FailNow()
}

func (a *Testify) Helper() { a.t.Helper() }

func (i Invariant) text(r Report) string {
	var b strings.Builder
	for _, line := range []struct{ label, text string }{
		{"invariant", wrapped(i.Says)},
		{"doing", wrapped(r.Doing)},
		{"expected", r.Expected},
		{"saw", r.Saw},
		{"read", i.Read},
	} {
		if line.text != "" {
			fmt.Fprintf(&b, "\n%-11s%s", line.label, strings.ReplaceAll(line.text, "\n", "\n           "))
		}
	}
	return b.String()
}

// columns are what 80 leave for a text beside its label, where go test prints it.
const columns = 80 - 8 - 11

// wrapped breaks the lines that are too long. What was expected and seen stays as it is.
func wrapped(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		if utf8.RuneCountInString(line) > columns {
			lines[i] = strings.Join(screen.Wrap(line, columns), "\n")
		}
	}
	return strings.Join(lines, "\n")
}

// show prints strings quoted, so that an empty one and a blank at the end are seen.
func show(v any) string {
	switch v := v.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case []byte:
		return fmt.Sprintf("%q", v)
	case error:
		return v.Error()
	}
	return fmt.Sprintf("%+v", v)
}

const (
	long   = 240 // characters: in longer texts nobody finds by eye what differs
	nearby = 40  // how many of those beside a difference are shown
)

// apart cuts off what two long texts have in common at either end.
func apart(a, b string) (string, string) {
	if min(len(a), len(b)) <= long || a == b {
		return a, b
	}
	x, y := []rune(a), []rune(b)
	shorter := min(len(x), len(y))
	head, tail := 0, 0
	for head < shorter && x[head] == y[head] {
		head++
	}
	for tail < shorter-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	return middle(x, head, tail), middle(y, head, tail)
}

// middle leaves out the first head characters and the last tail, but for those nearby.
func middle(text []rune, head, tail int) string {
	from, to := max(0, head-nearby), len(text)-max(0, tail-nearby)
	cut := string(text[from:to])
	if from > 0 {
		cut = "…" + cut
	}
	if to < len(text) {
		cut += "…"
	}
	return cut
}

// withoutTrace keeps of testify's message what was wrong: its labels repeat what the invariant says better.
func withoutTrace(message string) string {
	var kept []string
	keep := false
	for line := range strings.SplitSeq(message, "\n") {
		if label, rest, ok := strings.Cut(strings.TrimPrefix(line, "\t"), ":"); ok && strings.HasPrefix(line, "\t") && isLabel(label) {
			keep = label == "Error" || label == "Messages"
			line = rest
		}
		if line = strings.TrimSpace(line); keep && line != "" {
			kept = append(kept, line)
		}
	}
	if len(kept) == 0 {
		return strings.TrimSpace(message)
	}
	return strings.Join(kept, "\n")
}

func isLabel(s string) bool {
	return s == "Error Trace" || s == "Error" || s == "Test" || s == "Messages"
}
