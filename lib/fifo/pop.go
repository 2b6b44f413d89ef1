package fifo

import "errors"

// Pop waits for a change, takes it out of the queue and calls process with it, as a Deltas, which it then returns. If
// process fails, the change is gone all the same, unless the error is an ErrRequeue.
func (f *RealFIFO) Pop(process PopProcessFunc) (any, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.awaitLocked(); err != nil {
		return nil, err
	}
	b := f.takeLocked(1)
	var popped any = Deltas(b.deltas)
	return popped, f.processLocked(b, func() error { return process(popped, b.inInitialList) })
}

// PopBatch waits for a change, takes it out of the queue with as many of those behind it as may go with it, and calls
// processBatch with them; if it is just one, processSingle, as Pop does. A batch ends
//   - before a second change of an object, so that its changes need no order;
//   - before a change that isn't about a single object, and after it;
//   - where the initial list ends;
//   - after 1,000 changes.
//
// If the function fails, the whole batch is gone all the same, unless the error is an ErrRequeue.
func (f *RealFIFO) PopBatch(processBatch ProcessBatchFunc, processSingle PopProcessFunc) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.awaitLocked(); err != nil {
		return err
	}
	f.lastBatch = f.batchLocked()
	b := f.takeLocked(f.lastBatch)
	return f.processLocked(b, func() error {
		if len(b.deltas) == 1 {
			return processSingle(Deltas(b.deltas), b.inInitialList)
		}
		return processBatch(b.deltas, b.inInitialList)
	})
}

// batchLocked returns how many changes make up the next batch: at least 1. There must be one.
func (f *RealFIFO) batchLocked() int {
	limit := min(f.queue.len(), f.batchSize)
	first := f.queue.at(0)
	if limit == 1 || !first.Type.batchable() {
		return 1
	}
	taken := make(map[string]struct{}, min(limit, f.lastBatch))
	for i := range limit {
		c := f.queue.at(i)
		if _, again := taken[c.key]; again || !c.Type.batchable() || c.initial != first.initial {
			return i
		}
		taken[c.key] = struct{}{}
	}
	return limit
}

// batch is what was taken out of the queue to be processed together.
type batch struct {
	deltas        []Delta
	keys          []string // of the deltas
	initial       bool     // all of it belongs to the initial list, or nothing
	inInitialList bool     // what the process function is told
}

// takeLocked takes the n oldest changes. They must be all of the initial list or all not.
func (f *RealFIFO) takeLocked(n int) *batch {
	b := &batch{deltas: make([]Delta, n), keys: make([]string, n), initial: f.queue.at(0).initial}
	b.inInitialList = f.inInitialListLocked(b.initial)
	for i := range n {
		c := f.queue.at(i)
		b.deltas[i], b.keys[i] = c.Delta, c.key
	}
	f.queue.discard(n)
	return b
}

// putBackLocked makes b the oldest changes again. The caller of Pop keeps b.deltas.
func (f *RealFIFO) putBackLocked(b *batch) {
	for i := len(b.deltas) - 1; i >= 0; i-- {
		f.queue.pushFront(change{Delta: b.deltas[i], key: b.keys[i], initial: b.initial})
	}
	f.ready.Broadcast()
}

// processLocked calls process, then counts b as processed, also if process panicked, or puts it back.
func (f *RealFIFO) processLocked(b *batch, process func() error) error {
	passed := 0
	if b.initial {
		passed = len(b.deltas)
	}
	defer func() { f.passedLocked(passed) }()

	err := f.lendLocked(b, process)
	if again, ok := errors.AsType[ErrRequeue](err); ok {
		f.putBackLocked(b)
		passed = 0
		return again.Err
	}
	return err
}

// lendLocked calls process, without the lock if the options allow it. Then the queue can grow meanwhile; if two batches
// wait already, it keeps the lock, so that the producers wait for the consumer.
func (f *RealFIFO) lendLocked(b *batch, process func() error) error {
	depth := f.queue.len()
	if f.unlock && depth < 2*f.batchSize {
		f.mu.Unlock()
		defer f.mu.Lock()
	}
	return f.timed(len(b.deltas), depth, process)
}
