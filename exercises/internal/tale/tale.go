// Package tale tells a story to a work queue, step by step, and holds what is seen after each step against the story.
//
//	tale.Tell(t, rule, q,
//		"add a a → queue [a] dirty [a] processing []",
//		"get → a, queue [] dirty [] processing [a]",
//		"get",                                           // this worker waits
//		"shutdown → shutdown, queue [] …")               // no longer
package tale

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
)

// Queue is what stories are about. String shows its state.
type Queue interface {
	Add(key string)
	Get() (key string, shutdown bool)
	Done(key string)
	ShutDown()
	String() string
}

// Story is a queue and what has happened to it. It lives in a bubble.
type Story struct {
	t     *testing.T
	rule  invariant.Invariant
	queue Queue
	more  map[string]func()
	told  chan string // what waiting goroutines have been told
	done  []string    // steps
}

// New begins a story in which rule must hold. At the end of the test the queue is shut down.
func New(t *testing.T, rule invariant.Invariant, q Queue) *Story {
	t.Cleanup(func() {
		q.ShutDown()
		synctest.Wait() // who fails now, fails before the test has ended
	})
	return &Story{t: t, rule: rule, queue: q, more: map[string]func(){}, told: make(chan string, 1000)}
}

// Tell begins a story and tells all of it.
func Tell(t *testing.T, rule invariant.Invariant, q Queue, lines ...string) {
	t.Helper()
	New(t, rule, q).Tell(lines...)
}

// Can makes up a step. It is done in a goroutine of its own, and the story tells when it has returned.
func (s *Story) Can(step string, do func()) { s.more[step] = do }

// Tell does steps: "add a b", "get", "done a", "shutdown". Behind "→" is what is seen then: keys that workers got, or
// "shutdown" for each that was sent home, then the state.
func (s *Story) Tell(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		step, want, expects := strings.Cut(line, " → ")
		s.done = append(s.done, step)
		s.do(step)
		synctest.Wait()
		if saw := s.see(); expects && saw != want {
			s.rule.Broken(s.t, invariant.Report{Doing: s.steps(), Expected: want, Saw: saw})
		}
	}
}

// do does a step, as far as it gets alone.
func (s *Story) do(step string) {
	verb, keys, _ := strings.Cut(step, " ")
	steps := s.steps()
	if do, ok := s.more[step]; ok {
		go func() {
			defer bubble.Catch(s.t, s.rule, steps)
			do()
			s.told <- step + " returned"
		}()
		return
	}
	defer bubble.Catch(s.t, s.rule, steps)
	switch verb {
	case "get":
		go s.get(steps)
	case "shutdown":
		s.queue.ShutDown()
	case "add":
		for key := range strings.FieldsSeq(keys) {
			s.queue.Add(key)
		}
	case "done":
		for key := range strings.FieldsSeq(keys) {
			s.queue.Done(key)
		}
	default:
		s.t.Fatalf("the story has a step that doesn't exist: %q", step)
	}
}

func (s *Story) get(steps string) {
	defer bubble.Catch(s.t, s.rule, steps)
	switch key, shutdown := s.queue.Get(); {
	case shutdown:
		s.told <- strings.TrimSuffix("shutdown with "+key, " with ")
	case key == "":
		s.told <- "no key"
	default:
		s.told <- key
	}
}

func (s *Story) steps() string { return strings.Join(s.done, "\n") }

// see returns what goroutines were told since the last step, and the state.
func (s *Story) see() string {
	var seen []string
	for len(s.told) > 0 {
		seen = append(seen, <-s.told)
	}
	slices.Sort(seen) // no order among goroutines
	return strings.Join(append(seen, s.queue.String()), ", ")
}
