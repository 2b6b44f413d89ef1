// Package bubble runs tests of exercises on fake time, and turns whatever hangs there into a failure that says where.
//
//	synctest.Test alone                                         bubble.Test
//	a goroutine waits for a Mutex: the clock stops, for ever    fails after some seconds, and names the line
//	a goroutine looks again and again: the same                 the same
//	all wait for each other: a panic and many stacks            fails at once, and names the lines
package bubble

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"client-go-workbook/exercises/internal/invariant"
)

// limit is real time. A test in a bubble hardly takes any.
const limit = 5 * time.Second

// hung is the name of a test of this process that hangs.
var hung atomic.Pointer[string]

// Test is synctest.Test. If the test hangs, rule is broken. The tests behind it then fail at once: each would take some
// seconds, and the learner waits for the first one's message.
func Test(t *testing.T, rule invariant.Invariant, test func(t *testing.T)) {
	t.Helper()
	if name := hung.Load(); name != nil {
		t.Fatalf("\nnot run    %s hangs", *name)
	}
	ended := make(chan any, 1)
	go func() {
		defer func() { ended <- recover() }()
		synctest.Test(t, test)
	}()
	select {
	case value := <-ended:
		finish(t, rule, value)
	case <-time.After(limit):
		name := t.Name()
		hung.Store(&name)
		broken(t, rule, "a goroutine that never comes to rest, or waits for a lock that nobody gives back:", stacks())
	}
}

// finish handles the panic with which synctest tells of goroutines that wait for ever.
func finish(t *testing.T, rule invariant.Invariant, value any) {
	t.Helper()
	switch {
	case t.Failed(): // it has said why; that something still waits is what comes of it
		t.FailNow()
	case value == nil:
	case strings.HasPrefix(fmt.Sprint(value), "deadlock"):
		broken(t, rule, "a goroutine that waits for something that never comes:", stacks())
	default:
		panic(value)
	}
}

// Catch is for a defer around a call of the learner's code: its panic breaks the rule. That of a TODO goes on.
func Catch(t *testing.T, rule invariant.Invariant, doing string) {
	t.Helper()
	value := recover()
	switch text := fmt.Sprint(value); {
	case value == nil:
	case strings.HasPrefix(text, "TODO "):
		panic(value)
	default:
		rule.Broken(t, invariant.Report{Doing: doing, Expected: "no panic", Saw: "panic: " + text + at()})
	}
}

// at says at which of the learner's lines this goroutine is, or nothing.
func at() string {
	buf := make([]byte, 1<<16)
	found := places(string(buf[:runtime.Stack(buf, false)]), workingDir())
	if len(found) == 0 {
		return ""
	}
	file, _, _ := strings.Cut(found[0], " ")
	return "\nat " + file
}

func workingDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return "?"
	}
	return dir
}

func broken(t *testing.T, rule invariant.Invariant, what, stacks string) {
	t.Helper()
	rule.Broken(t, invariant.Report{Doing: "run the test to its end", Expected: "an end", Saw: strings.Join(append([]string{what}, places(stacks, workingDir())...), "\n")})
}

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}

var (
	state = regexp.MustCompile(`^goroutine \d+ \[([^\],]*)`)
	frame = regexp.MustCompile(`(?m)^\t(/.*\.go:\d+)`)
)

// places says where in the files of dir the goroutines of bubbles are: in the learner's own if there are any there, in the
// tests otherwise.
func places(stacks, dir string) []string {
	var own, tests []string
	for goroutine := range strings.SplitSeq(stacks, "\n\n") {
		header, _, _ := strings.Cut(goroutine, "\n")
		does := state.FindStringSubmatch(header)
		if does == nil || !strings.Contains(header, "synctest bubble") || strings.HasPrefix(does[1], "synctest.Run") {
			continue
		}
		for _, at := range frame.FindAllStringSubmatch(goroutine, -1) {
			if filepath.Dir(at[1]) != dir {
				continue
			}
			place := fmt.Sprintf("%s [%s]", filepath.Base(at[1]), does[1])
			if !strings.Contains(place, "_test.go:") {
				own = append(own, place)
				break // its callers are no news
			}
			tests = append(tests, place)
		}
	}
	if len(own) == 0 {
		own = tests
	}
	slices.Sort(own)
	return slices.Compact(own)
}
