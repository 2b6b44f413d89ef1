// Package dirtymarks queues keys of things to do.
//
//	             queue     dirty     processing
//	add a, b     [a b]     {a b}     {}          to do
//	get          [b]       {b}       {a}         in work: handed out, and not done
//	add a        [b]       {a b}     {a}         to do again, when it is done
package dirtymarks

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

// New returns an empty queue that is guarded by mu: a sync.Mutex, or something that counts how often it is taken.
func New(mu sync.Locker) *Queue {
	return &Queue{mu: mu, ready: sync.NewCond(mu), dirty: sets.New[string](), processing: sets.New[string]()}
}

// Add says that there is something to do about key. If that is known already, or if the queue is shut down, nothing
// changes, and no worker is woken. If key is in work, Done will queue it. Otherwise it is queued, and one of the workers
// that wait in Get is woken.
func (q *Queue) Add(key string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	// TODO: Mark key, queue it if it may be handed out now, and wake a worker if there is something for it.
	panic("TODO ch03/ex03: fill in Queue.Add")
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
