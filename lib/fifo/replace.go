package fifo

import (
	"fmt"

	"client-go-workbook/lib/store"
)

// Replace queues a ReplacedAll; without AtomicEvents, a tombstone for each object that is known, or queued, and not in
// the list, then each object of the list as Replaced.
func (f *RealFIFO) Replace(list []any, resourceVersion string) error {
	if f.atomic {
		return f.replaceAll(list, resourceVersion)
	}
	return f.replaceEach(list)
}

func (f *RealFIFO) replaceAll(list []any, resourceVersion string) error {
	if f.transformer != nil {
		transformed := make([]any, len(list))
		for i, obj := range list {
			var err error
			if transformed[i], err = f.transformer(obj); err != nil {
				return fmt.Errorf("transform object %d of the list at %q: %w", i, resourceVersion, err)
			}
		}
		list = transformed
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pushLocked(change{Delta: Delta{ReplacedAll, ReplacedAllInfo{ResourceVersion: resourceVersion, Objects: list}}})
	f.markInitialLocked()
	return nil
}

func (f *RealFIFO) replaceEach(list []any) error {
	keys, objs, err := f.admitAll(list)
	if err != nil {
		return err
	}
	listed := make(map[string]bool, len(list))
	for _, key := range keys {
		listed[key] = true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.buryLocked(listed)
	for i, key := range keys {
		f.pushLocked(change{key: key, Delta: Delta{Replaced, objs[i]}})
	}
	f.markInitialLocked()
	return nil
}

// buryLocked queues a tombstone for each object that is queued or known, and not done already: once for each. An object
// whose newest change is a deletion needs none.
func (f *RealFIFO) buryLocked(done map[string]bool) {
	newest := make(map[string]Delta)
	queued := f.queue.len()
	for i := range queued {
		c := f.queue.at(i)
		newest[c.key] = c.Delta
	}
	for i := range queued {
		key := f.queue.at(i).key
		if delta := newest[key]; !done[key] && delta.Type != Deleted {
			f.pushTombstoneLocked(key, delta.Object)
		}
		done[key] = true
	}
	for _, key := range f.known.ListKeys() {
		if !done[key] {
			obj, _ := f.lookUp(key)
			f.pushTombstoneLocked(key, obj)
		}
	}
}

func (f *RealFIFO) pushTombstoneLocked(key string, last any) {
	tombstone := store.DeletedFinalStateUnknown{Key: key, Obj: last}
	f.pushLocked(change{key: key, Delta: Delta{Deleted, tombstone}})
}

// markInitialLocked makes all that is queued the initial list, if there was none.
func (f *RealFIFO) markInitialLocked() {
	if f.begun {
		return
	}
	for i := range f.queue.len() {
		f.queue.at(i).initial = true
	}
	f.beginLocked(f.queue.len())
}

func (f *RealFIFO) resyncEach() {
	f.mu.Lock()
	defer f.mu.Unlock()
	queued := make(map[string]bool, f.queue.len())
	for i := range f.queue.len() {
		queued[f.queue.at(i).key] = true
	}
	for _, key := range f.known.ListKeys() {
		if queued[key] {
			continue
		}
		if obj, ok := f.lookUp(key); ok {
			f.pushLocked(change{key: key, Delta: Delta{Sync, obj}})
		}
	}
}
