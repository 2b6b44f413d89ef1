// Package synctrack tells when what an informer listed first has also been worked off by those behind its handlers.
//
//	informer ──OnAdd(obj, isInInitialList)──▶ Start ──▶ workqueue ──▶ worker ──▶ Finished
//	informer ──HasSynced──▶ UpstreamHasSynced
//	                        both, and nothing started is unfinished ──▶ Done
//
// An informer's own registrations need none of this: they know when a handler has returned. A handler that only puts
// keys into a queue returns long before the work is done; AsyncTracker is for whoever wants to wait for the work.
//
// Upstream: tools/cache/synctrack.
package synctrack

import "sync"

// AsyncTracker is for work that several goroutines do. Keys that are started more than once are finished once.
type AsyncTracker[T comparable] struct {
	gate
	waiting map[T]struct{} // guarded by mu
}

// NewAsyncTracker returns a tracker that nothing has been started on. The name is for logs.
func NewAsyncTracker[T comparable](name string) *AsyncTracker[T] {
	return &AsyncTracker[T]{gate: newGate(name), waiting: map[T]struct{}{}}
}

// Start has to be called for each key of the first list before anybody works on it.
func (t *AsyncTracker[T]) Start(key T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting[key] = struct{}{}
}

// Finished says that a key has been worked off. It may be called for keys that were never started.
func (t *AsyncTracker[T]) Finished(key T) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.waiting, key)
	t.openLocked(len(t.waiting))
}

// UpstreamHasSynced says that Start has been called for all of the first list.
func (t *AsyncTracker[T]) UpstreamHasSynced() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.upstream = true
	t.openLocked(len(t.waiting))
}

// SingleFileTracker is for work that is done in the order in which it comes: counting is enough.
type SingleFileTracker struct {
	gate
	waiting int // guarded by mu; never negative
}

// NewSingleFileTracker returns a tracker that nothing has been started on. The name is for logs.
func NewSingleFileTracker(name string) *SingleFileTracker {
	return &SingleFileTracker{gate: newGate(name)}
}

// Start has to be called for each item of the first list before anybody works on it.
func (t *SingleFileTracker) Start() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting++
}

// Finished says that an item has been worked off. It panics if there are more of these than of Start: the caller's count is
// wrong, and Done would be, too.
func (t *SingleFileTracker) Finished() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting == 0 {
		panic("synctrack: " + t.name + ": more was finished than was started")
	}
	t.waiting--
	t.openLocked(t.waiting)
}

// UpstreamHasSynced says that Start has been called for all of the first list.
func (t *SingleFileTracker) UpstreamHasSynced() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.upstream = true
	t.openLocked(t.waiting)
}

// gate is a channel that closes once, and a fifo.DoneChecker. It never opens before upstream is true.
type gate struct {
	name string
	done chan struct{}

	mu       sync.Mutex
	upstream bool
	open     bool // done is closed
}

func newGate(name string) gate { return gate{name: name, done: make(chan struct{})} }

// openLocked opens the gate if the informer has synced and nothing is left of what it listed.
func (g *gate) openLocked(left int) {
	if g.upstream && left == 0 && !g.open {
		g.open = true
		close(g.done)
	}
}

// HasSynced says whether the informer has synced and everything has been finished. It stays true when more is started.
func (g *gate) HasSynced() bool {
	select {
	case <-g.done:
		return true
	default:
		return false
	}
}

// Done returns a channel that is closed when HasSynced becomes true.
func (g *gate) Done() <-chan struct{} { return g.done }

// Name is the tracker's name.
func (g *gate) Name() string { return g.name }
