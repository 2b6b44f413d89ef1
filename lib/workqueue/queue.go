package workqueue

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
)

// TypedInterface is a queue of things to do. All methods may be called from any number of goroutines. An item has to equal
// itself: a NaN, once handed out, is never done.
type TypedInterface[T comparable] interface {
	// Add says that something has to be done about item. If that is known already, or if the queue is shut down, it has
	// no effect. If item is in work, it is queued again when that is done.
	Add(item T)
	// Len returns the number of items that Get could return now. It may be wrong by the time it returns.
	Len() int
	// Get waits for an item and hands it out. The caller calls Done when it is processed, also if that failed. If
	// shutdown is true there is no item, nor will there be: the worker ends.
	Get() (item T, shutdown bool)
	// Done says that the item that Get handed out is processed.
	Done(item T)
	// ShutDown ends the queue: Add has no effect any more, and Get hands out what is left, then says shutdown.
	// Whoever waits in ShutDownWithDrain returns.
	ShutDown()
	// ShutDownWithDrain is ShutDown, and then waits until no item is in work. What is queued doesn't count until a
	// worker takes it: to see everything processed, wait for the workers to end as well. A worker that calls it while it
	// has an item in work, or leaves without Done, makes it wait until somebody calls ShutDown.
	ShutDownWithDrain()
	// ShuttingDown says whether the queue was shut down.
	ShuttingDown() bool
}

// TypedQueueConfig configures a Typed. The zero value is fine.
type TypedQueueConfig[T comparable] struct {
	// Name stands in the metrics. A queue without a name has none.
	Name string
	// MetricsProvider makes the metrics. Default: the one of SetProvider.
	MetricsProvider MetricsProvider
	// Queue stores the items, and decides on their order. It must be empty. Default: in the order in which they come,
	// as of DefaultQueue.
	Queue Queue[T]
}

// NewTyped returns an empty queue.
func NewTyped[T comparable]() *Typed[T] { return NewTypedWithConfig(TypedQueueConfig[T]{}) }

// NewTypedWithConfig returns an empty queue.
func NewTypedWithConfig[T comparable](config TypedQueueConfig[T]) *Typed[T] {
	q := &Typed[T]{}
	q.order = &arrival[T]{items: &q.items}
	if config.Queue != nil {
		q.order = stored[T]{items: &q.items, queue: config.Queue}
	}
	q.ready.L, q.idle.L = &q.mu, &q.mu
	q.measure(providerOr(config.MetricsProvider), config.Name)
	return q
}

// Typed is the queue of which the others are made. Whenever mu is free:
//   - items has what is dirty or processing, and nothing else;
//   - order has what is dirty and not processing, each once;
//   - working is the number of items that are processing.
//
// Upstream: util/workqueue/queue.go.
type Typed[T comparable] struct {
	mu        lock
	ready     sync.Cond // an item was queued, or the queue was shut down
	idle      sync.Cond // working became 0, or ShutDown was called
	items     table[T, state]
	order     order
	working   int
	shutDowns int         // calls of ShutDown
	closed    atomic.Bool // written under mu
	metrics   *queueMetrics[T]
}

// state is what a Typed knows of an item.
type state struct {
	mark mark
	next uint32 // the number of the item behind this one, if the order is one of arrival
}

type mark uint8

const (
	dirty      mark = 1 << iota // added after it was last handed out
	processing                  // handed out and not done
)

// Add says that something has to be done about item.
func (q *Typed[T]) Add(item T) {
	hash := hashOf(item) // before others have to wait for it
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed.Load() {
		return
	}
	number := q.items.number(item, hash)
	state := &q.items.entry(number).value
	before := state.mark
	state.mark |= dirty
	switch before {
	case 0:
		q.metrics.added(item)
		q.pushLocked(number)
	case processing: // queued when it is done
		q.metrics.added(item)
	case dirty:
		q.order.touch(number)
	}
}

// pushLocked queues an item that is dirty.
func (q *Typed[T]) pushLocked(number uint32) {
	q.order.push(number)
	q.ready.Signal()
}

// Len returns the number of items in the queue.
func (q *Typed[T]) Len() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.order.len()
}

// Get waits for an item and hands it out, or says shutdown.
func (q *Typed[T]) Get() (item T, shutdown bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.order.len() == 0 {
		if q.closed.Load() {
			return item, true
		}
		q.ready.Wait()
	}
	e := q.items.entry(q.order.pop())
	e.value.mark = processing
	q.working++
	q.metrics.handedOut(e.key)
	return e.key, false
}

// Done says that item is processed. If it was added again meanwhile, it is queued.
func (q *Typed[T]) Done(item T) {
	hash := hashOf(item)
	q.mu.Lock()
	defer q.mu.Unlock()
	number, ok := q.items.find(item, hash)
	if !ok {
		return
	}
	state := &q.items.entry(number).value
	if state.mark&processing == 0 {
		return
	}
	q.metrics.done(item)
	state.mark &^= processing
	if q.working--; q.working == 0 {
		q.idle.Broadcast()
	}
	if state.mark&dirty != 0 {
		q.pushLocked(number) // last: a Queue may panic
	} else if to := q.items.remove(number); to != nil {
		q.order.renumber(to)
	}
}

// ShutDown ends the queue.
func (q *Typed[T]) ShutDown() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closeLocked()
	q.shutDowns++
	q.idle.Broadcast()
}

// ShutDownWithDrain ends the queue and waits until no item is in work, or until somebody calls ShutDown.
func (q *Typed[T]) ShutDownWithDrain() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closeLocked()
	for before := q.shutDowns; q.working > 0 && q.shutDowns == before; {
		q.idle.Wait()
	}
}

func (q *Typed[T]) closeLocked() {
	q.closed.Store(true)
	q.ready.Broadcast()
	q.metrics.stop()
}

// ShuttingDown says whether the queue was shut down. It takes no lock.
func (q *Typed[T]) ShuttingDown() bool { return q.closed.Load() }

// String shows the state in one line.
func (q *Typed[T]) String() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	isDirty, isProcessing := q.markedLocked(dirty), q.markedLocked(processing)
	state := fmt.Sprintf("queue %s dirty %v processing %v", show(q.order), isDirty, isProcessing)
	if q.closed.Load() {
		state += ", shut down"
	}
	return state
}

// markedLocked returns the items that have this mark, sorted, as text.
func (q *Typed[T]) markedLocked(want mark) []string {
	items := []string{}
	for item, state := range q.items.all() {
		if state.mark&want != 0 {
			items = append(items, fmt.Sprint(item))
		}
	}
	slices.Sort(items)
	return items
}
