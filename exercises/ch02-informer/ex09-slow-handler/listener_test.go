package slowhandler_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	slowhandler "client-go-workbook/exercises/ch02-informer/ex09-slow-handler"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	nobodyWaits = invariant.Invariant{
		Says: "to tell never waits for a handler",
		Read: "README.md, Invariant; lib/informer/listener.go",
	}
	inOrder = invariant.Invariant{
		Says: "a handler gets every note, once, in order, one at a time",
		Read: "README.md, Invariant; lib/informer/listener.go",
	}
	goesOn = invariant.Invariant{
		Says: "a panic ends a call, not the handler, and is reported once",
		Read: "README.md, What the tests verify; lib/informer/listener.go",
	}
	nothingLeft = invariant.Invariant{
		Says: "at the end no call begins, the running one is waited for, and no goroutine is left",
		Read: "README.md, What the tests verify; lib/informer/listener.go",
	}
)

// handler notes its calls. Each can be made to do more.
type handler struct {
	do func(note any)

	mu      sync.Mutex
	calls   []any
	panics  []any
	running int
	most    int // calls at once
}

func (h *handler) handle(note any) {
	h.mu.Lock()
	h.calls = append(h.calls, note)
	h.running++
	h.most = max(h.most, h.running)
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		h.running--
		h.mu.Unlock()
	}()
	if h.do != nil {
		h.do(note)
	}
}

func (h *handler) panicked(value any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.panics = append(h.panics, value)
}

func (h *handler) got() []any {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.calls)
}

// running is a Listener that runs until end.
type running struct {
	*slowhandler.Listener
	cancel context.CancelFunc
	ended  chan struct{}
}

func start(h *handler) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{slowhandler.New(ctx, h.handle, h.panicked), cancel, make(chan struct{})}
	go func() {
		defer close(r.ended)
		r.Run()
	}()
	return r
}

func (r *running) end() {
	r.cancel()
	<-r.ended
}

func numbers(n int) []any {
	var all []any
	for i := range n {
		all = append(all, i)
	}
	return all
}

// told tells from another goroutine, and reports how many were taken as far as it gets alone.
func told(r *running, notes []any) int {
	var mu sync.Mutex
	n := 0
	go func() {
		for _, note := range notes {
			r.Tell(note)
			mu.Lock()
			n++
			mu.Unlock()
		}
	}()
	synctest.Wait()
	mu.Lock()
	defer mu.Unlock()
	return n
}

// This one has no fake time: it looks at the goroutines that there are.
func TestNoGoroutineIsLeft(t *testing.T) {
	before := goleak.IgnoreCurrent()
	r := start(&handler{})
	r.Tell("one")
	r.end()
	if err := goleak.Find(before); err != nil {
		nothingLeft.Broken(t, invariant.Report{Doing: "end a listener that is idle, and look for goroutines when Run has returned", Expected: "none", Saw: err.Error()})
	}
}

func TestNotesArriveInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &handler{do: func(any) { time.Sleep(time.Millisecond) }}
		r := start(h)
		defer r.end()
		nobodyWaits.Equal(t, 20, told(r, numbers(20)), "tell 20 notes while the handler is in its first call: how many were taken")
		time.Sleep(time.Second)
		inOrder.Equal(t, numbers(20), h.got(), "tell 0 to 19")
		inOrder.Equal(t, 1, h.most, "count the calls at once")
	})
}

// Each call takes a second, and every now and then a note comes.
func TestSlowHandlerGetsAllOfThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &handler{do: func(any) { time.Sleep(time.Second) }}
		r := start(h)
		defer r.end()
		for i := range 30 {
			nobodyWaits.Equal(t, 1, told(r, []any{i}), "tell note %d, while the handler is at %v: how many were taken", i, h.got())
			time.Sleep(300 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		inOrder.Equal(t, numbers(30), h.got(), "tell 0 to 29 to a handler that needs a second for each, and wait for a minute")
		inOrder.Equal(t, 1, h.most, "count the calls at once")
	})
}

func TestTellingNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		h := &handler{do: func(any) { <-free }}
		r := start(h)
		defer r.end()
		var once sync.Once
		release := func() { once.Do(func() { close(free) }) }
		defer release()
		const many = 10_000
		nobodyWaits.Equal(t, many, told(r, numbers(many)), "tell %d notes while the handler is in its first call: how many were taken", many)
		inOrder.Equal(t, numbers(1), h.got(), "look at the calls until then")
		release()
		synctest.Wait()
		inOrder.Equal(t, many, len(h.got()), "let the handler go on, and count its calls")
		inOrder.Equal(t, true, slices.Equal(numbers(many), h.got()), "are they in order")
	})
}

func TestOneHandlerDoesNotHoldUpAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		slow, fast := &handler{do: func(any) { <-free }}, &handler{}
		first, second := start(slow), start(fast)
		defer second.end()
		defer first.end()
		defer close(free)
		go func() { // an informer tells all of its handlers, one after the other
			for i := range 20 {
				first.Tell(i)
				second.Tell(i)
			}
		}()
		synctest.Wait()
		nobodyWaits.Equal(t, numbers(20), fast.got(), "tell 20 notes to two handlers, of which the other one stands still in its first call")
	})
}

func TestPanicEndsOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &handler{}
		h.do = func(note any) {
			if n := note.(int); n%3 == 1 {
				panic(fmt.Sprint("no ", n))
			}
		}
		r := start(h)
		defer r.end()
		told(r, numbers(9))
		time.Sleep(time.Hour) // whoever leaves the handler alone for a while is welcome to
		goesOn.Equal(t, numbers(9), h.got(), "tell 0 to 8 to a handler that panics at 1, 4 and 7")
		goesOn.Equal(t, []any{"no 1", "no 4", "no 7"}, h.panics, "look at the reports")
		goesOn.Equal(t, 1, h.most, "count the calls at once")
	})
}

func TestIdleHandlerEndsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := start(&handler{})
		told(r, numbers(3))
		r.cancel()
		synctest.Wait()
		select {
		case <-r.ended:
		default:
			nothingLeft.Broken(t, invariant.Report{Doing: "end the context while nothing waits", Expected: "Run returns", Saw: "it is still there"})
		}
	})
}

func TestEndWaitsForTheRunningCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		h := &handler{do: func(any) { <-free }}
		r := start(h)
		told(r, numbers(5))
		r.cancel()
		synctest.Wait()
		returned := false
		select {
		case <-r.ended:
			returned = true
		default:
		}
		nothingLeft.Equal(t, 5, told(r, numbers(5)), "tell five more after the end: nobody takes them, and nobody waits")
		close(free)
		<-r.ended
		synctest.Wait()
		nothingLeft.Equal(t, false, returned, "end the context during the first of five calls: did Run return before the call")
		nothingLeft.Equal(t, numbers(1), h.got(), "end the context during the first of five calls, and look at the calls")
	})
}
