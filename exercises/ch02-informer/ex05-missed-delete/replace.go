// Package misseddelete finds out from a list what was deleted while nobody watched.
//
//	list    a9 c1                  Replaced a9              Replaced c1
//	known   a7 b3       ──▶  b:    Deleted b3? (a tombstone: its final state is unknown)
//	queued  d: Added d5      d:    Added d5, Deleted d5?
package misseddelete

import (
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// Replace queues what a list says: each object in it as Replaced, and for each that isn't in it, though it is known or
// has changes waiting, a Deleted with a store.DeletedFinalStateUnknown, unless a Deleted is the last that waits. Obj in it
// is the newest state there is: what waits is newer than what is known. It is nil if what is known can't be looked up.
func (q *Queue) Replace(list []any) error {
	// TODO: Queue the objects in the list, then the deletes of all that should be in it.
	// store.MetaNamespaceKeyFunc makes the keys, and q.Add queues.
	// You may need: fmt, k8s.io/apimachinery/pkg/util/sets
	panic("TODO ch02/ex05: fill in Queue.Replace")
}

// missed is the delete of an object that was last seen as obj.
func missed(key string, obj any) fifo.Delta {
	return fifo.Delta{Type: fifo.Deleted, Object: store.DeletedFinalStateUnknown{Key: key, Obj: obj}}
}
