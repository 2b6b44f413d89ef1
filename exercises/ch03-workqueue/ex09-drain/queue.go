// Package drain shuts a queue down, and waits for the workers to be through with what they have.
//
//	worker 1         Get a  works ··········· Done a
//	worker 2         Get b  works … Done b    Get ──▶ shutdown
//	worker 3         Get ··········▶ shutdown
//	ShutDownWithDrain               waits ······▶ returns
package drain

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
	idle       *sync.Cond // nothing is processing any more, or ShutDown was called
	queue      []string
	dirty      sets.Set[string]
	processing sets.Set[string]
	closed     bool
	shutDowns  int // how often ShutDown was called
}

// New returns an empty queue that is guarded by mu, a sync.Mutex.
func New(mu sync.Locker) *Queue {
	return &Queue{
		mu: mu, ready: sync.NewCond(mu), idle: sync.NewCond(mu),
		dirty: sets.New[string](), processing: sets.New[string](),
	}
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

// Get waits for a key and hands it out, or says shutdown when the queue is shut down and empty.
func (q *Queue) Get() (key string, shutdown bool) {
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
	if len(q.processing) == 0 {
		q.idle.Broadcast()
	}
}

// ShutDown ends the queue: what is queued is handed out, then all workers are sent home. Whoever waits in
// ShutDownWithDrain needn't wait any longer.
func (q *Queue) ShutDown() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.shutDowns++
	q.ready.Broadcast()
	q.idle.Broadcast()
}

// ShutDownWithDrain ends the queue, and waits until nothing is in work, or until somebody calls ShutDown from now on. What
// is queued doesn't count until a worker has it: maybe there is no worker any more. Several may wait here at once.
func (q *Queue) ShutDownWithDrain() {
	q.mu.Lock()
	defer q.mu.Unlock()
	// TODO: End the queue, and wait for the workers.
	// q.idle is told when there is a reason to look again.
	panic("TODO ch03/ex09: fill in Queue.ShutDownWithDrain")
}

// String shows the state in one line.
func (q *Queue) String() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return fmt.Sprintf("queue %v dirty %v processing %v", q.queue, sets.List(q.dirty), sets.List(q.processing))
}
