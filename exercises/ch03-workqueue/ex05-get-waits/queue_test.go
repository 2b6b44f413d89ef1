package getwaits_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	getwaits "client-go-workbook/exercises/ch03-workqueue/ex05-get-waits"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/exercises/internal/tale"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	handsOut = invariant.Invariant{
		Says: "Get takes out the key that has waited for longest: it isn't dirty any more, it is processing",
		Read: "README.md, Invariant; lib/workqueue/queue.go, Typed.Get",
	}
	sleeps = invariant.Invariant{
		Says: "a worker without a key sleeps until there is one, and then has it at once",
		Read: "README.md, second paragraph; lib/workqueue/queue.go, Typed.Get",
	}
	inOneGo = invariant.Invariant{
		Says: "what mu guards changes only while somebody has the lock, and is as Queue says whenever it is given back",
		Read: "queue.go, Queue; lib/workqueue/queue.go, Typed.Get",
	}
	looksAgain = invariant.Invariant{
		Says: "a worker that was woken looks whether there is a key, and sleeps on if there is none",
		Read: "README.md, third paragraph; sync.Cond.Wait",
	}
	sentHome = invariant.Invariant{
		Says: "after ShutDown the queue is emptied first; then every worker is sent home, without a key",
		Read: "README.md, Invariant; lib/workqueue/queue.go, Typed.Get",
	}
)

// story tells a story to an empty queue.
func story(t *testing.T, rule invariant.Invariant, lines ...string) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) {
		t.Helper()
		tale.Tell(t, rule, getwaits.New(&door{}), lines...)
	})
}

func TestFirstInFirstOut(t *testing.T) {
	story(t, handsOut,
		"add a b c",
		"get → a, queue [b c] dirty [b c] processing [a]",
		"get → b, queue [c] dirty [c] processing [a b]",
		"get → c, queue [] dirty [] processing [a b c]")
}

func TestMarksAreChanged(t *testing.T) {
	story(t, handsOut,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"add a → queue [] dirty [a] processing [a]",
		"done a → queue [a] dirty [a] processing []",
		"get → a, queue [] dirty [] processing [a]",
		"done a → queue [] dirty [] processing []",
		"add a → queue [a] dirty [a] processing []")
}

func TestWorkersWait(t *testing.T) {
	story(t, sleeps,
		"get → queue [] dirty [] processing []",
		"get → queue [] dirty [] processing []",
		"add a → a, queue [] dirty [] processing [a]",
		"done a → queue [] dirty [] processing []",
		"add b → b, queue [] dirty [] processing [b]")
}

func TestNobodyLooksAgainAndAgain(t *testing.T) {
	bubble.Test(t, sleeps, func(t *testing.T) {
		lock := &door{}
		q := getwaits.New(lock)
		s := tale.New(t, sleeps, q)
		s.Tell("get")
		before := lock.count()
		time.Sleep(time.Hour)
		sleeps.Equal(t, 0, lock.count()-before, "a worker waits for an hour: how often did it take the lock")
		s.Tell("add a → a, queue [] dirty [] processing [a]")
	})
}

// Whoever has the lock next sees the queue as it was, or as it is going to be.
func TestAllIsDoneUnderTheLock(t *testing.T) {
	bubble.Test(t, inOneGo, func(t *testing.T) {
		lock := &door{}
		q := getwaits.New(lock)
		q.Add("a")
		before, after := "queue [a] dirty [a] processing []", "queue [] dirty [] processing [a]"
		var seen []string
		lock.whenFree(func() { seen = slices.Compact(append(seen, q.String())) })
		func() {
			defer bubble.Catch(t, inOneGo, "add a\nget")
			q.Get()
		}()
		lock.whenFree(nil)
		inOneGo.Equal(t, after, q.String(), "add a\nget")
		if len(seen) == 0 {
			inOneGo.Broken(t, invariant.Report{Doing: "add a\nget", Expected: "Get takes q.mu, and gives it back", Saw: "it doesn't"})
		}
		for i, state := range seen {
			if i == len(seen)-1 || state != before {
				inOneGo.Equal(t, after, state, "add a\nget\nlook as soon as q.mu is given back")
			}
		}
	})
}

// door is a lock in front of which something can happen.
type door struct {
	sync.Mutex
	state  sync.Mutex
	held   bool
	taken  int
	before func() // the next time that somebody comes to take the lock
	free   func() // whenever it was given back
}

