package resync

import (
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// Queue holds the changes of each object until somebody takes them, all at once. It is
// not safe for use by several goroutines.
type Queue struct {
	known fifo.KeyListerGetter // what the consumer has: all that it popped so far
	items map[string]fifo.Deltas
	order []string
}

// New returns an empty queue for a consumer that knows these objects.
func New(known fifo.KeyListerGetter) *Queue {
	return &Queue{known: known, items: map[string]fifo.Deltas{}}
}

// Add queues a change of the object called key. Of two Deleted in a row it keeps one: that which has the object's final
// state, if only one of them has, or else the newer one.
func (q *Queue) Add(key string, change fifo.Delta) {
	waiting := q.items[key]
	if len(waiting) == 0 {
		q.order = append(q.order, key)
	}
	newest := waiting.Newest()
	switch {
	case newest == nil || newest.Type != fifo.Deleted || change.Type != fifo.Deleted:
		q.items[key] = append(waiting, change)
	case isTombstone(newest.Object) || !isTombstone(change.Object):
		*newest = change
	}
}

// Pop takes out the object that waits longest, with all its changes. They are nil if the queue is empty.
func (q *Queue) Pop() (key string, deltas fifo.Deltas) {
	if len(q.order) == 0 {
		return "", nil
	}
	key, q.order = q.order[0], q.order[1:]
	deltas = q.items[key]
	delete(q.items, key)
	return key, deltas
}

func isTombstone(obj any) bool {
	_, ok := obj.(store.DeletedFinalStateUnknown)
	return ok
}
