package workqueue

import (
	"fmt"
	"time"
)

// NewWaiting returns what a delaying queue keeps its items in.
func NewWaiting[T comparable]() *waiting[T] { return &waiting[T]{} }

func (w *waiting[T]) Add(item T, at time.Duration) bool { return w.add(item, at) }
func (w *waiting[T]) Take(now time.Duration) (T, bool)  { return w.take(now) }
func (w *waiting[T]) Next() (at time.Duration, ok bool) { return w.next() }
func (w *waiting[T]) Room() (alarms, times int)         { return cap(w.alarms), w.times.peak }
func (w *waiting[T]) Len() int                          { return len(w.times.m) }
func (s *shrinkingMap[K, V]) check() error {
	if s.peak < len(s.m) || s.peak > max(minPeak, 4*len(s.m)) {
		return fmt.Errorf("room for %d, there are %d", s.peak, len(s.m))
	}
	return nil
}

// CheckInvariants checks what the type says is always so.
func (w *waiting[T]) CheckInvariants() error {
	live := 0
	for i, a := range w.alarms {
		if i > 0 && a.at < w.alarms[parent(i)].at {
			return fmt.Errorf("alarm %d is due before its parent", i)
		}
		if !w.isStale(a) {
			live++
		}
	}
	if live < len(w.times.m) {
		return fmt.Errorf("%d items wait, %d have an alarm", len(w.times.m), live)
	}
	if stale := len(w.alarms) - len(w.times.m); stale > max(minStale, len(w.times.m)) {
		return fmt.Errorf("%d items wait, there are %d alarms", len(w.times.m), len(w.alarms))
	}
	var zero alarm[T]
	for i, a := range w.alarms[len(w.alarms):cap(w.alarms)] {
		if a != zero {
			return fmt.Errorf("slot %d behind the last alarm holds %v", i, a)
		}
	}
	return w.times.check()
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
	for item, m := range q.marks.m {
		switch m {
		case dirty:
			waiting++
		case processing, dirty | processing:
			working++
		default:
			return fmt.Errorf("%v has marks %d", item, m)
		}
	}
	if waiting != q.queue.Len() || working != q.working {
		return fmt.Errorf("queued %d, marked %d; working %d, marked %d", q.queue.Len(), waiting, q.working, working)
	}
	if storage, ok := q.queue.(*line[T]); ok {
		if err := storage.CheckInvariants(); err != nil {
			return err
		}
	}
	return q.marks.check()
}

// CheckInvariants checks what the type says is always so, in this queue and in the one that it contains.
func (q *delaying[T]) CheckInvariants() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for item, at := range q.waiting.times.m {
		if at < q.wake {
			return fmt.Errorf("%v is due at %v, the timer fires at %v", item, at, q.wake)
		}
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
