package workqueue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// waiting holds items until they are due, for one goroutine. Times are counted from any fixed moment. The zero value is
// empty.
//
// Always:
//   - alarms is a heap: none is due before the one at parent(i);
//   - each item in places has one alarm: the one at its place, which has the item's number.
type waiting[T comparable] struct {
	alarms []alarm
	places table[T, int] // in alarms
}

// alarm says when an item is due. It has the item's number instead of the item, so that the heap is small, and the
// garbage collector doesn't look into it.
type alarm struct {
	at     time.Duration
	number uint32 // in places
}

const (
	// arity is how many children a node of the heap has. With 4 it is half as high as with 2, and the children are next
	// to each other.
	arity = 4
	// minAlarms is how many alarms there may be room for without need.
	minAlarms = 256
)

func parent(i int) int { return (i - 1) / arity }

// add makes item due at a time, unless it is due by then anyway. It says whether it did.
func (w *waiting[T]) add(item T, at time.Duration) bool {
	number := w.places.number(item, hashOf(item))
	i := len(w.alarms)
	if i < w.places.len() { // the item is new
		w.alarms = append(w.alarms, alarm{})
	} else if i = w.places.entry(number).value; w.alarms[i].at <= at {
		return false
	}
	w.up(i, alarm{at, number})
	return true
}

// next returns the time when the first item is due. ok is false if there is none.
func (w *waiting[T]) next() (at time.Duration, ok bool) {
	if len(w.alarms) == 0 {
		return 0, false
	}
	return w.alarms[0].at, true
}

// take takes out an item that is due by now: the one that has been for longest.
func (w *waiting[T]) take(now time.Duration) (item T, ok bool) {
	if at, ok := w.next(); !ok || at > now {
		return item, false
	}
	number := w.alarms[0].number
	item = w.places.entry(number).key

	last := len(w.alarms) - 1
	moved := w.alarms[last]
	w.alarms = w.alarms[:last]
	if last > 0 {
		w.down(0, moved)
	}
	if to := w.places.remove(number); to != nil {
		for i := range w.alarms {
			w.alarms[i].number = to[w.alarms[i].number]
		}
	}
	if cap(w.alarms) > max(minAlarms, 4*last) {
		w.alarms = append(make([]alarm, 0, 2*last), w.alarms...)
	}
	return item, true
}

// up puts an alarm at i, or nearer to the root, where its parent isn't later.
func (w *waiting[T]) up(i int, a alarm) {
	for ; i > 0 && a.at < w.alarms[parent(i)].at; i = parent(i) {
		w.put(i, w.alarms[parent(i)])
	}
	w.put(i, a)
}

// down puts an alarm at i, or farther from the root, where no child is earlier.
func (w *waiting[T]) down(i int, a alarm) {
	for {
		child := w.earliestChild(i)
		if child < 0 || a.at <= w.alarms[child].at {
			break
		}
		w.put(i, w.alarms[child])
		i = child
	}
	w.put(i, a)
}

func (w *waiting[T]) put(i int, a alarm) {
	w.alarms[i] = a
	w.places.entry(a.number).value = i
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
	alarms := slices.Clone(w.alarms)
	name := func(a alarm) string { return fmt.Sprint(w.places.entry(a.number).key) }
	slices.SortFunc(alarms, func(a, b alarm) int {
		return cmp.Or(cmp.Compare(a.at, b.at), strings.Compare(name(a), name(b)))
	})
	texts := make([]string, len(alarms))
	for i, a := range alarms {
		texts[i] = fmt.Sprintf("%s in %v", name(a), max(a.at-now, 0))
	}
	return "[" + strings.Join(texts, ", ") + "]"
}
