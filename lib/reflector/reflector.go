package reflector

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/util/naming"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

const minWatchTimeout = 5 * time.Minute

// Reflector keeps a store equal to the server's state of one resource. The exported fields are set before it runs,
// and it runs once at a time.
type Reflector struct {
	// WatchListPageSize is the number of objects in a page of a list. 0 leaves it to the Reflector, which asks for
	// pages only where the server doesn't answer from its cache: pages come from etcd, at a price.
	WatchListPageSize int64
	// ShouldResync is asked after each resync period whether the store's Resync is due. Nil means always.
	ShouldResync func() bool
	// MaxInternalErrorRetryDuration is how long a watch that the server ends with internal errors is started again
	// at once. After that, or if it is 0, the Reflector backs off and lists.
	MaxInternalErrorRetryDuration time.Duration
	// WatchErrorHandler is told of each list that failed and each watch that could not be started. Nil means
	// DefaultWatchErrorHandler.
	WatchErrorHandler WatchErrorHandlerWithContext

	name            string
	typeDescription string
	expected        expectation
	listerWatcher   ListerWatcher
	store           ReflectorStore
	minWatchTimeout time.Duration
	resyncPeriod    time.Duration
	watchLists      bool // ask for streamed lists

	progress       progress
	backoff        *backoff
	pagesFromCache bool // a list from "0" came in pages
}

// ReflectorOptions are all that NewReflectorWithOptions doesn't ask for itself.
type ReflectorOptions struct {
	// Logger is for what the constructor has to say; a running Reflector logs to its context's. Nil: klog.Background().
	Logger *klog.Logger
	// Name is for logs and errors. "" is the file and line that the Reflector is made in.
	Name string
	// TypeDescription is for logs and errors too. "" is made of the expected type.
	TypeDescription string
	// ResyncPeriod is the time between two resyncs. 0 means none.
	ResyncPeriod time.Duration
	// MinWatchTimeout is the shortest time that a watch is asked to last; the longest is twice as much.
	// Less than 5 minutes counts as 5 minutes.
	MinWatchTimeout time.Duration
	// Backoff spaces out lists and watches after failures. It starts anew every 2 minutes. Nil means 800 ms, doubled
	// up to 30 s, and up to as much again at random.
	Backoff *wait.Backoff
}

// NewReflectorWithOptions makes a Reflector that brings lw's objects to store. The expectedType is an empty object of
// the Go type that events have to hold, or nil for any; of an *unstructured.Unstructured, apiVersion and kind count
// too.
func NewReflectorWithOptions(lw ListerWatcher, expectedType any, store ReflectorStore, options ReflectorOptions) *Reflector {
	r := &Reflector{
		name:            options.Name,
		typeDescription: options.TypeDescription,
		expected:        expect(expectedType),
		listerWatcher:   lw,
		store:           store,
		minWatchTimeout: max(options.MinWatchTimeout, minWatchTimeout),
		resyncPeriod:    options.ResyncPeriod,
		watchLists:      canWatchList(lw),
		backoff:         newBackoff(defaultBackoff),
	}
	if r.name == "" {
		r.name = naming.GetNameFromCallsite("/lib/reflector/", "/lib/informer/", "/lib/informers/", "/lib/dynamic/dynamicinformer/")
	}
	if r.typeDescription == "" {
		r.typeDescription = r.expected.String()
	}
	if options.Backoff != nil {
		r.backoff = newBackoff(*options.Backoff)
	}
	if !r.watchLists {
		logger := klog.Background()
		if options.Logger != nil {
			logger = *options.Logger
		}
		logger.V(2).Info("The client can't stream lists, or was told not to. A fake one in a test can't", "reflector", r.name)
	}
	return r
}

// NewReflector is NewReflectorWithOptions with a resync period.
func NewReflector(lw ListerWatcher, expectedType any, store ReflectorStore, resyncPeriod time.Duration) *Reflector {
	return NewReflectorWithOptions(lw, expectedType, store, ReflectorOptions{ResyncPeriod: resyncPeriod})
}

// NewNamedReflector is NewReflectorWithOptions with a name and a resync period.
func NewNamedReflector(name string, lw ListerWatcher, expectedType any, store ReflectorStore, resyncPeriod time.Duration) *Reflector {
	return NewReflectorWithOptions(lw, expectedType, store, ReflectorOptions{Name: name, ResyncPeriod: resyncPeriod})
}

// NewNamespaceKeyedIndexerAndReflector makes an indexer, with the namespaces as its index, and the Reflector that
// fills it.
func NewNamespaceKeyedIndexerAndReflector(lw ListerWatcher, expectedType any, resyncPeriod time.Duration) (store.Indexer, *Reflector) {
	indexer := store.NewIndexer(store.MetaNamespaceKeyFunc, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})
	return indexer, NewReflector(lw, expectedType, indexer, resyncPeriod)
}

// Name is for logs and errors.
func (r *Reflector) Name() string { return r.name }

// TypeDescription is for logs and errors.
func (r *Reflector) TypeDescription() string { return r.typeDescription }

// LastSyncResourceVersion is that of the last list, or of the last event after it; "" before the first list. The
// store may be a little behind, or ahead.
func (r *Reflector) LastSyncResourceVersion() string { return r.progress.last() }

// RunWithContext lists and watches, again and again, with a backoff between, until ctx ends. A panic, of the store
// for example, is logged and passed on.
func (r *Reflector) RunWithContext(ctx context.Context) {
	logger := r.logger(ctx)
	logger.V(3).Info("Starting reflector", "resyncPeriod", r.resyncPeriod)
	defer logger.V(3).Info("Stopping reflector", "resyncPeriod", r.resyncPeriod)
	for ctx.Err() == nil {
		r.runOnce(ctx)
		if !r.backoff.sleep(ctx) {
			return
		}
	}
}

func (r *Reflector) runOnce(ctx context.Context) {
	defer utilruntime.HandleCrashWithContext(ctx)
	err := r.ListAndWatchWithContext(ctx)
	if err == nil {
		return
	}
	handle := r.WatchErrorHandler
	if handle == nil {
		handle = DefaultWatchErrorHandler
	}
	handle(ctx, r, err)
}

// ListAndWatchWithContext replaces the store's content by the server's, then follows the changes. It returns nil when
// the server can't tell the changes any more, or when ctx has ended, and an error if the list failed or no watch could
// be started.
func (r *Reflector) ListAndWatchWithContext(ctx context.Context) error {
	logger := r.logger(ctx)
	logger.V(3).Info("Listing and watching")
	s, err := r.fetch(ctx)
	if err != nil || s == nil && ctx.Err() != nil {
		return err
	}
	logger.V(2).Info("Caches populated")
	resyncFailed, stopResync := r.startResync(ctx)
	defer stopResync()
	return r.watch(ctx, s, resyncFailed)
}

// fetch brings the whole state to the store, by a streamed list if that is possible. The stream is nil if the watch
// for the changes is yet to be started.
func (r *Reflector) fetch(ctx context.Context) (*stream, error) {
	if r.watchLists {
		s, err := r.watchList(ctx)
		if err == nil {
			return s, nil
		}
		r.logger(ctx).V(4).Info("The list can't be streamed, so it is read: the server may not know streams, or be told not to",
			"err", err)
	}
	return nil, r.list(ctx)
}
