// Package getwaits lets workers sleep until there is something for them.
//
//	worker 1   Get ──▶ a   works …              Done
//	worker 2   Get ··· waits ··· woken: b       works …
//	worker 3   Get ··· waits ······························· shutdown
//	others            add a    add b                        ShutDown
package getwaits

import (
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/util/sets"
)

// Queue hands out keys to workers. Whenever mu is free:
//   - dirty has the keys that were added and not handed out since;
//   - processing has the keys that were handed out and aren't done;
//   - queue has those that are dirty and not processing, each once.
type Queue struct {
	mu         sync.Locker
	ready      *sync.Cond // a key was queued, or the queue was shut down
	queue      []string
	dirty      sets.Set[string]
	processing sets.Set[string]
	closed     bool
}

// New returns an empty queue that is guarded by mu, a sync.Mutex.
func New(mu sync.Locker) *Queue {
	return &Queue{mu: mu, ready: sync.NewCond(mu), dirty: sets.New[string](), processing: sets.New[string]()}
}

// Add says that there is something to do about key. If it is in work, it is only marked.
func (q *Queue) Add(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || q.dirty.Has(key) {
		return
	}
	q.dirty.Insert(key)
	if q.processing.Has(key) {
		return
	}
	q.queue = append(q.queue, key)
	q.ready.Signal()
}

// Get waits until there is a key, takes out the one that has been in the queue for longest, and marks it: it isn't dirty
// any more, it is processing. When the queue is shut down and empty, Get says shutdown, without a key.
func (q *Queue) Get() (key string, shutdown bool) {
	// BEGIN SOLUTION: Wait for a key or for the end, and return what came.
	// q.ready.Wait gives q.mu back while it waits, and takes it again before it returns.

	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.queue) == 0 {
		if q.closed {
			return "", true
		}
		q.ready.Wait()
	}
	key, q.queue = q.queue[0], q.queue[1:]
	q.dirty.Delete(key)
	q.processing.Insert(key)
	return key, false
	// END SOLUTION
}

// Done says that key isn't in work any more. If it was added meanwhile, it is queued.
func (q *Queue) Done(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.processing.Has(key) {
		return
	}
	q.processing.Delete(key)
	if q.dirty.Has(key) {
		q.queue = append(q.queue, key)
		q.ready.Signal()
	}
}

// ShutDown ends the queue: what is queued is handed out, then all workers are sent home.
func (q *Queue) ShutDown() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.ready.Broadcast()
}

// String shows the state in one line.
func (q *Queue) String() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return fmt.Sprintf("queue %v dirty %v processing %v", q.queue, sets.List(q.dirty), sets.List(q.processing))
}
