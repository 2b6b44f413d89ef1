package dirtymarks_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"

	dirtymarks "client-go-workbook/exercises/ch03-workqueue/ex03-dirty-marks"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/exercises/internal/tale"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	once = invariant.Invariant{
		Says: "the queue has each key once that is dirty and not processing, in the order in which they came",
		Read: "README.md, Invariant; lib/workqueue/queue.go, Typed",
	}
	notLost = invariant.Invariant{
		Says: "a key that is added while it is in work is dirty, but not queued: nobody else may have it now",
		Read: "README.md, Invariant; lib/workqueue/doc.go, the picture",
	}
	closed = invariant.Invariant{
		Says: "after ShutDown nothing is added",
		Read: "README.md, What the tests verify; lib/workqueue/queue.go, Typed.Add",
	}
	wakesOne = invariant.Invariant{
		Says: "a key that is queued wakes one worker; what isn't queued wakes nobody",
		Read: "README.md, third paragraph; lib/workqueue/queue.go, Typed.pushLocked",
	}
)

// story tells a story to an empty queue.
func story(t *testing.T, rule invariant.Invariant, lines ...string) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) {
		t.Helper()
		tale.Tell(t, rule, dirtymarks.New(&sync.Mutex{}), lines...)
	})
}

func TestKeysAreHandedOutInTheirOrder(t *testing.T) {
	story(t, once,
		"add a → queue [a] dirty [a] processing []",
		"add b → queue [a b] dirty [a b] processing []",
		"get → a, queue [b] dirty [b] processing [a]",
		"get → b, queue [] dirty [] processing [a b]")
}

func TestTenChangesAreOneThingToDo(t *testing.T) {
	story(t, once,
		"add a b a a a a a a a a a → queue [a b] dirty [a b] processing []",
		"get → a, queue [b] dirty [b] processing [a]",
		"done a → queue [b] dirty [b] processing []")
}

func TestAddedWhileInWork(t *testing.T) {
	story(t, notLost,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"add a → queue [] dirty [a] processing [a]",
		"add a → queue [] dirty [a] processing [a]",
		"done a → queue [a] dirty [a] processing []",
		"get → a, queue [] dirty [] processing [a]",
		"done a → queue [] dirty [] processing []")
}

func TestSecondWorkerWaitsMeanwhile(t *testing.T) {
	story(t, notLost,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"get",
		"add a → queue [] dirty [a] processing [a]",
		"add b → b, queue [] dirty [a] processing [a b]",
		"done b → queue [] dirty [a] processing [a]")
}

func TestDoneAndAddedAgain(t *testing.T) {
	story(t, once,
		"add a",
		"get",
		"done a",
		"add a → queue [a] dirty [a] processing []")
}

func TestNothingIsAddedAfterShutDown(t *testing.T) {
	story(t, closed,
		"add a b",
		"get → a, queue [b] dirty [b] processing [a]",
		"shutdown",
		"add c → queue [b] dirty [b] processing [a]",
		"add a → queue [b] dirty [b] processing [a]",
		"done a → queue [b] dirty [b] processing []",
		"get → b, queue [] dirty [] processing [b]",
		"get → shutdown, queue [] dirty [] processing [b]")
}

// counter counts how often it is taken: once by each call, and once more by each worker that is woken.
type counter struct {
	sync.Mutex
	taken atomic.Int64
}

func (c *counter) Lock() {
	c.taken.Add(1)
	c.Mutex.Lock()
}

func TestHowManyAreWoken(t *testing.T) {
	for _, test := range []struct {
		name, before, add string
		queued            int // of the keys that are added
	}{
		{"a new key", "", "a", 1},
		{"two new keys", "", "a b", 2},
		{"a key in work", "a", "a", 0},
		{"a key in work, twice", "a", "a a", 0},
		{"a key in work and a new one", "a", "a b", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, wakesOne, func(t *testing.T) {
				lock := &counter{}
				q := dirtymarks.New(lock)
				s := tale.New(t, wakesOne, q)
				if test.before != "" {
					s.Tell("add "+test.before, "get")
				}
				for range 10 {
					go q.Get()
				}
				synctest.Wait()
				before := lock.taken.Load()
				adds := int64((len(test.add) + 1) / 2)
				s.Tell("add " + test.add)
				woken := int(lock.taken.Load()-before-adds) - 1 // once by String
				wakesOne.Equal(t, test.queued, woken, "ten workers wait, add %s (%s): how many were woken", test.add, test.name)
			})
		})
	}
}

// Keys come faster than the first worker that was woken gets the lock.
func TestEachKeyFindsAWorker(t *testing.T) {
	bubble.Test(t, wakesOne, func(t *testing.T) {
		q := dirtymarks.New(&sync.Mutex{})
		var workers atomic.Int64
		for round := range 50 {
			for range 4 {
				go func() {
					q.Get()
					workers.Add(1)
				}()
			}
			synctest.Wait()
			for n := range 4 {
				q.Add(fmt.Sprint(round, "-", n))
			}
			synctest.Wait()
			wakesOne.Equal(t, int64(4*(round+1)), workers.Load(), "four workers wait, add four keys: how many were handed out after %d such rounds", round+1)
		}
		q.ShutDown()
	})
}
