package fifo

import (
	"fmt"
	"sync"
	"time"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

// line is what both queues have in common: items that wait, consumers that wait for them, and the question whether
// the initial list is through. Whenever mu is free:
//   - if a consumer sleeps though there are items, one that was woken is on its way to mu;
//   - synced is closed if and only if begun is true and left is 0;
//   - once synced is closed, left stays 0.
type line[T any] struct {
	name        string
	logger      klog.Logger
	keyFunc     store.KeyFunc
	transformer store.TransformFunc // may be nil
	known       KeyListerGetter     // may be nil
	synced      chan struct{}

	// A plain Mutex: nobody only reads.
	mu     sync.Mutex
	ready  sync.Cond // on mu: there is an item, or the line is closed
	queue  ring[T]
	closed bool
	begun  bool // the initial list is here, or can't come any more
	left   int  // how much of it is not yet processed
}

// lineOptions are the options that both queues have.
type lineOptions struct {
	logger      *klog.Logger
	name        string
	keyFunc     store.KeyFunc
	transformer store.TransformFunc
	known       KeyListerGetter
}

func (l *line[T]) init(opts lineOptions) {
	if opts.logger == nil {
		background := klog.Background()
		opts.logger = &background
	}
	if opts.keyFunc == nil {
		opts.keyFunc = store.MetaNamespaceKeyFunc
	}
	l.name = opts.name
	l.logger = klog.LoggerWithName(*opts.logger, opts.name)
	l.keyFunc = opts.keyFunc
	l.transformer = opts.transformer
	l.known = opts.known
	l.synced = make(chan struct{})
	l.ready.L = &l.mu
}

// Name is what HasSyncedChecker calls this queue in logs.
func (l *line[T]) Name() string { return l.name }

// Transformer returns the function that objects pass on their way in; nil if there is none.
func (l *line[T]) Transformer() store.TransformFunc { return l.transformer }

// HasSynced says whether the initial list has been processed. It never waits, not even for a running process function.
func (l *line[T]) HasSynced() bool { return IsDone(l) }

// HasSyncedChecker is HasSynced for those who would rather wait than ask.
func (l *line[T]) HasSyncedChecker() DoneChecker { return l }

// Done returns a channel that is closed when the initial list has been processed.
func (l *line[T]) Done() <-chan struct{} { return l.synced }

// Close wakes every waiting Pop. What is queued can still be popped, and more can be queued.
func (l *line[T]) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.ready.Broadcast()
}

// IsClosed says whether Close has been called.
func (l *line[T]) IsClosed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// keyOf also knows the keys of what queues hand out: of Deltas, a Delta and tombstones.
func (l *line[T]) keyOf(obj any) (string, error) {
	if d, ok := obj.(Deltas); ok {
		if len(d) == 0 {
			return "", store.KeyError{Obj: obj, Err: ErrZeroLengthDeltasObject}
		}
		obj = d.Newest().Object
	}
	if d, ok := obj.(Delta); ok {
		obj = d.Object
	}
	if d, ok := obj.(store.DeletedFinalStateUnknown); ok {
		return d.Key, nil
	}
	key, err := l.keyFunc(obj)
	if err != nil {
		return "", store.KeyError{Obj: obj, Err: err}
	}
	return key, nil
}

// transform passes obj through the transformer. What a tombstone holds has been through it before.
func (l *line[T]) transform(key string, obj any) (any, error) {
	if l.transformer == nil {
		return obj, nil
	}
	if _, gone := obj.(store.DeletedFinalStateUnknown); gone {
		return obj, nil
	}
	obj, err := l.transformer(obj)
	if err != nil {
		return nil, fmt.Errorf("transform %q: %w", key, err)
	}
	return obj, nil
}

// admit does to an object what can fail, before the queue is touched. It needs no lock.
func (l *line[T]) admit(obj any) (key string, admitted any, err error) {
	if key, err = l.keyOf(obj); err != nil {
		return "", nil, err
	}
	admitted, err = l.transform(key, obj)
	return key, admitted, err
}

// admitAll admits a whole list, or none of it.
func (l *line[T]) admitAll(list []any) (keys []string, admitted []any, err error) {
	keys, admitted = make([]string, len(list)), make([]any, len(list))
	for i, obj := range list {
		if keys[i], admitted[i], err = l.admit(obj); err != nil {
			return nil, nil, err
		}
	}
	return keys, admitted, nil
}

// pushLocked appends an item. One more item is work for one more consumer: there is no need to wake them all.
func (l *line[T]) pushLocked(item T) {
	l.queue.push(item)
	l.ready.Signal()
}

// awaitLocked returns when there is an item, or ErrFIFOClosed if there won't be one.
func (l *line[T]) awaitLocked() error {
	for l.queue.len() == 0 {
		if l.closed {
			return ErrFIFOClosed
		}
		l.ready.Wait()
	}
	return nil
}

// beginLocked says that the initial list is the size oldest items. Only the first call counts.
func (l *line[T]) beginLocked(size int) {
	if l.begun {
		return
	}
	l.begun = true
	l.left = size
	l.closeIfSyncedLocked()
}

// passedLocked says that n more items of the initial list have been processed.
func (l *line[T]) passedLocked(n int) {
	if n == 0 {
		return
	}
	l.left -= n
	l.closeIfSyncedLocked()
}

func (l *line[T]) closeIfSyncedLocked() {
	if l.left == 0 {
		close(l.synced)
	}
}

// inInitialListLocked says what a process function is told of an item. What is popped before there is any list
// counts as part of it.
func (l *line[T]) inInitialListLocked(initial bool) bool { return initial || !l.begun }

// stateLocked describes what is left of the initial list, and nothing if that is nothing.
func (l *line[T]) stateLocked() string {
	state := ""
	switch {
	case !l.begun:
		state = ", no list yet"
	case l.left > 0:
		state = fmt.Sprintf(", %d to sync", l.left)
	}
	if l.closed {
		state += ", closed"
	}
	return state
}

// lookUp returns what is known under a key that was just listed.
func (l *line[T]) lookUp(key string) (obj any, ok bool) {
	obj, ok, err := l.known.GetByKey(key)
	switch {
	case err != nil:
		l.logger.Error(err, "Can't look up a known object", "key", key)
		return nil, false
	case !ok:
		l.logger.Info("A known object went while it was looked up", "key", key)
		return nil, false
	}
	return obj, true
}

const (
	slowDepth = 10                     // with fewer items behind it, nobody minds how long one takes
	slowItem  = 100 * time.Millisecond // a batch may take this long for each of its items …
	slowBatch = time.Second            // … but not longer than this
)

// timed calls process with n items and complains if that takes long while depth others wait.
func (l *line[T]) timed(n, depth int, process func() error) error {
	if depth <= slowDepth {
		return process()
	}
	start := time.Now()
	defer func() {
		if took := time.Since(start); took >= min(time.Duration(n)*slowItem, slowBatch) {
			l.logger.Info("A slow handler holds up the queue", "took", took, "items", n, "waiting", depth)
		}
	}()
	return process()
}
