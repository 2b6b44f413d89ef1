package store

import (
	"hash/maphash"
	"sync/atomic"
)

// entry is an object in a table. Who has found it through a directory reads hash, key and obj only: these never
// change. A changed object gets a new entry.
type entry struct {
	key      string
	obj      any     // gone{}: there is none any more, and the entry only holds the key's slot
	places   []place // where the object stands in buckets
	position uint32  // in the table
	hash     uint32  // of the key: mostly enough to tell it from another
}

type gone struct{}

func newEntry(key string, obj any) *entry { return &entry{key: key, obj: obj, hash: hashOf(key)} }

func (e *entry) isGone() bool { return e.obj == gone{} }

var seed = maphash.MakeSeed()

func hashOf(key string) uint32 { return uint32(maphash.String(seed, key)) }

// directory finds an entry by its key. It is a hash table with open addressing: a key is in the slot that its hash
// names, or in the first free one after that. One goroutine writes, and any number may search meanwhile. Always:
//   - once there is an entry in a slot, all that follow it there have the same key;
//   - there is no free slot between the one that a key's hash names and the key's own;
//   - taken is the number of slots that aren't free, and at most half of all.
//
// So a search never waits, never misses a key because another one comes or goes, and soon ends at a free slot.
type directory struct {
	slots []atomic.Pointer[entry] // as many as a power of two
	taken int
}

// newDirectory returns a directory of these entries, with room for at least half as many more.
func newDirectory(entries []*entry, room int) *directory {
	size := 8
	for size < 3*max(len(entries), room) {
		size *= 2
	}
	d := &directory{slots: make([]atomic.Pointer[entry], size), taken: len(entries)}
	for _, e := range entries {
		slot, _ := d.find(e.hash, e.key)
		slot.Store(e)
	}
	return d
}

// find returns the slot of a key and the entry in it: nil if the slot is free.
func (d *directory) find(hash uint32, key string) (*atomic.Pointer[entry], *entry) {
	last := uint32(len(d.slots) - 1)
	for i := hash; ; i++ {
		slot := &d.slots[i&last]
		if e := slot.Load(); e == nil || e.hash == hash && e.key == key {
			return slot, e
		}
	}
}

// get returns the object with this key.
func (d *directory) get(key string) (obj any, exists bool) {
	_, e := d.find(hashOf(key), key)
	if e == nil || e.isGone() {
		return nil, false
	}
	return e.obj, true
}

// live returns the entry of the object with this key, or nil if there is none. It is for the one who writes.
func (d *directory) live(key string) *entry {
	_, e := d.find(hashOf(key), key)
	if e == nil || e.isGone() {
		return nil
	}
	return e
}

// put puts an entry into its key's slot. It returns false if that would be one slot too many.
func (d *directory) put(e *entry) bool {
	slot, old := d.find(e.hash, e.key)
	if old == nil {
		if 2*d.taken >= len(d.slots) {
			return false
		}
		d.taken++
	}
	slot.Store(e)
	return true
}
