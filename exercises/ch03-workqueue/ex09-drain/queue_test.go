package drain_test

import (
	"sync"
	"testing"

	"go.uber.org/goleak"

	drain "client-go-workbook/exercises/ch03-workqueue/ex09-drain"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/exercises/internal/tale"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	waits = invariant.Invariant{
		Says: "whoever drains waits until nothing is in work, and returns at that moment",
		Read: "README.md, Invariant; lib/workqueue/queue.go, Typed.ShutDownWithDrain",
	}
	inWork = invariant.Invariant{
		Says: "only what is in work counts: what is queued, or comes back, may find no worker any more",
		Read: "README.md, third paragraph; lib/workqueue/queue.go, TypedInterface",
	}
	isTheEnd = invariant.Invariant{
		Says: "from the beginning of the drain on nothing is added, and workers without a key are sent home",
		Read: "README.md, What the tests verify; lib/workqueue/queue.go, Typed.closeLocked",
	}
	impatient = invariant.Invariant{
		Says: "ShutDown ends a drain that waits; one that came before doesn't",
		Read: "README.md, fourth paragraph; lib/workqueue/queue.go, TypedInterface",
	}
)

// begin begins a story in which "drain" and "drain too" are steps.
func begin(t *testing.T, rule invariant.Invariant, mu sync.Locker) (*tale.Story, *drain.Queue) {
	q := drain.New(mu)
	s := tale.New(t, rule, q)
	s.Can("drain", q.ShutDownWithDrain)
	s.Can("drain too", q.ShutDownWithDrain)
	return s, q
}

func story(t *testing.T, rule invariant.Invariant, lines ...string) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) {
		t.Helper()
		s, _ := begin(t, rule, &sync.Mutex{})
		s.Tell(lines...)
	})
}

func TestNothingIsInWork(t *testing.T) {
	story(t, waits, "drain → drain returned, queue [] dirty [] processing []")
	story(t, waits,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"done a",
		"drain → drain returned, queue [] dirty [] processing []")
}

func TestDrainWaitsForTheLastWorker(t *testing.T) {
	story(t, waits,
		"add a b",
		"get",
		"get → b, queue [] dirty [] processing [a b]",
		"drain → queue [] dirty [] processing [a b]",
		"done a → queue [] dirty [] processing [b]",
		"done b → drain returned, queue [] dirty [] processing []")
}

func TestIdleWorkersAreSentHomeAtOnce(t *testing.T) {
	story(t, isTheEnd,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"get",
		"get",
		"drain → shutdown, shutdown, queue [] dirty [] processing [a]",
		"get → shutdown, queue [] dirty [] processing [a]",
		"done a → drain returned, queue [] dirty [] processing []")
}

func TestNothingIsAddedWhileItDrains(t *testing.T) {
	story(t, isTheEnd,
		"add a",
		"get",
		"drain → queue [] dirty [] processing [a]",
		"add b → queue [] dirty [] processing [a]",
		"add a → queue [] dirty [] processing [a]",
		"done a → drain returned, queue [] dirty [] processing []",
		"add c → queue [] dirty [] processing []")
}

func TestWhatIsQueuedDoesNotCount(t *testing.T) {
	story(t, inWork,
		"add a b",
		"drain → drain returned, queue [a b] dirty [a b] processing []",
		"get → a, queue [b] dirty [b] processing [a]")
}

func TestWhatComesBackDoesNotCount(t *testing.T) {
	story(t, inWork,
		"add a",
		"get",
		"add a → queue [] dirty [a] processing [a]",
		"drain → queue [] dirty [a] processing [a]",
		"done a → drain returned, queue [a] dirty [a] processing []")
}

func TestWhatIsTakenWhileItDrainsCounts(t *testing.T) {
	story(t, inWork,
		"add a b",
		"get → a, queue [b] dirty [b] processing [a]",
		"drain → queue [b] dirty [b] processing [a]",
		"get → b, queue [] dirty [] processing [a b]",
		"done a → queue [] dirty [] processing [b]",
		"done b → drain returned, queue [] dirty [] processing []")
}

func TestSomebodyLosesPatience(t *testing.T) {
	story(t, impatient,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"drain → queue [] dirty [] processing [a]",
		"shutdown → drain returned, queue [] dirty [] processing [a]")
}

func TestShutDownCameBefore(t *testing.T) {
	story(t, impatient,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"shutdown",
		"shutdown",
		"drain → queue [] dirty [] processing [a]",
		"done a → drain returned, queue [] dirty [] processing []")
}

func TestTwoDrain(t *testing.T) {
	story(t, waits,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"drain → queue [] dirty [] processing [a]",
		"drain too → queue [] dirty [] processing [a]",
		"done a → drain returned, drain too returned, queue [] dirty [] processing []")
	story(t, impatient,
		"add a",
		"get → a, queue [] dirty [] processing [a]",
		"drain",
		"drain too → queue [] dirty [] processing [a]",
		"shutdown → drain returned, drain too returned, queue [] dirty [] processing [a]")
}

// door is a lock in front of which something can happen.
type door struct {
	sync.Mutex
	state  sync.Mutex
	before []func() // the next times that somebody comes to take the lock
}

func (d *door) Lock() {
	d.state.Lock()
	before := func() {}
	if len(d.before) > 0 {
		before, d.before = d.before[0], d.before[1:]
	}
	d.state.Unlock()
	before()
	d.Mutex.Lock()
}

// next says what happens when the lock is taken by the next one, the one after it, and so on.
func (d *door) next(happen ...func()) {
	d.state.Lock()
	defer d.state.Unlock()
	d.before = happen
}

// Between "nothing is in work" and whoever drains having the lock again, a worker takes the next key.
func TestAnotherKeyIsTakenJustThen(t *testing.T) {
	bubble.Test(t, waits, func(t *testing.T) {
		lock := &door{}
		s, q := begin(t, waits, lock)
		s.Tell(
			"add a b",
			"get → a, queue [b] dirty [b] processing [a]",
			"drain → queue [b] dirty [b] processing [a]")
		lock.next(func() {}, func() { q.Get() }) // Done itself, and then who drains
		s.Tell(
			"done a → queue [] dirty [] processing [b]",
			"done b → drain returned, queue [] dirty [] processing []")
	})
}
