package store

import (
	"errors"
	"fmt"
	"slices"
)

// CheckInvariants says what isn't as the comment of table has it. The store must be one of this package, and nobody
// may write to it meanwhile.
func CheckInvariants(s any) error {
	if c, ok := s.(*cache); ok {
		s = c.threadSafeMap
	}
	t := s.(*threadSafeMap).table
	return errors.Join(t.checkEntries(), t.directory.check(len(t.entries)), t.checkPlaces(), t.checkBuckets())
}

// Slots says how many objects and gone ones there is room for.
func Slots(s Store) int { return len(s.(*cache).table.directory.slots) }

func (t *table) checkEntries() error {
	if len(t.entries) != len(t.objects) {
		return fmt.Errorf("%d entries, %d objects", len(t.entries), len(t.objects))
	}
	for position, e := range t.entries {
		if e.position != uint32(position) || e.obj != t.objects[position] || e.isGone() {
			return fmt.Errorf("at %d: entry %+v, object %v", position, e, t.objects[position])
		}
		if found := t.directory.live(e.key); found != e {
			return fmt.Errorf("at %d: entry %+v, the directory has %+v", position, e, found)
		}
	}
	for _, kept := range t.objects[len(t.objects):cap(t.objects)] {
		if kept != nil {
			return fmt.Errorf("an object is kept alive that was removed: %v", kept)
		}
	}
	return nil
}

// check counts, and searches for whatever has a slot.
func (d *directory) check(live int) error {
	taken := 0
	for i := range d.slots {
		e := d.slots[i].Load()
		if e == nil {
			continue
		}
		taken++
		if slot, _ := d.find(e.hash, e.key); slot != &d.slots[i] {
			return fmt.Errorf("directory: key %q is in slot %d and isn't found there", e.key, i)
		}
		if e.isGone() {
			live++
		}
	}
	if taken != d.taken || taken != live || 2*taken > len(d.slots) {
		return fmt.Errorf("directory: %d of %d slots are taken, should be %d, live or gone are %d", taken, len(d.slots), d.taken, live)
	}
	return nil
}

// checkPlaces goes from objects to buckets.
func (t *table) checkPlaces() error {
	for _, e := range t.entries {
		for _, p := range e.places {
			if int(p.at) >= len(p.bucket.positions) || p.bucket.positions[p.at] != e.position {
				return fmt.Errorf("object %q isn't at its place %d of bucket %q %v", e.key, p.at, p.bucket.value, p.bucket.positions)
			}
		}
	}
	return nil
}

// checkBuckets goes from buckets to objects.
func (t *table) checkBuckets() error {
	for _, x := range t.indexes {
		for value, b := range x.buckets {
			if len(b.positions) == 0 || b.index != x || b.value != value {
				return fmt.Errorf("index %q: bucket %q is %q of index %q with %d objects", x.name, value, b.value, b.index.name, len(b.positions))
			}
			for at, position := range b.positions {
				if int(position) >= len(t.entries) || !slices.Contains(t.entries[position].places, place{b, uint32(at)}) {
					return fmt.Errorf("index %q: position %d is in bucket %q and doesn't know", x.name, position, value)
				}
			}
		}
	}
	return nil
}
