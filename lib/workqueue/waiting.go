package workqueue

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// waiting holds items until they are due, for one goroutine. Times are counted from any fixed moment. The zero value is
// empty.
//
// An item that becomes due earlier gets a second alarm and keeps the old one, which nobody hears: to find an alarm in
// the heap one would have to note where each one is, at each step of each one's way.
//
// Always:
//   - alarms is a heap: none is due before alarms[parent(i)];
//   - each item in times has an alarm for its time; other alarms are stale;
//   - at most half of the alarms are stale, or minStale.
type waiting[T comparable] struct {
	alarms []alarm[T]
	times  shrinkingMap[T, time.Duration]
}

type alarm[T comparable] struct {
	at   time.Duration
	item T
}

const (
	// arity is how many children a node of the heap has. With 4 it is half as high as with 2, and the children share a
	// cache line or two.
	arity = 4
	// minStale is how many stale alarms are never worth the work to remove.
	minStale = 64
	// minAlarms is how many alarms there may be room for without need.
	minAlarms = 256
)

func parent(i int) int { return (i - 1) / arity }

// add makes item due at a time, unless it is due by then anyway. It says whether it did.
func (w *waiting[T]) add(item T, at time.Duration) bool {
	if due, waits := w.times.m[item]; waits && due <= at {
		return false
	}
	w.times.set(item, at)
	w.alarms = append(w.alarms, alarm[T]{at, item})
	w.up(len(w.alarms) - 1)
	if stale := len(w.alarms) - len(w.times.m); stale > max(minStale, len(w.times.m)) {
		w.sweep()
	}
	return true
}

// take takes out an item that is due by now: the one that has been for longest.
func (w *waiting[T]) take(now time.Duration) (item T, ok bool) {
	at, ok := w.next()
	if !ok || at > now {
		return item, false
	}
	item = w.pop().item
	w.times.delete(item)
	return item, true
}

// next returns the time when the first item is due. ok is false if there is none.
func (w *waiting[T]) next() (at time.Duration, ok bool) {
	for len(w.alarms) > 0 {
		if first := w.alarms[0]; !w.isStale(first) {
			return first.at, true
		}
		w.pop()
	}
	return 0, false
}

func (w *waiting[T]) isStale(a alarm[T]) bool {
	at, waits := w.times.m[a.item]
	return !waits || at != a.at
}

// pop takes out the first alarm.
func (w *waiting[T]) pop() alarm[T] {
	last := len(w.alarms) - 1
	first := w.alarms[0]
	w.alarms[0], w.alarms[last] = w.alarms[last], alarm[T]{}
	w.alarms = w.alarms[:last]
	w.down(0)
	if cap(w.alarms) > max(minAlarms, 4*last) {
		w.alarms = append(make([]alarm[T], 0, 2*last), w.alarms...)
	}
	return first
}

// sweep removes the stale alarms.
func (w *waiting[T]) sweep() {
	w.alarms = slices.DeleteFunc(w.alarms, w.isStale)
	for i := parent(len(w.alarms) - 1); i >= 0; i-- {
		w.down(i)
	}
}

// up moves an alarm towards the root until its parent isn't later.
func (w *waiting[T]) up(i int) {
	a := w.alarms[i]
	for ; i > 0 && a.at < w.alarms[parent(i)].at; i = parent(i) {
		w.alarms[i] = w.alarms[parent(i)]
	}
	w.alarms[i] = a
}

// down moves an alarm, if there is one at i, away from the root until no child is earlier.
func (w *waiting[T]) down(i int) {
	if i >= len(w.alarms) {
		return
	}
	a := w.alarms[i]
	for {
		child := w.earliestChild(i)
		if child < 0 || a.at <= w.alarms[child].at {
			break
		}
		w.alarms[i] = w.alarms[child]
		i = child
	}
	w.alarms[i] = a
}

// earliestChild returns -1 if there is no child.
func (w *waiting[T]) earliestChild(i int) int {
	first := arity*i + 1
	if first >= len(w.alarms) {
		return -1
	}
	earliest := first
	for child := first + 1; child < min(first+arity, len(w.alarms)); child++ {
		if w.alarms[child].at < w.alarms[earliest].at {
			earliest = child
		}
	}
	return earliest
}

// show lists the items and how long they still wait, the first that is due first.
func (w *waiting[T]) show(now time.Duration) string {
	var due []alarm[string]
	for item, at := range w.times.m {
		due = append(due, alarm[string]{at, fmt.Sprint(item)})
	}
	slices.SortFunc(due, func(a, b alarm[string]) int {
		if a.at != b.at {
			return int(min(max(a.at-b.at, -1), 1))
		}
		return strings.Compare(a.item, b.item)
	})
	texts := make([]string, len(due))
	for i, a := range due {
		texts[i] = fmt.Sprintf("%s in %v", a.item, max(a.at-now, 0))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
