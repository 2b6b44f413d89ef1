// Package latehandler lets a handler join an informer that has been running for a while.
//
//	store          a3 b7             b8           c1
//	first handler  +a3 +b7           b7→b8        +c1
//	late handler          joins here: +a3 +b8     +c1
package latehandler

import (
	"sync"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/store"
)

// Informer keeps a store, and tells its handlers what changes in it. Whenever mu is free, each listener has been given all
// that was in the store when it joined, and then every change since, in order.
type Informer struct {
	mu        sync.Mutex
	store     store.Store
	listeners []*listener
}

// New returns an Informer over a store that nobody else changes.
func New(s store.Store) *Informer { return &Informer{store: s} }

// AddEventHandler lets a handler join. It is called with each object that is in the store, as an add with isInInitialList,
// then with each change from now on. AddEventHandler doesn't wait for it: the handler may be slow, and may use the Informer.
func (i *Informer) AddEventHandler(handler informer.ResourceEventHandler) {
	// BEGIN SOLUTION: Make a listener, give it what is in the store, and let it hear of every change after that.
	// listen makes one, and its tell never waits for the handler. Process may be running at this very moment.

	l := listen(handler)
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, obj := range i.store.List() {
		l.tell(func(h informer.ResourceEventHandler) { h.OnAdd(obj, true) })
	}
	i.listeners = append(i.listeners, l)
	// END SOLUTION
}

// Process changes the store, and tells all that have joined. The changes are of one object, oldest first.
func (i *Informer) Process(deltas fifo.Deltas) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, d := range deltas {
		old, known, err := i.store.Get(d.Object)
		if err != nil {
			return err
		}
		var call func(informer.ResourceEventHandler)
		switch {
		case d.Type == fifo.Deleted:
			err = i.store.Delete(d.Object)
			call = func(h informer.ResourceEventHandler) { h.OnDelete(d.Object) }
		case known:
			err = i.store.Update(d.Object)
			call = func(h informer.ResourceEventHandler) { h.OnUpdate(old, d.Object) }
		default:
			err = i.store.Add(d.Object)
			call = func(h informer.ResourceEventHandler) { h.OnAdd(d.Object, false) }
		}
		if err != nil {
			return err
		}
		for _, l := range i.listeners {
			l.tell(call)
		}
	}
	return nil
}

// Stop ends all handlers when they have heard everything, and waits for them.
func (i *Informer) Stop() {
	i.mu.Lock()
	listeners := i.listeners
	i.listeners = nil
	i.mu.Unlock()
	for _, l := range listeners {
		l.stop()
	}
}
