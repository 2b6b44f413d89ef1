package workqueue

import "fmt"

// Queue stores what a Typed hands out, and so decides on the order. It has each item at most once: a Typed sees to that,
// and also calls it under its lock. A Queue that is a fmt.Stringer shows its items in the String of its Typed.
type Queue[T comparable] interface {
	// Touch tells that an item was added again that is stored already. It may now be due earlier, for example.
	Touch(item T)
	// Push stores an item.
	Push(item T)
	// Len returns the number of items stored.
	Len() int
	// Pop takes out the item whose turn it is. There is one.
	Pop() (item T)
}

// DefaultQueue returns an empty Queue that hands out items in the order in which they came. A Typed that is given none
// needs none for that: see arrival.
func DefaultQueue[T comparable]() Queue[T] { return &line[T]{} }

// line is a queue in blocks: it grows and shrinks by one at a time, and never moves an item.
//
// Always:
//   - the items are those from first.items[head] to before last.items[tail], in the order of the blocks;
//   - all other slots are zero; blocks without items are gone, except for one if there is no item.
type line[T comparable] struct {
	first, last *block[T]
	head, tail  int
	n           int
}

type block[T comparable] struct {
	items [64]T
	next  *block[T]
}

func (l *line[T]) Touch(T) {}

func (l *line[T]) Len() int { return l.n }

func (l *line[T]) Push(item T) {
	switch {
	case l.first == nil:
		l.first = &block[T]{}
		l.last = l.first
	case l.tail == len(l.last.items):
		l.last.next = &block[T]{}
		l.last, l.tail = l.last.next, 0
	}
	l.last.items[l.tail] = item
	l.tail++
	l.n++
}

func (l *line[T]) Pop() (item T) {
	slot := &l.first.items[l.head]
	item, *slot = *slot, item
	l.head++
	l.n--
	switch {
	case l.n == 0: // the last block is used again, from its start
		l.head, l.tail = 0, 0
	case l.head == len(l.first.items):
		l.first, l.head = l.first.next, 0
	}
	return item
}

// String lists the items, oldest first.
func (l *line[T]) String() string {
	items := make([]T, 0, l.n)
	for b, i := l.first, l.head; len(items) < l.n; i++ {
		if i == len(b.items) {
			b, i = b.next, 0
		}
		items = append(items, b.items[i])
	}
	return fmt.Sprint(items)
}
