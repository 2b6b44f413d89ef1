package fifo

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

// DeltaFIFO is a Queue of objects, each with all that has happened to it since it was last popped. What Pop takes is
// that history, as a Deltas. process runs under the queue's lock: what it does to KnownObjects and what is queued never
// disagree, but nothing can be queued meanwhile.
//
// Whenever mu is free:
//   - queue and items hold the same objects, each once, in items under its key;
//   - the deltas of an object are never empty, and stand in the order in which they were queued;
//   - two Deleted of one object never stand side by side;
//   - left is the number of objects in queue with initial set.
//
// Upstream: tools/cache/delta_fifo.go.
type DeltaFIFO struct {
	line[*pending] // its mu guards what follows

	items    map[string]*pending
	replaces int // how often Replace was called

	replaced DeltaType // what Replace queues
}

// pending is what waits for one object.
type pending struct {
	key     string
	deltas  Deltas
	first   [1]Delta // what deltas starts in: most objects change once between two pops
	initial bool     // a part of the initial list, which isn't synced without it
	listed  int      // the number of the last Replace that named it
}

// DeltaFIFOOptions configure a DeltaFIFO. The zero value is fine.
type DeltaFIFOOptions struct {
	// Logger takes what goes wrong where no caller could be told. Default: klog.Background().
	Logger *klog.Logger
	// Name stands in the logs, and is the name of HasSyncedChecker. Default: "DeltaFIFO".
	Name string
	// KeyFunction tells objects apart. Default: store.MetaNamespaceKeyFunc.
	KeyFunction store.KeyFunc
	// KnownObjects is what the consumer has: it is told of a deletion if it knows the object, or if a change of it is
	// queued, and it is what Resync queues. With nil, only what is queued is known, and Resync does nothing.
	// It is called under the queue's lock, and must not call the queue.
	KnownObjects KeyListerGetter
	// EmitDeltaTypeReplaced makes Replace queue objects as Replaced. Without it they are Sync, as before there was Replaced.
	EmitDeltaTypeReplaced bool
	// Transformer changes objects on their way in, as store.TransformFunc says; Sync and tombstones have been through it.
	// It must not change an object's key, nor call the queue. Producers that run at once may call it at once. Default: none.
	Transformer store.TransformFunc
}

// NewDeltaFIFOWithOptions returns an empty queue.
func NewDeltaFIFOWithOptions(opts DeltaFIFOOptions) *DeltaFIFO {
	f := &DeltaFIFO{items: map[string]*pending{}, replaced: Sync}
	if opts.EmitDeltaTypeReplaced {
		f.replaced = Replaced
	}
	if opts.Name == "" {
		opts.Name = "DeltaFIFO"
	}
	f.init(lineOptions{
		logger:      opts.Logger,
		name:        opts.Name,
		keyFunc:     opts.KeyFunction,
		transformer: opts.Transformer,
		known:       opts.KnownObjects,
	})
	return f
}

// KeyOf returns the key of an object, of a tombstone, or of the Deltas of an object.
func (f *DeltaFIFO) KeyOf(obj any) (string, error) { return f.keyOf(obj) }

// Add queues obj as Added.
func (f *DeltaFIFO) Add(obj any) error { return f.enqueue(Added, obj) }

// Update queues obj as Updated.
func (f *DeltaFIFO) Update(obj any) error { return f.enqueue(Updated, obj) }

// Delete queues obj, an object or a tombstone, as Deleted. If neither the queue nor the consumer knows the object,
// nothing is queued: a Replace told of it before. Of two deletions in a row one stays: the one with the final state.
func (f *DeltaFIFO) Delete(obj any) error { return f.enqueue(Deleted, obj) }

func (f *DeltaFIFO) enqueue(kind DeltaType, obj any) error {
	key, err := f.keyOf(obj)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if kind != Deleted || f.isKnownLocked(key) {
		if obj, err = f.transform(key, obj); err != nil {
			return err
		}
		f.appendLocked(key, Delta{kind, obj})
	}
	f.beginLocked(0)
	return nil
}

// isKnownLocked errs on the side of telling too much: what can't be looked up counts as known.
func (f *DeltaFIFO) isKnownLocked(key string) bool {
	if _, queued := f.items[key]; queued || f.known == nil {
		return queued
	}
	_, exists, err := f.known.GetByKey(key)
	return exists || err != nil
}

