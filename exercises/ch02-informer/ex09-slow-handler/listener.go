// Package slowhandler delivers notes to a handler at the handler's own speed.
//
//	Tell ──notes──▶ Run ──▶ [n4 n5 n6 … ] ──▶ handle(n3)
//	never waits        as many as need be      one at a time, in order
package slowhandler

import (
	"context"
)

// Listener is one handler of an informer, and what it is still to be told.
type Listener struct {
	ctx      context.Context // when it ends, so does the Listener
	handle   func(note any)
	panicked func(value any)
	notes    chan any // from Tell to Run; it holds nothing
}

// New returns a Listener for a handler. Somebody has to run it. If handle panics, panicked is called with the value of the
// panic, in the same goroutine.
func New(ctx context.Context, handle func(note any), panicked func(value any)) *Listener {
	return &Listener{ctx: ctx, handle: handle, panicked: panicked, notes: make(chan any)}
}

// Tell hands a note over. It waits for Run alone, or for the end.
func (l *Listener) Tell(note any) {
	select {
	case l.notes <- note:
	case <-l.ctx.Done():
	}
}

// Run takes each note at once, however long the handler is busy, and calls the handler for one after the other, in their
// order, once for each. A call that panics is reported, and the next note follows. When ctx ends, no further call begins,
// what still waits is dropped, and Run returns as soon as the running call has; it leaves no goroutine behind.
func (l *Listener) Run() {
	// TODO: Receive from l.notes, keep what has to wait, and call l.handle in another goroutine.
	// sync.WaitGroup.Go starts one that can be waited for.
	// You may need: sync
	panic("TODO ch02/ex09: fill in Listener.Run")
}
