// Package misseddelete finds out from a list what was deleted while nobody watched.
//
//	list    a9 c1                  Replaced a9              Replaced c1
//	known   a7 b3       ──▶  b:    Deleted b3? (a tombstone: its final state is unknown)
//	queued  d: Added d5      d:    Added d5, Deleted d5?
package misseddelete

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/sets"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// Replace queues what a list says: each object in it as Replaced, and for each that isn't in it, though it is known or
// has changes waiting, a Deleted with a store.DeletedFinalStateUnknown, unless a Deleted is the last that waits. Obj in it
// is the newest state there is: what waits is newer than what is known. It is nil if what is known can't be looked up.
func (q *Queue) Replace(list []any) error {
	// BEGIN SOLUTION: Queue the objects in the list, then the deletes of all that should be in it.
	// store.MetaNamespaceKeyFunc makes the keys, and q.Add queues.

	listed := sets.Set[string]{}
	for _, obj := range list {
		key, err := store.MetaNamespaceKeyFunc(obj)
		if err != nil {
			return fmt.Errorf("replace with a list: %w", err)
		}
		listed.Insert(key)
		q.Add(key, fifo.Delta{Type: fifo.Replaced, Object: obj})
	}
	for key, waiting := range q.items {
		if newest := waiting.Newest(); !listed.Has(key) && newest.Type != fifo.Deleted {
			q.Add(key, missed(key, newest.Object))
		}
	}
	for _, key := range q.known.ListKeys() {
		if len(q.items[key]) > 0 {
			continue // it is listed, or it has been dealt with
		}
		obj, exists, err := q.known.GetByKey(key)
		if err != nil || !exists {
			obj = nil
		}
		q.Add(key, missed(key, obj))
	}
	return nil
	// END SOLUTION
}

// missed is the delete of an object that was last seen as obj.
func missed(key string, obj any) fifo.Delta {
	return fifo.Delta{Type: fifo.Deleted, Object: store.DeletedFinalStateUnknown{Key: key, Obj: obj}}
}
