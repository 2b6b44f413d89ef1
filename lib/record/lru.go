package record

// lru is a map that forgets what nobody has asked for the longest time. It has no lock: each user has one already,
// and one more below it is what k8s.io/utils/lru would cost, beside an allocation for each value and key that it takes
// as an interface.
//
// The entries form a ring around newest's predecessor:
//
//	head ⇄ newest ⇄ … ⇄ oldest ⇄ head
type lru[V any] struct {
	size    int // 0: no limit
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
	e, known := l.entries[key]
	if known {
		e.unlink()
	} else {
		e = &lruEntry[V]{key: key}
		l.entries[key] = e
	}
	e.linkAfter(l.head)
	if l.size != 0 && len(l.entries) > l.size {
		oldest := l.head.newer
		oldest.unlink()
		delete(l.entries, oldest.key)
	}
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
