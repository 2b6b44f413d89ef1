package fifo

import "math/bits"

// ring is a queue in a slice that wraps around. Its zero value is empty. Pushes and pops in turn move no memory and
// allocate none; what was popped is not kept alive; after a burst the slice shrinks again.
//
// Always:
//   - len(buf) is 0 or a power of two;
//   - the items are the n from buf[head] on; all other slots are zero;
//   - len(buf) is at most minRing, or at most 4n.
type ring[T any] struct {
	buf  []T
	head int
	n    int
}

const minRing = 16

func (r *ring[T]) len() int { return r.n }

// at returns the item i places behind the oldest.
func (r *ring[T]) at(i int) *T { return &r.buf[(r.head+i)&(len(r.buf)-1)] }

func (r *ring[T]) push(item T) {
	r.grow()
	r.n++
	*r.at(r.n - 1) = item
}

// pushFront makes item the oldest.
func (r *ring[T]) pushFront(item T) {
	r.grow()
	r.head = (r.head - 1) & (len(r.buf) - 1)
	r.n++
	*r.at(0) = item
}

// pop takes the oldest. There must be one.
func (r *ring[T]) pop() T {
	item := *r.at(0)
	r.discard(1)
	return item
}

// discard drops the n oldest. There must be as many.
func (r *ring[T]) discard(n int) {
	var zero T
	for i := range n {
		*r.at(i) = zero
	}
	r.head = (r.head + n) & (len(r.buf) - 1)
	r.n -= n
	if len(r.buf) > max(4*r.n, minRing) {
		r.resize(2 * r.n)
	}
}

func (r *ring[T]) grow() {
	if r.n == len(r.buf) {
		r.resize(2 * r.n)
	}
}

// resize moves to a slice of at least this size.
func (r *ring[T]) resize(size int) {
	buf := make([]T, 1<<bits.Len(uint(max(size, minRing)-1)))
	tail := copy(buf, r.buf[r.head:min(r.head+r.n, len(r.buf))])
	copy(buf[tail:], r.buf[:r.n-tail])
	r.buf, r.head = buf, 0
}
