package store

import (
	"errors"
	"fmt"
)

// CheckInvariants says what isn't as the comment of table has it. The store must be one of this package, and nobody
// may write to it meanwhile.
func CheckInvariants(s any) error {
	if c, ok := s.(*cache); ok {
		s = c.threadSafeMap
	}
	t := s.(*threadSafeMap).table
	return errors.Join(t.checkParts(), t.checkPlaces(), t.checkBuckets())
}

func (t *table) checkParts() error {
	for number := range t.parts {
		p := &t.parts[number]
		if len(p.keys) != len(p.positions) || len(p.keys) != len(p.objects) || len(p.keys) != len(p.places) {
			return fmt.Errorf("part %d: %d positions, %d keys, %d objects, %d lists of places",
				number, len(p.positions), len(p.keys), len(p.objects), len(p.places))
		}
		for position, key := range p.keys {
			if at, exists := p.positions[key]; !exists || at != uint32(position) || partOf(key) != number {
				return fmt.Errorf("key %q: at %d of part %d, should be at %d of part %d", key, position, number, at, partOf(key))
			}
		}
		for _, gone := range p.objects[len(p.objects):cap(p.objects)] {
			if gone != nil {
				return fmt.Errorf("part %d keeps an object alive that was removed", number)
			}
		}
	}
	return nil
}

// checkPlaces goes from objects to buckets.
func (t *table) checkPlaces() error {
	for number := range t.parts {
		for position, places := range t.parts[number].places {
			s := newSlot(number, uint32(position))
			for _, p := range places {
				if int(p.at) >= len(p.bucket.slots) || p.bucket.slots[p.at] != s {
					return fmt.Errorf("slot %d isn't at its place %d of bucket %q %v", s, p.at, p.bucket.value, p.bucket.slots)
				}
			}
		}
	}
	return nil
}

// checkBuckets goes from buckets to objects.
func (t *table) checkBuckets() error {
	for _, x := range t.indexes {
		for value, b := range x.buckets {
			if len(b.slots) == 0 || b.index != x || b.value != value {
				return fmt.Errorf("index %q: bucket %q is %q of index %q with %d slots", x.name, value, b.value, b.index.name, len(b.slots))
			}
			for at, s := range b.slots {
				if !t.has(s, place{b, uint32(at)}) {
					return fmt.Errorf("index %q: slot %d is in bucket %q and doesn't know", x.name, s, value)
				}
			}
		}
	}
	return nil
}

func (t *table) has(s slot, want place) bool {
	if s.position() >= uint32(len(t.parts[s.part()].places)) {
		return false
	}
	for _, p := range *t.places(s) {
		if p == want {
			return true
		}
	}
	return false
}
