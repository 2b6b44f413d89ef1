// Package readd lets a key come back that was added while it was in work.
//
//	             queue     dirty     processing
//	get          []        {}        {a}         in work
//	add a        []        {a}       {a}         there is more to do
//	done a       [a]       {a}       {}          now somebody may have it
package readd

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
	mu         sync.Mutex
	ready      *sync.Cond // a key was queued, or the queue was shut down
	queue      []string
	dirty      sets.Set[string]
	processing sets.Set[string]
	closed     bool
}

// New returns an empty queue.
func New() *Queue {
	q := &Queue{dirty: sets.New[string](), processing: sets.New[string]()}
	q.ready = sync.NewCond(&q.mu)
	return q
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

// Get waits for a key and hands it out, or says shutdown.
func (q *Queue) Get() (key string, shutdown bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.queue) == 0 && !q.closed {
		q.ready.Wait()
	}
	if len(q.queue) == 0 {
		return "", true
	}
	key, q.queue = q.queue[0], q.queue[1:]
	q.dirty.Delete(key)
	q.processing.Insert(key)
	return key, false
}

// Done says that key isn't in work any more. If it was added meanwhile, it goes to the end of the queue, also if the queue
// is shut down, and one of the workers that wait is woken. Done of a key that isn't in work changes nothing.
func (q *Queue) Done(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// BEGIN SOLUTION: Take key out of work, and queue it if there is more to do about it.

	if !q.processing.Has(key) {
		return
	}
	q.processing.Delete(key)
	if q.dirty.Has(key) {
		q.queue = append(q.queue, key)
		q.ready.Signal()
	}
	// END SOLUTION
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
