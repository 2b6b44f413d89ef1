package workqueue

import "fmt"

// order decides which item of a Typed is the next. It has the items by their numbers.
type order interface {
	// touch tells that an item was added again.
	touch(number uint32)
	push(number uint32)
	len() int
	// pop is only called if there is an item.
	pop() (number uint32)
	// renumber tells that each item has the number to[number] now.
	renumber(to []uint32)
}

// arrival is the order in which items came: a list whose links are in the states of the items, so that it needs no memory
// of its own. If n isn't 0, it goes from first to last.
type arrival[T comparable] struct {
	items       *table[T, state]
	first, last uint32
	n           int
}

func (a *arrival[T]) touch(uint32) {}

func (a *arrival[T]) len() int { return a.n }

// next is the link behind an item.
func (a *arrival[T]) next(number uint32) *uint32 { return &a.items.entry(number).value.next }

func (a *arrival[T]) push(number uint32) {
	if a.n == 0 {
		a.first = number
	} else {
		*a.next(a.last) = number
	}
	a.last = number
	a.n++
}

func (a *arrival[T]) pop() (number uint32) {
	number = a.first
	a.first = *a.next(number)
	a.n--
	return number
}

func (a *arrival[T]) renumber(to []uint32) {
	if a.n == 0 {
		return
	}
	a.first, a.last = to[a.first], to[a.last]
	for number := a.first; number != a.last; number = *a.next(number) {
		*a.next(number) = to[*a.next(number)]
	}
}

// String lists the items, oldest first.
func (a *arrival[T]) String() string {
	items := make([]T, 0, a.n)
	for number := a.first; len(items) < a.n; number = *a.next(number) {
		items = append(items, a.items.entry(number).key)
	}
	return fmt.Sprint(items)
}

// stored is the order of a Queue, which knows nothing of numbers.
type stored[T comparable] struct {
	items *table[T, state]
	queue Queue[T]
}

func (s stored[T]) item(number uint32) T { return s.items.entry(number).key }

func (s stored[T]) touch(number uint32) { s.queue.Touch(s.item(number)) }
func (s stored[T]) push(number uint32)  { s.queue.Push(s.item(number)) }
func (s stored[T]) len() int            { return s.queue.Len() }
func (s stored[T]) renumber([]uint32)   {}

func (s stored[T]) pop() (number uint32) {
	item := s.queue.Pop()
	return s.items.number(item, hashOf(item))
}

// String shows the Queue.
func (s stored[T]) String() string { return show(s.queue) }
