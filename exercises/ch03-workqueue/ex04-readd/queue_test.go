package readd_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"

	readd "client-go-workbook/exercises/ch03-workqueue/ex04-readd"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/exercises/internal/tale"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	comesBack = invariant.Invariant{
		Says: "what was added while it was in work is queued when it is done, once",
		Read: "README.md, Invariant; lib/workqueue/queue.go, Typed.Done",
	}
	stays = invariant.Invariant{
		Says: "what wasn't added again is forgotten when it is done",
		Read: "README.md, Invariant; lib/workqueue/queue.go, Typed.Done",
	}
	wakes = invariant.Invariant{
		Says: "a key that comes back wakes a worker that waits",
		Read: "README.md, What the tests verify; lib/workqueue/queue.go, Typed.pushLocked",
	}
	onlyWork = invariant.Invariant{
		Says: "Done of a key that isn't in work changes nothing",
		Read: "README.md, third paragraph; lib/workqueue/doc.go, Different",
	}
	atTheEnd = invariant.Invariant{
		Says: "what was added before the shutdown is still done after it",
		Read: "README.md, What the tests verify; lib/workqueue/queue.go, Typed.Done",
	}
)

// story tells a story to an empty queue.
func story(t *testing.T, rule invariant.Invariant, lines ...string) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) {
		t.Helper()
		tale.Tell(t, rule, readd.New(), lines...)
	})
}

func TestNothingMoreToDo(t *testing.T) {
	story(t, stays,
		"add a b",
		"get → a, queue [b] dirty [b] processing [a]",
		"done a → queue [b] dirty [b] processing []",
		"get → b, queue [] dirty [] processing [b]",
		"done b → queue [] dirty [] processing []")
}

func TestKeyComesBack(t *testing.T) {
	story(t, comesBack,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"add a a a → queue [] dirty [a] processing [a]",
		"done a → queue [a] dirty [a] processing []",
		"get → a, queue [] dirty [] processing [a]",
		"done a → queue [] dirty [] processing []")
}

func TestKeyGoesToTheEnd(t *testing.T) {
	story(t, comesBack,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"add a b c → queue [b c] dirty [a b c] processing [a]",
		"done a → queue [b c a] dirty [a b c] processing []")
}

func TestOthersStayInWork(t *testing.T) {
	story(t, comesBack,
		"add a b",
		"get",
		"get",
		"add a b → queue [] dirty [a b] processing [a b]",
		"done a → queue [a] dirty [a b] processing [b]",
		"done b → queue [a b] dirty [a b] processing []")
}

func TestWorkerThatWaitsGetsIt(t *testing.T) {
	story(t, wakes,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"get",
		"add a → queue [] dirty [a] processing [a]",
		"done a → a, queue [] dirty [] processing [a]")
}

func TestDoneWithoutGet(t *testing.T) {
	story(t, onlyWork, "done a → queue [] dirty [] processing []")
	story(t, onlyWork,
		"add a b → queue [a b] dirty [a b] processing []",
		"done a → queue [a b] dirty [a b] processing []")
}

func TestDoneTwice(t *testing.T) {
	story(t, onlyWork,
		"add a",
		"get",
		"add a",
		"done a → queue [a] dirty [a] processing []",
		"done a → queue [a] dirty [a] processing []",
		"get → a, queue [] dirty [] processing [a]")
}

func TestShutDownLosesNothing(t *testing.T) {
	story(t, atTheEnd,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"add a",
		"shutdown",
		"done a → queue [a] dirty [a] processing []",
		"get → a, queue [] dirty [] processing [a]",
		"done a",
		"get → shutdown, queue [] dirty [] processing []")
}

// Random stories, told to the queue, and to a model that goes through its keys one by one.
func TestModel(t *testing.T) {
	for seed := range uint64(60) {
		bubble.Test(t, comesBack, func(t *testing.T) {
			random := rand.New(rand.NewPCG(3, seed))
			s, m := tale.New(t, comesBack, readd.New()), &model{}
			for range 50 {
				key := string('a' + rune(random.IntN(4)))
				switch n := random.IntN(3); {
				case n == 0 && len(m.queue) > 0:
					s.Tell("get → " + m.get() + ", " + m.String())
				case n == 1:
					m.done(key)
					s.Tell("done " + key + " → " + m.String())
				default:
					m.add(key)
					s.Tell("add " + key + " → " + m.String())
				}
			}
		})
	}
}

type model struct{ queue, dirty, processing []string }

func (m *model) add(key string) {
	if !slices.Contains(m.dirty, key) {
		m.dirty = append(m.dirty, key)
		if !slices.Contains(m.processing, key) {
			m.queue = append(m.queue, key)
		}
	}
}

func (m *model) get() string {
	key := m.queue[0]
	m.queue, m.dirty, m.processing = m.queue[1:], without(m.dirty, key), append(m.processing, key)
	return key
}

func (m *model) done(key string) {
	if slices.Contains(m.processing, key) {
		m.processing = without(m.processing, key)
		if slices.Contains(m.dirty, key) {
			m.queue = append(m.queue, key)
		}
	}
}

func (m *model) String() string {
	return fmt.Sprintf("queue %v dirty %v processing %v", m.queue, sorted(m.dirty), sorted(m.processing))
}

func without(keys []string, key string) []string {
	return slices.DeleteFunc(keys, func(k string) bool { return k == key })
}

func sorted(keys []string) []string { return slices.Sorted(slices.Values(keys)) }