// appendLocked adds a delta to those of its object, and queues the object if need be.
func (f *DeltaFIFO) appendLocked(key string, delta Delta) *pending {
	p, queued := f.items[key]
	switch {
	case !queued:
		p = &pending{key: key, first: [1]Delta{delta}}
		p.deltas = p.first[:]
		f.items[key] = p
		f.pushLocked(p)
	case delta.Type == Deleted && p.deltas.Newest().Type == Deleted:
		if _, unknown := p.deltas.Newest().Object.(store.DeletedFinalStateUnknown); unknown {
			*p.deltas.Newest() = delta
		}
	default:
		p.deltas = append(p.deltas, delta)
	}
	return p
}

// Pop waits for an object, takes it out of the queue and calls process with its Deltas, which it then returns. They
// are the caller's to keep. If process fails, the object is gone from the queue all the same, unless the error is an
// ErrRequeue.
func (f *DeltaFIFO) Pop(process PopProcessFunc) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.awaitLocked(); err != nil {
		return nil, err
	}
	p := f.queue.pop()
	delete(f.items, p.key)
	defer f.settleLocked(p)

	var popped any = p.deltas
	err := f.timed(1, f.queue.len(), func() error { return process(popped, f.inInitialListLocked(p.initial)) })
	if again, ok := errors.AsType[ErrRequeue](err); ok {
		f.requeueLocked(p)
		err = again.Err
	}
	return popped, err
}

// requeueLocked puts back what has just been popped.
func (f *DeltaFIFO) requeueLocked(p *pending) {
	p.deltas = slices.Clone(p.deltas) // the other copy is the caller's
	f.items[p.key] = p
	f.pushLocked(p)
}

// settleLocked counts a popped object as processed, also if process panicked, unless it is back in the queue.
func (f *DeltaFIFO) settleLocked(p *pending) {
	if p.initial && f.items[p.key] != p {
		f.passedLocked(1)
	}
}

// Replace queues each object of the list, and a deletion for each that is known, or queued, and not in the list. Its
// last known state goes with it, as a tombstone. The resource version is of no use here.
func (f *DeltaFIFO) Replace(list []any, _ string) error {
	keys, objs, err := f.admitAll(list)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.replaces++
	for i, key := range keys {
		f.appendLocked(key, Delta{f.replaced, objs[i]}).listed = f.replaces
	}
	f.buryQueuedLocked()
	f.buryKnownLocked()
	f.markInitialLocked()
	return nil
}

// buryQueuedLocked queues a deletion for every queued object that the running Replace hasn't named.
func (f *DeltaFIFO) buryQueuedLocked() {
	for i := range f.queue.len() {
		p := *f.queue.at(i)
		if newest := p.deltas.Newest(); p.listed != f.replaces && newest.Type != Deleted {
			f.appendLocked(p.key, Delta{Deleted, store.DeletedFinalStateUnknown{Key: p.key, Obj: newest.Object}})
		}
	}
}

// buryKnownLocked does it for what is known but not queued. All that was listed is queued by now.
func (f *DeltaFIFO) buryKnownLocked() {
	if f.known == nil {
		return
	}
	for _, key := range f.known.ListKeys() {
		if _, queued := f.items[key]; queued {
			continue
		}
		obj, _ := f.lookUp(key)
		f.appendLocked(key, Delta{Deleted, store.DeletedFinalStateUnknown{Key: key, Obj: obj}})
	}
}

// markInitialLocked makes all that is queued the initial list, if there was none.
func (f *DeltaFIFO) markInitialLocked() {
	if f.begun {
		return
	}
	for i := range f.queue.len() {
		(*f.queue.at(i)).initial = true
	}
	f.beginLocked(f.queue.len())
}

// Resync queues every known object as Sync, except those that have changes queued: what is known is older than these,
// and must not overtake them.
func (f *DeltaFIFO) Resync() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.known == nil {
		return nil
	}
	for _, key := range f.known.ListKeys() {
		if _, queued := f.items[key]; queued {
			continue
		}
		if obj, ok := f.lookUp(key); ok {
			f.appendLocked(key, Delta{Sync, obj})
		}
	}
	return nil
}

// String shows the queue in one line: keys in the order of Pop, then what waits for each, as in
//
//	queue [ns/a ns/b] items ns/a[Added Updated] ns/b[Deleted?]
//
// where Deleted? is a tombstone. A process function must not call it.
func (f *DeltaFIFO) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	keys, items := make([]string, f.queue.len()), make([]string, f.queue.len())
	for i := range keys {
		p := *f.queue.at(i)
		keys[i] = p.key
		items[i] = fmt.Sprintf("%s%v", p.key, []Delta(p.deltas))
	}
	if len(keys) == 0 {
		return "queue []" + f.stateLocked()
	}
	return fmt.Sprintf("queue %v items %s%s", keys, strings.Join(items, " "), f.stateLocked())
}
