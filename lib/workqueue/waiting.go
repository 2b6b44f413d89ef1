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
//	place   0 1 2  3    4  5  6  7    8  9  10 11
//	alarms  · · ·  1s   3s 2s 9s 4s   5s 6s ·  ·     in blocks, which never move
//	              root  its children  those of 4
//
// A slice instead of the blocks would be copied again and again while a burst comes in, and getting the memory for that
// takes longer than all the rest of the heap.
//
// Always:
//   - there are as many alarms as items: n, beginning at root;
//   - they are a heap: none is due before the one at its parent;
//   - each item has one alarm: the one at its place, which has the item's number;
//   - blocks behind the last alarm were in use since places last shrank.
type waiting[T comparable] struct {
	blocks []*[blockAlarms]alarm
	n      int
	places table[T, int]
}

// alarm says when an item is due. It has the item's number instead of the item, so that the heap is small, and the
// garbage collector doesn't look into it.
type alarm struct {
	at     time.Duration
	number uint32 // in places
}

const (
	// arity is how many children a node of the heap has. With 4 it is half as high as with 2.
	arity = 4
	// root is where the heap begins, so that the children of each node begin at a multiple of 4: they are in one block,
	// and with 16 bytes each they fill a cache line.
	root = arity - 1
	// blockAlarms is how many alarms are allocated at once.
	blockAlarms = 256
)

func parent(i int) int     { return i/arity + root - 1 }
func firstChild(i int) int { return (i - root + 1) * arity }

// add makes item due at a time, unless it is due by then anyway. It says whether it did.
func (w *waiting[T]) add(item T, at time.Duration) bool {
	number := w.places.number(item, hashOf(item))
	i := w.places.entry(number).value
	if i == 0 { // where no alarm is: the item is new
		i = w.grow()
	} else if w.alarm(i).at <= at {
		return false
	}
	w.up(i, alarm{at, number})
	return true
}

// next returns the time when the first item is due. ok is false if there is none.
func (w *waiting[T]) next() (at time.Duration, ok bool) {
	if w.n == 0 {
		return 0, false
	}
	return w.alarm(root).at, true
}

// take takes out an item that is due by now: the one that has been for longest.
func (w *waiting[T]) take(now time.Duration) (item T, ok bool) {
	if at, ok := w.next(); !ok || at > now {
		return item, false
	}
	number := w.alarm(root).number
	item = w.places.entry(number).key
	w.n--
	if w.n > 0 {
		w.down(root, *w.alarm(w.end()))
	}
	if to := w.places.remove(number); to != nil {
		w.shrink(to)
	}
	return item, true
}

// end is the place behind the last alarm.
func (w *waiting[T]) end() int { return root + w.n }

// alarm returns the alarm at a place.
func (w *waiting[T]) alarm(i int) *alarm { return &w.blocks[i/blockAlarms][i%blockAlarms] }

// grow makes room for one more alarm, and returns its place.
func (w *waiting[T]) grow() (i int) {
	i = w.end()
	if i/blockAlarms == len(w.blocks) {
		w.blocks = append(w.blocks, &[blockAlarms]alarm{})
	}
	w.n++
	return i
}

// shrink follows places, which has shrunk: it drops the blocks behind the last alarm, and renumbers the alarms.
func (w *waiting[T]) shrink(to []uint32) {
	w.blocks = slices.Clone(w.blocks[:1+(w.end()-1)/blockAlarms])
	for i := root; i < w.end(); i++ {
		a := w.alarm(i)
		a.number = to[a.number]
	}
}

// up puts an alarm at i, or nearer to the root, where its parent isn't later.
func (w *waiting[T]) up(i int, a alarm) {
	for ; i > root && a.at < w.alarm(parent(i)).at; i = parent(i) {
		w.put(i, *w.alarm(parent(i)))
	}
	w.put(i, a)
}

// down puts an alarm at i, or farther from the root, where no child is earlier.
func (w *waiting[T]) down(i int, a alarm) {
	for {
		child, earliest := w.earliestChild(i)
		if a.at <= earliest.at {
			break
		}
		w.put(i, earliest)
		i = child
	}
	w.put(i, a)
}

func (w *waiting[T]) put(i int, a alarm) {
	*w.alarm(i) = a
	w.places.entry(a.number).value = i
}

// earliestChild returns the child of i that is due first, and where it is. If there is none, that is never due.
func (w *waiting[T]) earliestChild(i int) (child int, earliest alarm) {
	earliest.at = never
	first := firstChild(i)
	if first >= w.end() {
		return 0, earliest
	}
	block := w.blocks[first/blockAlarms]
	for place := first; place < min(first+arity, w.end()); place++ {
		if a := block[place%blockAlarms]; a.at < earliest.at {
			child, earliest = place, a
		}
	}
	return child, earliest
}

// show lists the items and how long they still wait, the first that is due first.
func (w *waiting[T]) show(now time.Duration) string {
	alarms := make([]alarm, w.n)
	for i := range alarms {
		alarms[i] = *w.alarm(root + i)
	}
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
