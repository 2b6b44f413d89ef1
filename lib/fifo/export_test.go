package fifo

import "fmt"

// MaxBatch lets tests know how much a batch holds.
const MaxBatch = maxBatch

// SetBatchSize makes batches small enough to be filled by hand.
func (f *RealFIFO) SetBatchSize(n int) { f.batchSize = n }

// IsLocked says whether somebody holds the lock.
func (l *line[T]) IsLocked() bool {
	if l.mu.TryLock() {
		l.mu.Unlock()
		return false
	}
	return true
}

// Capacity is how many items the queue has room for.
func (l *line[T]) Capacity() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.queue.buf)
}

// CheckInvariants holds the queue against what the comments of DeltaFIFO, line and ring promise.
func (f *DeltaFIFO) CheckInvariants() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.queue.len() != len(f.items) {
		return fmt.Errorf("%d objects in queue, %d in items", f.queue.len(), len(f.items))
	}
	initial := 0
	for i := range f.queue.len() {
		p := *f.queue.at(i)
		if f.items[p.key] != p {
			return fmt.Errorf("%q in queue isn't the one in items", p.key)
		}
		if len(p.deltas) == 0 {
			return fmt.Errorf("%q has no deltas", p.key)
		}
		for i := range p.deltas[1:] {
			if p.deltas[i].Type == Deleted && p.deltas[i+1].Type == Deleted {
				return fmt.Errorf("%q is deleted twice: %v", p.key, p.deltas)
			}
		}
		if p.initial {
			initial++
		}
	}
	if initial != f.left {
		return fmt.Errorf("%d objects of the initial list are queued, %d to sync", initial, f.left)
	}
	return f.checkLocked(func(p *pending) bool { return p == nil })
}

// CheckInvariants holds the queue against what the comments of RealFIFO, line and ring promise. No batch may be in
// the hands of a process function.
func (f *RealFIFO) CheckInvariants() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	initial, last := 0, 0
	for i := range f.queue.len() {
		c := f.queue.at(i)
		if c.initial {
			if initial > 0 && last != i-1 {
				return fmt.Errorf("items %d and %d of the queue are of the initial list, those between aren't", last, i)
			}
			initial, last = initial+1, i
		}
		ofOne := c.Type != ReplacedAll && c.Type != SyncAll && c.Type != Bookmark
		ofEither := c.Type == Added || c.Type == Updated || c.Type == Deleted
		if ofOne != (c.key != "") || !ofEither && ofOne == f.atomic {
			return fmt.Errorf("item %d of the queue: %q is %s, atomic %v", i, c.key, c.Type, f.atomic)
		}
	}
	if initial != f.left {
		return fmt.Errorf("%d changes of the initial list are queued, %d to sync", initial, f.left)
	}
	return f.checkLocked(func(c change) bool { return c == change{} })
}

func (l *line[T]) checkLocked(isZero func(T) bool) error {
	if synced := l.begun && l.left == 0; synced != IsDone(l) {
		return fmt.Errorf("begun %v, %d to sync, but synced is %v", l.begun, l.left, IsDone(l))
	}
	r := &l.queue
	if size := len(r.buf); size&(size-1) != 0 || size > max(minRing, 4*r.n) || size < r.n {
		return fmt.Errorf("room for %d, there are %d", size, r.n)
	}
	for i := r.n; i < len(r.buf); i++ {
		if !isZero(*r.at(i)) {
			return fmt.Errorf("slot %d behind the last item holds %v", i-r.n, *r.at(i))
		}
	}
	return nil
}
