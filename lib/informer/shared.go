package informer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// DoneChecker is something that ends, and can be waited for: see WaitFor.
type DoneChecker = fifo.DoneChecker

// SharedInformer keeps a store equal to what the API server has of one resource, as soon as it can, and tells its handlers.
//
// What holds, for each object (which is a namespace and a name; its UID plays no role):
//   - the states that the store goes through are states that the object had, in that order, though perhaps not all of them;
//   - the store gets to the object's last state, unless the informer is stopped or never gets through to the server;
//   - every handler is told of every change of the store since it joined, one at a time, in order, after the change;
//   - a handler that joins late is first told of all that is in the store, as adds.
//
// Between different objects there is no order, and between handlers none. A handler that takes long delays its own
// notifications alone; they wait in memory, without limit: pass long work on to a workqueue.
//
// All methods may be called at any time, by many at once, and by handlers. But a handler that waits for its own end, with
// ShutDownEventHandler or for the return of RunWithContext, waits for ever. Index functions must call none of them.
//
// Upstream: tools/cache/shared_informer.go.
type SharedInformer interface {
	// AddEventHandler adds a handler with the informer's resync period. It can be done at any time before the informer stops.
	AddEventHandler(handler ResourceEventHandler) (ResourceEventHandlerRegistration, error)
	// AddEventHandlerWithResyncPeriod is AddEventHandler with the handler's own resync period: how often it gets every object
	// as an update to itself, which asks nothing of the server. 0 is never. See HandlerOptions.ResyncPeriod.
	AddEventHandlerWithResyncPeriod(handler ResourceEventHandler, resyncPeriod time.Duration) (ResourceEventHandlerRegistration, error)
	// AddEventHandlerWithOptions is AddEventHandler with everything that there is to choose.
	AddEventHandlerWithOptions(handler ResourceEventHandler, options HandlerOptions) (ResourceEventHandlerRegistration, error)
	// RemoveEventHandler ends the handler's notifications, and doesn't wait: one call may still be running. What it hasn't been
	// told by then it won't be told. Once more is no error. ShutDownEventHandler waits.
	RemoveEventHandler(handle ResourceEventHandlerRegistration) error

	// GetStore returns the store. It must only be read.
	GetStore() store.Store
	// RunWithContext fills the store and keeps it up to date until the context ends. It returns when all is still: it waits for
	// the call that each handler is in, and for ever if one never returns. An informer runs once: another call logs that and
	// returns.
	RunWithContext(ctx context.Context)
	// HasSynced says whether the store has had the whole first list. Handlers may not yet have been told of it:
	// that is what their registrations say.
	HasSynced() bool
	// HasSyncedChecker is HasSynced for WaitFor.
	HasSyncedChecker() DoneChecker
	// LastSyncResourceVersion is the newest resource version that was seen. The store may be behind; ask it for its own.
	LastSyncResourceVersion() string

	// SetWatchErrorHandlerWithContext sets what is called when a list or watch has failed, before the next attempt. It is for
	// seeing, not for stopping, and has to be quick. An error says that the informer has been started.
	SetWatchErrorHandlerWithContext(handler reflector.WatchErrorHandlerWithContext) error
	// SetTransform sets what every object passes on its way into the store, to drop what takes memory and nobody
	// reads, for instance. If it fails for an object of a watch, that is reported, and the store keeps what it had; for one of
	// a list, the whole list has failed, and is tried again. An error says that the informer has been started.
	SetTransform(handler store.TransformFunc) error

	// IsStopped says whether the informer has run and ended. No handler can be added any more.
	IsStopped() bool
}

// SharedIndexInformer is a SharedInformer whose store has indexes.
type SharedIndexInformer interface {
	SharedInformer

	// AddIndexers adds indexes, at any time before the informer stops.
	AddIndexers(indexers store.Indexers) error
	// GetIndexer returns the store with its indexes. It must only be read.
	GetIndexer() store.Indexer
}

// ResourceEventHandlerRegistration is a handler's place in an informer.
type ResourceEventHandlerRegistration interface {
	// HasSynced says whether the informer has had its first list, and the handler has been told of it, or if it joined
	// later, of all that was in the store then.
	HasSynced() bool
	// HasSyncedChecker is HasSynced for WaitFor.
	HasSyncedChecker() DoneChecker
}

// HandlerOptions is what can be chosen for a handler. The zero value is all right.
type HandlerOptions struct {
	// Logger is klog.Background() if it is nil.
	Logger *klog.Logger

	// ResyncPeriod is the informer's if it is nil, never if it is 0 or less, and at least a second otherwise. An informer without a
	// resync period of its own never resyncs. One that runs doesn't resync more often than was asked for before it ran.
	ResyncPeriod *time.Duration
}

// SharedIndexInformerOptions is what can be chosen for an informer. The zero value is all right.
type SharedIndexInformerOptions struct {
	// ResyncPeriod is that of handlers that don't ask for one; 0 is none, also for those that do.
	ResyncPeriod time.Duration

	// Indexers are the first indexes.
	Indexers store.Indexers

	// ObjectDescription is what logs call the objects. "" is their Go type.
	ObjectDescription string

	// DetectMutations has every object that is stored compared with a copy, each second for two minutes and more: see
	// NewCacheMutationDetector. It costs time and memory, and is for tests. Upstream has the environment variable alone.
	DetectMutations bool
}

// NewSharedInformer returns an informer of what lw lists. Objects of other types than that of exampleObject are ignored.
func NewSharedInformer(lw reflector.ListerWatcher, exampleObject runtime.Object, defaultEventHandlerResyncPeriod time.Duration) SharedInformer {
	return NewSharedIndexInformer(lw, exampleObject, defaultEventHandlerResyncPeriod, nil)
}

// NewSharedIndexInformer is NewSharedInformer with indexes.
func NewSharedIndexInformer(lw reflector.ListerWatcher, exampleObject runtime.Object, defaultEventHandlerResyncPeriod time.Duration, indexers store.Indexers) SharedIndexInformer {
	return NewSharedIndexInformerWithOptions(lw, exampleObject, SharedIndexInformerOptions{
		ResyncPeriod: defaultEventHandlerResyncPeriod,
		Indexers:     indexers,
	})
}

// NewSharedIndexInformerWithOptions is NewSharedInformer with everything that there is to choose.
func NewSharedIndexInformerWithOptions(lw reflector.ListerWatcher, exampleObject runtime.Object, options SharedIndexInformerOptions) SharedIndexInformer {
	return newSharedIndexInformer(lw, exampleObject, options)
}

// ShutDownEventHandler removes a handler and waits until its last call has ended. The handler itself must not call it: it
// would wait for its own end.
func ShutDownEventHandler(informer SharedInformer, handle ResourceEventHandlerRegistration) error {
	if err := informer.RemoveEventHandler(handle); err != nil {
		return err
	}
	l, ok := handle.(*listener)
	if !ok {
		return fmt.Errorf("shut down event handler: %T is not a registration of this package", handle)
	}
	<-l.ended
	return nil
}

var (
	errNilHandler = errors.New("add event handler: the handler is nil")
	errStarted    = errors.New("the informer has been started")
	errStopped    = errors.New("the informer has been stopped")
)
