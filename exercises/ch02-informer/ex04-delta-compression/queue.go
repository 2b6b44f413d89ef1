// Package deltacompression queues what happens to objects.
//
//	order   shop/a            shop/b           who waits longest comes first
//	items   shop/a → Added a1, Updated a2      all that happened to it, oldest first
//	        shop/b → Deleted b7
package deltacompression

import (
	"client-go-workbook/lib/fifo"
)

// Queue holds the changes of each object until somebody takes them, all at once. Between two calls:
//   - a key is in order exactly once if it is in items, and not at all otherwise;
//   - the changes of a key are never none, and stand in the order in which they came;
//   - two Deleted never stand side by side.
//
// It is not safe for use by several goroutines. The zero Queue is empty and ready.
type Queue struct {
	items map[string]fifo.Deltas
	order []string
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

// Add queues a change of the object called key. Of two Deleted in a row it keeps one: that which has the object's final
// state, if only one of them has.
func (q *Queue) Add(key string, change fifo.Delta) {
	if q.items == nil {
		q.items = map[string]fifo.Deltas{}
	}
	// TODO: Append the change to those that wait for key, and queue the key if it isn't there yet.
	// A store.DeletedFinalStateUnknown is a Deleted of which nobody knows the final state.
	// You may need: client-go-workbook/lib/store
	panic("TODO ch02/ex04: fill in Queue.Add")
}
