package informer

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// InformerOptions is what NewInformerWithOptions needs to know. ListerWatcher, ObjectType and Handler are required.
//
// Upstream: tools/cache/controller.go.
type InformerOptions struct {
	// Logger is klog.Background() if it is nil.
	Logger *klog.Logger

	// ListerWatcher is where the objects come from.
	ListerWatcher reflector.ListerWatcher

	// ObjectType is an example of an object; others are ignored.
	ObjectType runtime.Object

	// Handler is told of changes.
	Handler ResourceEventHandler

	// ResyncPeriod is how often Handler gets every object as an update to itself; 0 is never.
	ResyncPeriod time.Duration

	// MinWatchTimeout is the shortest timeout of a watch; less than 5 minutes, and zero, are 5 minutes.
	MinWatchTimeout time.Duration

	// Indexers make the store an Indexer.
	Indexers store.Indexers

	// Transform changes every object before it is stored.
	Transform store.TransformFunc
}

// NewInformerWithOptions returns a store and the controller that keeps it up to date and calls one handler. The handler
// runs in the controller's goroutine: while it is busy, the store stands still. The store must only be read.
func NewInformerWithOptions(options InformerOptions) (store.Store, Controller) {
	s := store.NewIndexer(store.DeletionHandlingMetaNamespaceKeyFunc, options.Indexers)
	apply := newApplier(s, func(notes []notification) {
		for i := range notes {
			notes[i].tell(options.Handler)
		}
	})
	logger := klog.Background()
	if options.Logger != nil {
		logger = *options.Logger
	}
	return s, New(&Config{
		Queue:            newQueue(logger, options.ObjectType, options.Transform),
		ListerWatcher:    options.ListerWatcher,
		ObjectType:       options.ObjectType,
		FullResyncPeriod: options.ResyncPeriod,
		MinWatchTimeout:  options.MinWatchTimeout,
		Process:          apply.single,
		ProcessBatch:     apply.batch,
	})
}

// newQueue returns the queue of every informer here. It passes lists and resyncs on as one item, for the applier to work
// out what they change, and needs no look into the store for them.
func newQueue(logger klog.Logger, objectType runtime.Object, transform store.TransformFunc) fifo.Queue {
	return fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{
		Logger:                &logger,
		Name:                  fmt.Sprintf("RealFIFO %T", objectType),
		KeyFunction:           store.MetaNamespaceKeyFunc,
		Transformer:           transform,
		AtomicEvents:          true,
		UnlockWhileProcessing: true,
		EmitDeltaTypeBookmark: true,
	})
}
