package informer

import (
	"fmt"
	"maps"
	"slices"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// notification is one call of a handler that is still to be made.
type notification struct {
	kind    kind
	initial bool // OnAdd's isInInitialList
	sync    bool // an update to the same resource version: only for those who are due for a resync
	old     any
	new     any
}

type kind uint8

const (
	added   kind = iota
	updated      // old and new
	deleted      // old: an object or a tombstone
	synced       // for the listener itself: all of the initial list is before this
)

func (n *notification) tell(handler ResourceEventHandler) {
	switch n.kind {
	case added:
		handler.OnAdd(n.new, n.initial)
	case updated:
		handler.OnUpdate(n.old, n.new)
	case deleted:
		handler.OnDelete(n.old)
	}
}

// transactional is what stores of lib/store are.
type transactional interface {
	store.Store
	store.TransactionStore
}

// applier makes changes in a store, and then says what they were. What it is given comes out of a fifo.RealFIFO with
// AtomicEvents and EmitDeltaTypeBookmark. It is used by one goroutine.
type applier struct {
	store transactional
	// tell gets what to tell handlers, in order. It must not keep the slice.
	tell func([]notification)

	// What the next batch is put together in.
	changes []store.Transaction
	notes   []notification
}

// maxScratch is how many entries a slice may have room for that is kept for the next batch. A RealFIFO's batches have
// up to 1000; only lists have more, and are rare.
const maxScratch = 1024

func newApplier(s store.Store, tell func([]notification)) *applier {
	return &applier{store: s.(transactional), tell: tell}
}

// single is the ProcessFunc of a controller.
func (a *applier) single(obj any, isInInitialList bool) error {
	deltas, ok := obj.(fifo.Deltas)
	if !ok {
		return fmt.Errorf("process %T: want fifo.Deltas", obj)
	}
	for i := range deltas {
		if err := a.one(deltas[i:i+1], isInInitialList); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) one(delta []fifo.Delta, isInInitialList bool) error {
	switch object := delta[0].Object.(type) {
	case fifo.ReplacedAllInfo:
		return a.replace(object, isInInitialList)
	case fifo.SyncAllInfo:
		a.resync()
		return nil
	case fifo.BookmarkInfo:
		a.store.Bookmark(object.ResourceVersion)
		return nil
	default:
		return a.batch(delta, isInInitialList)
	}
}

// batch is the ProcessBatchFunc of a controller: all changes in one transaction. Of two changes of one object the second
// would see a state as old that is older than the first: there must be none.
func (a *applier) batch(deltas []fifo.Delta, isInInitialList bool) error {
	defer a.reset()
	for _, d := range deltas {
		var note notification
		change := store.Transaction{Type: store.TransactionTypeUpdate, Object: d.Object}
		switch d.Type {
		case fifo.Added, fifo.Updated, fifo.Replaced, fifo.Sync:
			note = a.arrival(d.Object, isInInitialList)
			if note.kind == added {
				change.Type = store.TransactionTypeAdd
			}
		case fifo.Deleted:
			note = notification{kind: deleted, old: d.Object}
			change.Type = store.TransactionTypeDelete
		default:
			return fmt.Errorf("process a batch: %s is not the change of one object", d.Type)
		}
		a.changes = append(a.changes, change)
		a.notes = append(a.notes, note)
	}
	if err := a.store.Transaction(a.changes...); err != nil {
		a.tell(at(a.notes, err.SuccessfulIndices))
		return fmt.Errorf("process a batch: %w", err)
	}
	a.tell(a.notes)
	return nil
}

// arrival is what to tell of an object that is about to be stored.
func (a *applier) arrival(obj any, isInInitialList bool) notification {
	old, known, err := a.store.Get(obj)
	if err != nil || !known {
		return notification{kind: added, new: obj, initial: isInInitialList}
	}
	return notification{kind: updated, old: old, new: obj}
}

// replace makes the store equal to a list. What the list has no more is told first.
func (a *applier) replace(list fifo.ReplacedAllInfo, isInInitialList bool) error {
	defer a.reset()
	known := a.store.ListKeys()
	gone := make(map[string]struct{}, len(known))
	for _, key := range known {
		gone[key] = struct{}{}
	}
	for _, obj := range list.Objects {
		key, err := store.DeletionHandlingMetaNamespaceKeyFunc(obj)
		if err != nil {
			return fmt.Errorf("process a list: %w", store.KeyError{Obj: obj, Err: err})
		}
		delete(gone, key)
	}
	a.notes = slices.Grow(a.notes, len(gone)+len(list.Objects))
	for _, key := range slices.Sorted(maps.Keys(gone)) {
		last, _, _ := a.store.GetByKey(key) // it is there: nobody else deletes
		a.notes = append(a.notes, notification{kind: deleted, old: store.DeletedFinalStateUnknown{Key: key, Obj: last}})
	}
	for _, obj := range list.Objects {
		a.notes = append(a.notes, a.arrival(obj, isInInitialList))
	}
	if err := a.store.Replace(list.Objects, list.ResourceVersion); err != nil {
		return fmt.Errorf("process a list: %w", err)
	}
	a.tell(a.notes)
	return nil
}

// resync tells of every object as if it had just been updated.
func (a *applier) resync() {
	defer a.reset()
	for _, obj := range a.store.List() {
		a.notes = append(a.notes, notification{kind: updated, old: obj, new: obj})
	}
	a.tell(a.notes)
}

// reset lets go of all objects, so that the slices keep none alive.
func (a *applier) reset() {
	a.changes = recycle(a.changes)
	a.notes = recycle(a.notes)
}

func recycle[T any](s []T) []T {
	if cap(s) > maxScratch {
		return nil
	}
	clear(s)
	return s[:0]
}

func at(notes []notification, indices []int) []notification {
	var some []notification
	for _, i := range indices {
		some = append(some, notes[i])
	}
	return some
}
