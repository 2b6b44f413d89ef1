package fifo

import (
	"fmt"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

// RealFIFO is a Queue of changes, in the order in which they came. It keeps each one: also the deletion of what nobody
// knows, also ten of one object. What Pop takes is a single change, as a Deltas of length 1. process runs under the
// queue's lock, unless UnlockWhileProcessing is set.
//
// Whenever mu is free:
//   - queue holds the changes that came and haven't been popped, oldest first;
//   - with AtomicEvents it has no Replaced and no Sync, otherwise no ReplacedAll, SyncAll or Bookmark;
//   - the changes with initial set stand side by side, and with those in process they are as many as left.
//
// Upstream: tools/cache/the_real_fifo.go.
type RealFIFO struct {
	line[change] // its mu guards the queue

	atomic    bool
	bookmarks bool
	unlock    bool
	batchSize int
	lastBatch int // how many changes PopBatch took last: the best guess for the next time
}

// change is a Delta in the queue.
type change struct {
	Delta
	key     string // of the object as it came; empty if the change is about no single object
	initial bool   // a part of the initial list, which isn't synced without it
}

// RealFIFOOptions configure a RealFIFO: either AtomicEvents or KnownObjects must be set.
type RealFIFOOptions struct {
	// Logger takes what goes wrong where no caller could be told. Default: klog.Background().
	Logger *klog.Logger
	// Name stands in the logs, and is the name of HasSyncedChecker. Default: "RealFIFO".
	Name string
	// KeyFunction tells objects apart. Default: store.MetaNamespaceKeyFunc.
	KeyFunction store.KeyFunc
	// KnownObjects is what the consumer has: what of it a Replace doesn't name gets a deletion, and Resync queues it.
	// It is called under the queue's lock, and must not call the queue. It must be nil with AtomicEvents.
	KnownObjects KeyListerGetter
	// Transformer changes objects on their way in, as store.TransformFunc says; Sync and tombstones have been through it.
	// It must not change an object's key, nor call the queue. Producers that run at once may call it at once. Default: none.
	Transformer store.TransformFunc
	// AtomicEvents makes Replace and Resync queue one change each, ReplacedAll and SyncAll, for the consumer to take apart.
	AtomicEvents bool
	// UnlockWhileProcessing lets go of the lock while a process function runs, unless very much is queued already.
	// Then only one goroutine may call Pop and PopBatch. It needs AtomicEvents.
	UnlockWhileProcessing bool
	// EmitDeltaTypeBookmark makes Bookmark queue a change. It needs AtomicEvents.
	EmitDeltaTypeBookmark bool
}

// maxBatch is how many changes PopBatch takes at most.
const maxBatch = 1000

// NewRealFIFOWithOptions returns an empty queue. It panics if the options contradict each other.
func NewRealFIFOWithOptions(opts RealFIFOOptions) *RealFIFO {
	switch {
	case opts.AtomicEvents == (opts.KnownObjects != nil):
		panic("fifo: a RealFIFO needs either AtomicEvents or KnownObjects")
	case opts.UnlockWhileProcessing && !opts.AtomicEvents:
		panic("fifo: UnlockWhileProcessing needs AtomicEvents")
	case opts.EmitDeltaTypeBookmark && !opts.AtomicEvents:
		panic("fifo: EmitDeltaTypeBookmark needs AtomicEvents")
	}
	if opts.Name == "" {
		opts.Name = "RealFIFO"
	}
	f := &RealFIFO{
		atomic:    opts.AtomicEvents,
		bookmarks: opts.EmitDeltaTypeBookmark,
		unlock:    opts.UnlockWhileProcessing,
		batchSize: maxBatch,
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

// Add queues obj as Added.
func (f *RealFIFO) Add(obj any) error { return f.enqueue(Added, obj) }

// Update queues obj as Updated.
func (f *RealFIFO) Update(obj any) error { return f.enqueue(Updated, obj) }

// Delete queues obj, an object or a tombstone, as Deleted, whether anybody knows it or not.
func (f *RealFIFO) Delete(obj any) error { return f.enqueue(Deleted, obj) }

func (f *RealFIFO) enqueue(kind DeltaType, obj any) error {
	key, obj, err := f.admit(obj)
	if err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pushLocked(change{key: key, Delta: Delta{kind, obj}})
	f.beginLocked(0)
	return nil
}

// Bookmark queues how far the watch has come, if the options say so.
func (f *RealFIFO) Bookmark(resourceVersion string) error {
	if f.bookmarks {
		f.announce(Bookmark, BookmarkInfo{ResourceVersion: resourceVersion})
	}
	return nil
}

// Resync queues a SyncAll; without AtomicEvents, each known object as Sync, except those that have changes queued: what
// is known is older than these, and must not overtake them.
func (f *RealFIFO) Resync() error {
	if f.atomic {
		f.announce(SyncAll, SyncAllInfo{})
	} else {
		f.resyncEach()
	}
	return nil
}

// announce queues a change that is about no single object.
func (f *RealFIFO) announce(kind DeltaType, info any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pushLocked(change{Delta: Delta{kind, info}})
}

// String shows the queue in one line, oldest change first, as in
//
//	queue [ns/a:Added ns/b:Deleted? ReplacedAll(2)@17 SyncAll Bookmark@18]
//
// where Deleted? is a tombstone, 2 a number of objects, and what follows @ a resource version.
func (f *RealFIFO) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	items := make([]string, f.queue.len())
	for i := range items {
		c := f.queue.at(i)
		if c.key != "" {
			items[i] = c.key + ":"
		}
		items[i] += c.Delta.String()
	}
	return fmt.Sprintf("queue %v%s", items, f.stateLocked())
}
