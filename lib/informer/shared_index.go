package informer

import (
	"context"
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// sharedIndexInformer is a controller whose changes go into an indexer and then to an audience. Whenever mu is free:
//   - controller is nil if and only if started is false;
//   - stopped is true only if started is.
//
// mu is taken before audience.mu, and neither is held while a handler is called.
type sharedIndexInformer struct {
	indexer       store.Indexer
	audience      *audience
	detector      MutationDetector
	listerWatcher reflector.ListerWatcher
	objectType    runtime.Object
	description   string
	defaultResync time.Duration // of handlers

	mu                sync.Mutex
	started           bool
	stopped           bool
	controller        Controller
	resyncCheckPeriod time.Duration // how often the reflector asks whether to resync; fixed at the start
	watchErrorHandler reflector.WatchErrorHandlerWithContext
	transform         store.TransformFunc
}

func newSharedIndexInformer(lw reflector.ListerWatcher, example runtime.Object, options SharedIndexInformerOptions) *sharedIndexInformer {
	detector := NewCacheMutationDetector
	if options.DetectMutations {
		detector = newMutationDetector
	}
	return &sharedIndexInformer{
		indexer:           store.NewIndexer(store.DeletionHandlingMetaNamespaceKeyFunc, options.Indexers),
		audience:          newAudience(fmt.Sprintf("SharedIndexInformer %T", example)),
		detector:          detector(fmt.Sprintf("%T", example)),
		listerWatcher:     lw,
		objectType:        example,
		description:       options.ObjectDescription,
		defaultResync:     options.ResyncPeriod,
		resyncCheckPeriod: options.ResyncPeriod,
	}
}

func (s *sharedIndexInformer) RunWithContext(ctx context.Context) {
	defer utilruntime.HandleCrashWithContext(ctx)
	c := s.start(klog.FromContext(ctx))
	if c == nil {
		klog.FromContext(ctx).Info("An informer runs only once", "informer", s.audience.name)
		return
	}
	// Handlers and the detector outlive the controller: nothing may come from it when they are gone.
	var running sync.WaitGroup
	defer running.Wait()
	over := make(chan struct{})
	defer close(over)
	running.Go(func() { s.detector.Run(over) })
	running.Go(func() {
		select {
		case <-c.HasSyncedChecker().Done():
			s.audience.markSynced()
		case <-ctx.Done():
		}
	})
	s.audience.start()
	defer s.audience.stop()
	defer s.refuseHandlers()
	c.RunWithContext(ctx)
}

// start returns the controller, or nil if it has been called before.
func (s *sharedIndexInformer) start(logger klog.Logger) Controller {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return nil
	}
	s.started = true
	apply := newApplier(s.indexer, s.changedLocked)
	s.controller = New(&Config{
		Queue:             newQueue(logger, s.objectType, s.transform),
		ListerWatcher:     s.listerWatcher,
		ObjectType:        s.objectType,
		ObjectDescription: s.description,
		FullResyncPeriod:  s.resyncCheckPeriod,
		ShouldResync:      s.audience.shouldResync,
		Process: func(obj any, isInInitialList bool) error {
			s.audience.mu.Lock()
			defer s.audience.mu.Unlock()
			return apply.single(obj, isInInitialList)
		},
		ProcessBatch: func(deltas []fifo.Delta, isInInitialList bool) error {
			s.audience.mu.Lock()
			defer s.audience.mu.Unlock()
			return apply.batch(deltas, isInInitialList)
		},
		WatchErrorHandlerWithContext: s.watchErrorHandler,
	})
	return s.controller
}

// changedLocked is called after a change of the indexer, with audience.mu held.
func (s *sharedIndexInformer) changedLocked(notes []notification) {
	for i := range notes {
		if notes[i].kind != deleted {
			s.detector.AddObject(notes[i].new)
		}
	}
	s.audience.tellLocked(notes)
}

func (s *sharedIndexInformer) refuseHandlers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stopped = true
}

func (s *sharedIndexInformer) AddEventHandler(handler ResourceEventHandler) (ResourceEventHandlerRegistration, error) {
	return s.AddEventHandlerWithOptions(handler, HandlerOptions{})
}

func (s *sharedIndexInformer) AddEventHandlerWithResyncPeriod(handler ResourceEventHandler, resyncPeriod time.Duration) (ResourceEventHandlerRegistration, error) {
	return s.AddEventHandlerWithOptions(handler, HandlerOptions{ResyncPeriod: &resyncPeriod})
}

func (s *sharedIndexInformer) AddEventHandlerWithOptions(handler ResourceEventHandler, options HandlerOptions) (ResourceEventHandlerRegistration, error) {
	if handler == nil {
		return nil, errNilHandler
	}
	logger, wanted := klog.Background(), s.defaultResync
	if options.Logger != nil {
		logger = *options.Logger
	}
	if options.ResyncPeriod != nil {
		wanted = *options.ResyncPeriod
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return nil, fmt.Errorf("add event handler %s to %s: %w", nameOf(handler), s.audience.name, errStopped)
	}
	l := newListener(s.audience, handler, logger, s.resyncPeriodLocked(logger, wanted))
	s.audience.join(l, s.indexer.List)
	return l, nil
}

func (s *sharedIndexInformer) RemoveEventHandler(handle ResourceEventHandlerRegistration) error {
	return s.audience.leave(handle)
}

func (s *sharedIndexInformer) AddIndexers(indexers store.Indexers) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stopped {
		return fmt.Errorf("add indexers to %s: %w", s.audience.name, errStopped)
	}
	return s.indexer.AddIndexers(indexers)
}

func (s *sharedIndexInformer) SetTransform(handler store.TransformFunc) error {
	return s.beforeStart("set the transform", func() { s.transform = handler })
}

func (s *sharedIndexInformer) SetWatchErrorHandlerWithContext(handler reflector.WatchErrorHandlerWithContext) error {
	return s.beforeStart("set the watch error handler", func() { s.watchErrorHandler = handler })
}

func (s *sharedIndexInformer) beforeStart(operation string, set func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return fmt.Errorf("%s of %s: %w", operation, s.audience.name, errStarted)
	}
	set()
	return nil
}

func (s *sharedIndexInformer) IsStopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stopped
}

func (s *sharedIndexInformer) LastSyncResourceVersion() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.controller == nil {
		return ""
	}
	return s.controller.LastSyncResourceVersion()
}

func (s *sharedIndexInformer) HasSynced() bool { return fifo.IsDone(s.HasSyncedChecker()) }

func (s *sharedIndexInformer) HasSyncedChecker() DoneChecker {
	return doneChannel{name: s.audience.name, done: s.audience.synced}
}

func (s *sharedIndexInformer) GetStore() store.Store     { return s.indexer }
func (s *sharedIndexInformer) GetIndexer() store.Indexer { return s.indexer }