func (d *door) Lock() {
	d.state.Lock()
	d.taken++
	before := d.before
	d.before = nil
	d.state.Unlock()
	if before != nil {
		before()
	}
	d.Mutex.Lock()
	d.state.Lock()
	defer d.state.Unlock()
	d.held = true
}

// Unlock panics where a Mutex ends the program.
func (d *door) Unlock() {
	if free := d.giveBack(); free != nil {
		free()
		d.whenFree(free)
	}
}

// giveBack returns what is to happen now. Until it has, nothing happens when the lock is given back again.
func (d *door) giveBack() (free func()) {
	d.state.Lock()
	defer d.state.Unlock()
	if !d.held {
		panic("q.mu is given back, by Wait or Unlock, but nobody has taken it")
	}
	d.held = false
	d.Mutex.Unlock()
	free, d.free = d.free, nil
	return free
}

// whenFree lets something happen whenever the lock was given back.
func (d *door) whenFree(happen func()) {
	d.state.Lock()
	defer d.state.Unlock()
	d.free = happen
}

func (d *door) count() int {
	d.state.Lock()
	defer d.state.Unlock()
	return d.taken
}

// onceAdded lets something happen when the worker that Add has woken comes to take the lock again.
func (d *door) onceAdded(happen func()) {
	d.state.Lock()
	defer d.state.Unlock()
	d.before = func() { // this is Add itself
		d.state.Lock()
		defer d.state.Unlock()
		d.before = happen
	}
}

func TestAnotherWorkerWasFaster(t *testing.T) {
	bubble.Test(t, looksAgain, func(t *testing.T) {
		lock := &door{}
		q := getwaits.New(lock)
		s := tale.New(t, looksAgain, q)
		s.Tell("get → queue [] dirty [] processing []")
		lock.onceAdded(func() {
			key, _ := q.Get()
			looksAgain.Equal(t, "a", key, "a worker waits, add a, and another worker takes it before the first one is awake")
		})
		s.Tell(
			"add a → queue [] dirty [] processing [a]",
			"add b → b, queue [] dirty [] processing [a b]")
	})
}

func TestKeyIsTakenJustBeforeTheEnd(t *testing.T) {
	bubble.Test(t, sentHome, func(t *testing.T) {
		lock := &door{}
		q := getwaits.New(lock)
		s := tale.New(t, sentHome, q)
		s.Tell("get → queue [] dirty [] processing []")
		lock.onceAdded(func() { q.Get(); q.ShutDown() })
		s.Tell("add a → shutdown, queue [] dirty [] processing [a]")
	})
}

func TestAllAreSentHome(t *testing.T) {
	story(t, sentHome,
		"get",
		"get",
		"get",
		"shutdown → shutdown, shutdown, shutdown, queue [] dirty [] processing []",
		"get → shutdown, queue [] dirty [] processing []")
}

func TestQueueIsEmptiedFirst(t *testing.T) {
	story(t, sentHome,
		"add a b",
		"shutdown → queue [a b] dirty [a b] processing []",
		"get → a, queue [b] dirty [b] processing [a]",
		"get → b, queue [] dirty [] processing [a b]",
		"get → shutdown, queue [] dirty [] processing [a b]")
}

func TestKeyThatComesBackAfterTheEnd(t *testing.T) {
	story(t, sentHome,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"add a",
		"shutdown",
		"done a → queue [a] dirty [a] processing []",
		"get → a, queue [] dirty [] processing [a]",
		"get → shutdown, queue [] dirty [] processing [a]")
}

// Each key goes to one worker.
func TestManyWorkersManyKeys(t *testing.T) {
	// Workers without a lock would end the whole process, in a map that two of them write.
	TestAllIsDoneUnderTheLock(t)
	bubble.Test(t, handsOut, func(t *testing.T) {
		q := getwaits.New(&door{})
		var mu sync.Mutex
		var got, want []string
		for range 8 {
			go func() {
				defer bubble.Catch(t, handsOut, "eight workers get and do what there is")
				for key, shutdown := q.Get(); !shutdown; key, shutdown = q.Get() {
					mu.Lock()
					got = append(got, key)
					mu.Unlock()
					q.Done(key)
				}
			}()
		}
		for n := range 200 {
			key := fmt.Sprint("key-", 100+n)
			want = append(want, key)
			q.Add(key)
		}
		synctest.Wait()
		q.ShutDown()
		synctest.Wait()
		mu.Lock()
		defer mu.Unlock()
		slices.Sort(got)
		handsOut.Equal(t, want, got, "eight workers get and do what there is; add 200 keys, and look at what they got")
	})
}
