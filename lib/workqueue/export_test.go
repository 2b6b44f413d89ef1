package workqueue

import (
	"fmt"
	"maps"
	"time"
)

// NewWaiting returns what a delaying queue keeps its items in.
func NewWaiting[T comparable]() *waiting[T] { return &waiting[T]{} }

func (w *waiting[T]) Add(item T, at time.Duration) bool { return w.add(item, at) }
func (w *waiting[T]) Take(now time.Duration) (T, bool)  { return w.take(now) }
func (w *waiting[T]) Next() (at time.Duration, ok bool) { return w.next() }
func (w *waiting[T]) Room() int                         { return len(w.blocks) * blockAlarms }
func (w *waiting[T]) Len() int                          { return w.places.len() }

// CheckInvariants checks what the type says is always so.
func (w *waiting[T]) CheckInvariants() error {
	if w.n != w.places.len() {
		return fmt.Errorf("%d items wait, there are %d alarms", w.places.len(), w.n)
	}
	for i := root; i < w.end(); i++ {
		a := w.alarm(i)
		if i > root && a.at < w.alarm(parent(i)).at {
			return fmt.Errorf("alarm %d is due before its parent", i)
		}
		if place := w.places.entry(a.number).value; place != i {
			return fmt.Errorf("alarm %d is of item %d, which has alarm %d", i, a.number, place)
		}
	}
	most := len(w.places.slots) / 2 // items that there may have been since the table last shrank
	if room := w.Room(); room >= root+most+blockAlarms {
		return fmt.Errorf("room for %d alarms, of which at most %d were ever in use", room, most)
	}
	return w.places.CheckInvariants()
}

// Blocks counts the blocks of a DefaultQueue.
func Blocks[T comparable](q Queue[T]) int {
	n := 0
	for b := q.(*line[T]).first; b != nil; b = b.next {
		n++
	}
	return n
}

// CheckInvariants checks what the type says is always so.
func (l *line[T]) CheckInvariants() error {
	var zero T
	seen, position := 0, 0
	for b := l.first; b != nil; b = b.next {
		if b.next == nil && b != l.last {
			return fmt.Errorf("the last block isn't the last one")
		}
		for i, item := range b.items {
			if isItem := position >= l.head && seen < l.n; isItem {
				seen++
			} else if item != zero {
				return fmt.Errorf("free slot %d holds %v", i, item)
			}
			position++
		}
	}
	if end := (Blocks[T](l)-1)*len(block[T]{}.items) + l.tail - l.head; l.first != nil && (seen != l.n || end != l.n) {
		return fmt.Errorf("%d items, found %d between head and tail %d", l.n, seen, end)
	}
	return nil
}

// CheckInvariants checks what the type says is always so.
func (q *Typed[T]) CheckInvariants() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	waiting, working := 0, 0
	for item, state := range q.items.all() {
		switch state.mark {
		case dirty:
			waiting++
		case processing, dirty | processing:
			working++
		default:
			return fmt.Errorf("%v has marks %d", item, state.mark)
		}
	}
	if waiting != q.order.len() || working != q.working {
		return fmt.Errorf("queued %d, marked %d; working %d, marked %d", q.order.len(), waiting, q.working, working)
	}
	if arrival, ok := q.order.(*arrival[T]); ok {
		if err := arrival.CheckInvariants(); err != nil {
			return err
		}
	}
	return q.items.CheckInvariants()
}

// CheckInvariants checks what the type says is always so.
func (a *arrival[T]) CheckInvariants() error {
	number := a.first
	for i := range a.n {
		e := a.items.entry(number)
		if found, ok := a.items.find(e.key, e.hash); !ok || found != number || e.value.mark != dirty {
			return fmt.Errorf("item %d in the list is %v, with marks %d", i, e.key, e.value.mark)
		}
		if i == a.n-1 && number != a.last {
			return fmt.Errorf("the list ends with item %d, not with %d", number, a.last)
		}
		number = e.value.next
	}
	return nil
}

// CheckInvariants checks what the type says is always so, in this queue and in the one that it contains.
func (q *delaying[T]) CheckInvariants() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if at, ok := q.waiting.next(); ok && at < q.wake {
		return fmt.Errorf("an item is due at %v, the timer fires at %v", at, q.wake)
	}
	if err := q.waiting.CheckInvariants(); err != nil {
		return err
	}
	return q.TypedInterface.(*Typed[T]).CheckInvariants()
}

// CheckInvariants checks what the types say is always so, in the queues that this one contains.
func (q *rateLimiting[T]) CheckInvariants() error {
	return q.TypedDelayingInterface.(*delaying[T]).CheckInvariants()
}

// UnsetProvider undoes SetProvider.
func UnsetProvider() { globalProvider.Store(nil) }

// NewTable returns what a queue keeps its items in.
func NewTable[K comparable, V any]() *table[K, V] { return &table[K, V]{} }

func (t *table[K, V]) Get(key K) (V, bool) { return t.get(key) }
func (t *table[K, V]) Set(key K, value V)  { *t.at(key) = value }
func (t *table[K, V]) Delete(key K)        { t.delete(key) }
func (t *table[K, V]) All() map[K]V        { return maps.Collect(t.all()) }
func (t *table[K, V]) Len() int            { return t.len() }
func (t *table[K, V]) Room() (int, int)    { return len(t.slots), len(t.blocks) * blockSize }

// CheckInvariants checks what the type says is always so.
func (t *table[K, V]) CheckInvariants() error {
	if size := len(t.slots); size&(size-1) != 0 || size < 2*t.n || size > max(minSlots, 16*t.n) {
		return fmt.Errorf("%d slots for %d entries", size, t.n)
	}
	if room := len(t.blocks) * blockSize; room < int(t.given) || room >= int(t.given)+blockSize {
		return fmt.Errorf("room for %d entries, of which %d were ever in use", room, t.given)
	}
	used := 0
	for s, slot := range t.slots {
		if slot.number == 0 {
			continue
		}
		used++
		e := t.entry(slot.number - 1)
		if found, ok := t.search(e.key, e.hash); !ok || found != uint32(s) || e.hash != slot.hash {
			return fmt.Errorf("slot %d has %v, which is found in %d, %v", s, e.key, found, ok)
		}
	}
	unused := 0
	for next := t.unused; next > 0 && unused <= int(t.given); unused++ {
		e := *t.entry(next - 1)
		next, e.next = e.next, 0
		if any(e) != any(entry[K, V]{}) {
			return fmt.Errorf("an entry that isn't in use holds %v", e)
		}
	}
	if used != t.n || used+unused != int(t.given) {
		return fmt.Errorf("of %d entries %d are in use, %d aren't, %d should be", t.given, used, unused, t.n)
	}
	return nil
}
