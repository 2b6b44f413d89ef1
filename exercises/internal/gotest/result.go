package gotest

import (
	"slices"
	"strings"
	"time"
)

// Result is what came of one run.
type Result struct {
	Tests   []Test   // in the order in which they began, subtests among them
	Began   []string // their names, as often as each began
	Failed  bool
	Crash   *Crash // nil if the tests came to an end
	Output  string // outside of tests: of TestMain, of a crash
	Elapsed time.Duration
}

// Test is one test or subtest.
type Test struct {
	Name    string
	Outcome Outcome
	Runs    int
	Output  string // without go's own "=== RUN" and "--- FAIL" lines
}

// Outcome is how a test ended, the worst last.
type Outcome int

const (
	Unfinished Outcome = iota
	Passed
	Skipped
	Failed
)

var outcomes = map[string]Outcome{"pass": Passed, "skip": Skipped, "fail": Failed}

// Top returns the tests that aren't subtests.
func (r *Result) Top() []Test {
	return slices.DeleteFunc(slices.Clone(r.Tests), func(t Test) bool { return strings.Contains(t.Name, "/") })
}

// Count returns how many tests that aren't subtests ended so.
func (r *Result) Count(o Outcome) int {
	n := 0
	for _, t := range r.Top() {
		if t.Outcome == o {
			n++
		}
	}
	return n
}

// Passed reports whether at least one test ran, and all that ran passed. A skipped test didn't pass.
func (r *Result) Passed() bool {
	return !r.Failed && r.Count(Passed) > 0 && r.Count(Passed) == len(r.Top())
}

// FailedTests returns those in which something failed, in the order in which they began: of a test with failed subtests
// only these. The one that crashed is among them.
func (r *Result) FailedTests() []Test {
	var failed []Test
	for _, t := range r.Tests {
		if t.Outcome != Failed {
			continue
		}
		inSubtest := slices.ContainsFunc(r.Tests, func(sub Test) bool {
			return sub.Outcome == Failed && strings.HasPrefix(sub.Name, t.Name+"/")
		})
		if !inSubtest {
			failed = append(failed, t)
		}
	}
	return failed
}
