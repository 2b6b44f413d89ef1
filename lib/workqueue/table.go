package workqueue

import (
	"hash/maphash"
	"iter"
	"math/bits"
)

// table is a hash table with three things that Go's map hasn't: it gives memory back when it has become small, it finds
// or makes an entry in one search, and who has the number of an entry needs no search at all. A queue does hardly
// anything else. Numbers and hashes have 32 bits: there may be 4 billion entries, which need more than 100 GB. The zero
// value is empty.
//
//	slots   [ · 2 · · 0 1 · · ]      in the order of the hashes
//	entries [ a b c | · · · ]        in blocks, which never move
//
// Always:
//   - each entry that is in use has one slot, at its home or behind it, with no free slot between;
//   - of the numbers below given, those without a slot are in the list that begins with unused, and their entries are
//     zero but for next;
//   - len(slots) is 0, or a power of two: at least twice the entries in use, and at most 16 times, or minSlots;
//   - the blocks have room for the numbers below given, and for less than a block more.
type table[K comparable, V any] struct {
	slots  []slot
	shift  uint8 // what a hash is shifted by to get its home
	blocks []*[blockSize]entry[K, V]
	n      int // entries in use
	given  uint32
	unused uint32 // counted from 1
}

// slot says where an entry is. Free slots are zero.
type slot struct {
	hash   uint32
	number uint32 // counted from 1
}

type entry[K comparable, V any] struct {
	hash  uint32
	next  uint32 // the next one that isn't in use, if this isn't; counted from 1
	key   K
	value V
}

const (
	// minSlots is how large a table may be without need.
	minSlots = 64
	// blockSize is how many entries are allocated at once.
	blockSize = 64
)

var seed = maphash.MakeSeed()

// hashOf returns the hash that the methods ask for. It needs no lock.
func hashOf[K comparable](key K) uint32 { return uint32(maphash.Comparable(seed, key)) }

func (t *table[K, V]) len() int { return t.n }

// entry returns the entry that has this number. It is there until it is removed, or renumbered.
func (t *table[K, V]) entry(number uint32) *entry[K, V] {
	return &t.blocks[number/blockSize][number%blockSize]
}

// find returns the number of key's entry.
func (t *table[K, V]) find(key K, hash uint32) (number uint32, ok bool) {
	s, ok := t.search(key, hash)
	if !ok {
		return 0, false
	}
	return t.slots[s].number - 1, true
}

// number returns the number of key's entry. If there is none it makes one.
func (t *table[K, V]) number(key K, hash uint32) uint32 {
	s, ok := t.search(key, hash)
	if ok {
		return t.slots[s].number - 1
	}
	if 2*t.n >= len(t.slots) {
		t.resize(max(minSlots, 2*len(t.slots)))
		s = t.free(hash)
	}
	number := t.give()
	e := t.entry(number)
	e.hash, e.key = hash, key
	t.slots[s] = slot{hash, number + 1}
	t.n++
	return number
}

// give returns a number that isn't in use: if possible the one that was last, for its entry is near.
func (t *table[K, V]) give() (number uint32) {
	if t.unused > 0 {
		number = t.unused - 1
		t.unused = t.entry(number).next
		return number
	}
	if number = t.given; number%blockSize == 0 {
		t.blocks = append(t.blocks, &[blockSize]entry[K, V]{})
	}
	t.given++
	return number
}

// get returns the value of key, or zero.
func (t *table[K, V]) get(key K) (value V, ok bool) {
	if number, ok := t.find(key, hashOf(key)); ok {
		return t.entry(number).value, true
	}
	return value, false
}

// at returns where the value of key is, until it is removed. If there is none it makes one.
func (t *table[K, V]) at(key K) *V { return &t.entry(t.number(key, hashOf(key))).value }

// delete removes the entry of key, if there is one.
func (t *table[K, V]) delete(key K) {
	if number, ok := t.find(key, hashOf(key)); ok {
		t.remove(number)
	}
}

// remove removes an entry. If that makes the table shrink, it returns the new number of each other entry.
func (t *table[K, V]) remove(number uint32) (to []uint32) {
	t.vacate(t.slotOf(number, t.entry(number).hash))
	*t.entry(number) = entry[K, V]{next: t.unused}
	t.unused = number + 1
	t.n--
	if len(t.slots) > max(minSlots, 16*t.n) {
		t.resize(len(t.slots) / 4)
		return t.renumber()
	}
	return nil
}

// all returns the entries, in no order.
func (t *table[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		for _, s := range t.slots {
			if s.number == 0 {
				continue
			}
			if e := t.entry(s.number - 1); !yield(e.key, e.value) {
				return
			}
		}
	}
}

// home is the slot where a search begins.
func (t *table[K, V]) home(hash uint32) uint32 { return hash >> t.shift }

// behind is the slot behind s. Behind the last is the first.
func (t *table[K, V]) behind(s uint32) uint32 { return (s + 1) & t.mask() }

func (t *table[K, V]) mask() uint32 { return uint32(len(t.slots) - 1) }

// search returns the slot of key, or the free one where it would be.
func (t *table[K, V]) search(key K, hash uint32) (s uint32, ok bool) {
	if len(t.slots) == 0 {
		return 0, false
	}
	for s = t.home(hash); t.slots[s].number != 0; s = t.behind(s) {
		if t.slots[s].hash == hash && t.entry(t.slots[s].number-1).key == key {
			return s, true
		}
	}
	return s, false
}

// free returns the first free slot for a hash.
func (t *table[K, V]) free(hash uint32) uint32 {
	s := t.home(hash)
	for t.slots[s].number != 0 {
		s = t.behind(s)
	}
	return s
}

// slotOf returns the slot of an entry.
func (t *table[K, V]) slotOf(number, hash uint32) uint32 {
	s := t.home(hash)
	for t.slots[s].number != number+1 {
		s = t.behind(s)
	}
	return s
}

// vacate makes a slot free. Entries behind it move up, unless that were before their home.
func (t *table[K, V]) vacate(s uint32) {
	for next := t.behind(s); t.slots[next].number != 0; next = t.behind(next) {
		fromHome := (next - t.home(t.slots[next].hash)) & t.mask()
		if fromHome >= (next-s)&t.mask() {
			t.slots[s] = t.slots[next]
			s = next
		}
	}
	t.slots[s] = slot{}
}

// resize makes room for half as many entries as slots. It goes through both, the old and the new slots, from front to
// back: they have the same order.
func (t *table[K, V]) resize(slots int) {
	old := t.slots
	t.slots = make([]slot, slots)
	t.shift = uint8(32 - bits.TrailingZeros(uint(slots)))
	for _, s := range old {
		if s.number != 0 {
			t.slots[t.free(s.hash)] = s
		}
	}
}

// renumber gives the entries the lowest numbers, so that they need no more blocks than they fill.
func (t *table[K, V]) renumber() (to []uint32) {
	old := *t
	to = make([]uint32, old.given)
	t.blocks, t.given, t.unused = nil, 0, 0
	for i := range t.slots {
		s := &t.slots[i]
		if s.number == 0 {
			continue
		}
		number := t.give()
		*t.entry(number) = *old.entry(s.number - 1)
		to[s.number-1] = number
		s.number = number + 1
	}
	return to
}
