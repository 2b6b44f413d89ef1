package workqueue

import (
	"hash/maphash"
	"iter"
)

// table is a hash table with two things that Go's map hasn't: it gives memory back when it has become small, and it
// finds or makes an entry in one search. A queue does hardly anything else. The zero value is empty.
//
// Always:
//   - entries has no gaps: the last one moves to where another was removed;
//   - each entry has one slot, at its home or behind it, with no free slot between;
//   - len(slots) is 0, or a power of two: at least twice the entries, and at most 16 times, or minSlots.
type table[K comparable, V any] struct {
	slots   []slot
	entries []entry[K, V]
}

// slot says where an entry is. Free slots are zero.
type slot struct {
	hash   uint32
	number uint32 // in entries, counted from 1
}

type entry[K comparable, V any] struct {
	hash  uint32
	key   K
	value V
}

// minSlots is how large a table may be without need.
const minSlots = 64

var seed = maphash.MakeSeed()

func (t *table[K, V]) len() int { return len(t.entries) }

// get returns the value of key, or zero.
func (t *table[K, V]) get(key K) (value V, ok bool) {
	if s, _, ok := t.search(key); ok {
		return t.entry(s).value, true
	}
	return value, false
}

// number returns where in entries the one of key is. If there is none it makes one.
func (t *table[K, V]) number(key K) (number int, isNew bool) {
	s, hash, ok := t.search(key)
	if ok {
		return int(t.slots[s].number - 1), false
	}
	number = len(t.entries)
	if 2*number >= len(t.slots) {
		t.resize(max(minSlots, 2*len(t.slots)))
		s = t.free(hash)
	}
	t.entries = append(t.entries, entry[K, V]{hash: hash, key: key})
	t.slots[s] = slot{hash, uint32(number + 1)}
	return number, true
}

// at returns where the value of key is, until the next change of the table. If there is none it makes one.
func (t *table[K, V]) at(key K) *V {
	number, _ := t.number(key)
	return &t.entries[number].value
}

// delete removes the entry of key, if there is one.
func (t *table[K, V]) delete(key K) {
	if s, _, ok := t.search(key); ok {
		t.remove(int(t.slots[s].number - 1))
	}
}

// remove removes an entry. The last one gets its number.
func (t *table[K, V]) remove(number int) {
	t.vacate(t.slotOf(number))
	last := len(t.entries) - 1
	if number != last {
		t.slots[t.slotOf(last)].number = uint32(number + 1)
		t.entries[number] = t.entries[last]
	}
	t.entries[last] = entry[K, V]{}
	t.entries = t.entries[:last]
	if len(t.slots) > max(minSlots, 16*last) {
		t.resize(len(t.slots) / 4)
	}
}

// all returns the entries, in no order.
func (t *table[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, e := range t.entries {
			if !yield(e.key, e.value) {
				return
			}
		}
	}
}

func (t *table[K, V]) entry(s uint32) *entry[K, V] { return &t.entries[t.slots[s].number-1] }

// mask cuts a number down to that of a slot. The home of an entry is its hash, cut down.
func (t *table[K, V]) mask() uint32 { return uint32(len(t.slots) - 1) }

// next is the slot behind s. Behind the last is the first.
func (t *table[K, V]) next(s uint32) uint32 { return (s + 1) & t.mask() }

// search returns the slot of key, or the free one where it would be.
func (t *table[K, V]) search(key K) (s, hash uint32, ok bool) {
	hash = uint32(maphash.Comparable(seed, key))
	if len(t.slots) == 0 {
		return 0, hash, false
	}
	for s = hash & t.mask(); t.slots[s].number != 0; s = t.next(s) {
		if t.slots[s].hash == hash && t.entry(s).key == key {
			return s, hash, true
		}
	}
	return s, hash, false
}

// free returns the first free slot for a hash.
func (t *table[K, V]) free(hash uint32) uint32 {
	s := hash & t.mask()
	for t.slots[s].number != 0 {
		s = t.next(s)
	}
	return s
}

// slotOf returns the slot of the entry at i.
func (t *table[K, V]) slotOf(i int) uint32 {
	s := t.entries[i].hash & t.mask()
	for t.slots[s].number != uint32(i+1) {
		s = t.next(s)
	}
	return s
}

// vacate makes a slot free. Entries behind it move up, unless that were before their home.
func (t *table[K, V]) vacate(s uint32) {
	for behind := t.next(s); t.slots[behind].number != 0; behind = t.next(behind) {
		fromHome := (behind - t.slots[behind].hash) & t.mask()
		if fromHome >= (behind-s)&t.mask() {
			t.slots[s] = t.slots[behind]
			s = behind
		}
	}
	t.slots[s] = slot{}
}

// resize makes room for half as many entries as slots.
func (t *table[K, V]) resize(slots int) {
	t.slots = make([]slot, slots)
	t.entries = append(make([]entry[K, V], 0, slots/2), t.entries...)
	for i, e := range t.entries {
		t.slots[t.free(e.hash)] = slot{e.hash, uint32(i + 1)}
	}
}
