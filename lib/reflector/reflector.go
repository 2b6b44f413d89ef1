package reflector

import (
	"context"
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

// Reflector keeps a store equal to the server's state of one resource. The exported fields are set before it runs.
type Reflector struct {
	// WatchListPageSize is the number of objects in a page of a list. 0 leaves it to the Reflector, which asks for
	// pages only where the server doesn't answer from its cache: pages come from etcd, at a price.
	WatchListPageSize int64
	// ShouldResync is asked after each resync period whether the store's Resync is due. Nil means always.
	ShouldResync func() bool
	// MaxInternalErrorRetryDuration is how long a watch that the server ends with internal errors is tried again
	// before the Reflector lists. 0 means not at all.
	MaxInternalErrorRetryDuration time.Duration
	// WatchErrorHandler is told of each list or watch that failed. Nil means DefaultWatchErrorHandler.
	WatchErrorHandler WatchErrorHandlerWithContext

	name            string
	typeDescription string
}

// ReflectorOptions are all that isn't asked for by NewReflectorWithOptions itself.
type ReflectorOptions struct {
	// Logger is for what the constructor has to say; the Reflector itself logs to its context's. Nil: klog.Background().
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

// WatchErrorHandlerWithContext is told whenever a list or a watch has failed and before the backoff. It returns soon.
type WatchErrorHandlerWithContext func(ctx context.Context, r *Reflector, err error)

// DefaultWatchErrorHandler logs the error, more loudly the less it was to be expected.
func DefaultWatchErrorHandler(ctx context.Context, r *Reflector, err error) {}

// VeryShortWatchError is a watch that ended within a second without an event.
type VeryShortWatchError struct {
	Name string // of the Reflector
}

func (e *VeryShortWatchError) Error() string {
	return fmt.Sprintf("very short watch: %s: it ended within a second, without an event", e.Name)
}

// NewReflectorWithOptions makes a Reflector that brings lw's objects to store.
func NewReflectorWithOptions(lw ListerWatcher, expectedType any, store ReflectorStore, options ReflectorOptions) *Reflector {
	return &Reflector{name: options.Name, typeDescription: options.TypeDescription}
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

// RunWithContext lists and watches, again and again, until ctx ends.
func (r *Reflector) RunWithContext(ctx context.Context) {}

// ListAndWatchWithContext fetches the whole state once, then follows the changes until it can't.
func (r *Reflector) ListAndWatchWithContext(ctx context.Context) error { return errors.ErrUnsupported }

// LastSyncResourceVersion is the version up to which the store knows the server's state.
func (r *Reflector) LastSyncResourceVersion() string { return "" }
