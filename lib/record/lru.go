package record

// lru is a map that is bounded: it forgets the key that nobody has asked for the longest time. One call of at finds
// or makes room for a value that is then changed in place.
//
// It has no lock, its users have theirs. That, and values that are no interfaces, is why it is not k8s.io/utils/lru.
//
// The entries form a ring, which begins and ends at head: head ⇄ newest ⇄ … ⇄ oldest ⇄ head. All of them are in entries.
type lru[V any] struct {
	size    int // 0: no limit; below 0: nothing is remembered
	entries map[string]*lruEntry[V]
	head    *lruEntry[V]
}

type lruEntry[V any] struct {
	key          string
	value        V
	newer, older *lruEntry[V]
}

func newLRU[V any](size int) lru[V] {
	head := &lruEntry[V]{}
	head.newer, head.older = head, head
	return lru[V]{size: size, entries: map[string]*lruEntry[V]{}, head: head}
}

// at returns the place of the key's value, which is zero if the key is new. It holds until the next call.
func (l *lru[V]) at(key string) *V {
	if l.size < 0 {
		return new(V)
	}
	e, known := l.entries[key]
	switch {
	case known:
		e.unlink()
	case len(l.entries) == l.size && l.size > 0:
		e = l.head.newer // the oldest one makes room
		e.unlink()
		delete(l.entries, e.key)
		*e = lruEntry[V]{key: key}
		l.entries[key] = e
	default:
		e = &lruEntry[V]{key: key}
		l.entries[key] = e
	}
	e.linkAfter(l.head)
	return &e.value
}

func (e *lruEntry[V]) unlink() {
	e.newer.older, e.older.newer = e.older, e.newer
}

// linkAfter makes e the next older one after newer.
func (e *lruEntry[V]) linkAfter(newer *lruEntry[V]) {
	e.newer, e.older = newer, newer.older
	e.older.newer, newer.older = e, e
}
