package fifo

import "errors"

// Queue is what a reflector fills and an informer empties. Its methods may be called from any number of goroutines,
// but changes of one object arrive in order only if one goroutine pops.
//
// Upstream: tools/cache/fifo.go.
type Queue interface {
	// Add, Update and Delete queue one change of obj. The error is a store.KeyError if obj has no key, or wraps what
	// the transformer returned; the queue is then unchanged.
	Add(obj any) error
	Update(obj any) error
	Delete(obj any) error
	// Replace says that these objects, as of resourceVersion, are all there are: what is known and not among them is
	// deleted. The queue owns the slice from now on. After an error the queue is unchanged.
	Replace(objs []any, resourceVersion string) error
	// Resync queues what is known once more, unless a change of it waits already.
	Resync() error

	// Pop waits for something to process, takes it out of the queue, calls process with it, and returns both. What it
	// pops is a Deltas. If process fails, the item is gone, and Pop returns it with the error; process can return
	// ErrRequeue to have it stay. The error is ErrFIFOClosed after Close, once the queue is empty.
	Pop(process PopProcessFunc) (any, error)

	// HasSynced says whether the initial list has been processed. The initial list is what was queued by the first
	// Replace; it is empty if an Add, Update or Delete came earlier.
	HasSynced() bool
	// HasSyncedChecker is HasSynced for those who would rather wait than ask.
	HasSyncedChecker() DoneChecker

	// Close wakes every waiting Pop. What is queued can still be popped.
	Close()
}

// QueueWithBatch is a Queue that can hand out several changes at once.
type QueueWithBatch interface {
	Queue

	// PopBatch waits as Pop does. It calls processBatch with two or more changes, or processSingle with one, as a
	// Deltas; the same change has to have the same effect in both.
	PopBatch(processBatch ProcessBatchFunc, processSingle PopProcessFunc) error
}

var (
	_ Queue          = (*DeltaFIFO)(nil)
	_ QueueWithBatch = (*RealFIFO)(nil)
)

// PopProcessFunc processes what Pop took: obj is a Deltas. isInInitialList says that it belongs to the initial list,
// as in ResourceEventHandler.OnAdd.
type PopProcessFunc func(obj any, isInInitialList bool) error

// ProcessBatchFunc processes changes of as many objects, in the order in which they were queued. It may keep the slice.
type ProcessBatchFunc func(deltas []Delta, isInInitialList bool) error

// ErrFIFOClosed is what Pop and PopBatch return when the queue is closed and empty.
var ErrFIFOClosed = errors.New("the queue is closed")

// ErrZeroLengthDeltasObject is why a Deltas without any Delta has no key.
var ErrZeroLengthDeltasObject = errors.New("a Deltas of length 0 has no key")

// ErrRequeue, returned by a process function, also wrapped, puts back what was popped; Pop then returns Err alone.
// DeltaFIFO puts the object at the end of the queue, so that one that keeps failing doesn't hold up the others.
// RealFIFO puts changes back at the front, because it keeps their order: there it does hold up the others. Nothing
// delays the next attempt: that is up to the caller of Pop.
//
// Upstream: named by the contract of Queue, but gone from the code.
type ErrRequeue struct {
	Err error // may be nil
}

func (e ErrRequeue) Error() string {
	if e.Err == nil {
		return "to be processed again"
	}
	return e.Err.Error()
}

func (e ErrRequeue) Unwrap() error { return e.Err }

// KeyLister lists the keys of what it holds.
type KeyLister interface {
	ListKeys() []string
}

// KeyGetter looks objects up by key.
type KeyGetter interface {
	// GetByKey returns what is stored under key; exists is false if nothing is.
	GetByKey(key string) (value any, exists bool, err error)
}

// KeyListerGetter is how a queue asks what its consumer knows. A store.Store is one.
type KeyListerGetter interface {
	KeyLister
	KeyGetter
}
