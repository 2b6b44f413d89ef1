package reflector

import (
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// ListerWithContext reads a page of a resource, or all of it.
type ListerWithContext interface {
	// ListWithContext returns a list: an object with Items, and a resourceVersion from which a watch can go on.
	ListWithContext(ctx context.Context, options metav1.ListOptions) (runtime.Object, error)
}

// WatcherWithContext follows the changes of a resource.
type WatcherWithContext interface {
	// WatchWithContext starts a watch, which the caller stops. With an error there is nothing to stop.
	WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error)
}

// ListerWatcherWithContext is all that a Reflector needs of a client. Its methods return soon after their context
// has ended: a Reflector waits for them.
type ListerWatcherWithContext interface {
	ListerWithContext
	WatcherWithContext
}

// ListerWatcher is another name for ListerWatcherWithContext. Upstream's also has the methods without a context.
type ListerWatcher = ListerWatcherWithContext

// ItemLister is a ListerWatcher that can read a list item by item, without ever holding all of it in memory. A Reflector
// then lists in this way only: a type that embeds an ItemLister and replaces ListWithContext replaces this too.
type ItemLister interface {
	// EachListItemWithContext calls fn for each item, in order, while the list arrives, and returns the list, with its
	// items or without: the kind, the resourceVersion, where the next page starts. After an error, its own or fn's,
	// the items so far count for nothing. An item may be kept: it doesn't keep other items alive.
	EachListItemWithContext(ctx context.Context, options metav1.ListOptions, fn func(runtime.Object) error) (runtime.Object, error)
}

// ListWithContextFunc is ListerWithContext as a function.
type ListWithContextFunc func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error)

// WatchFuncWithContext is WatcherWithContext as a function.
type WatchFuncWithContext func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error)

// EachListItemFuncWithContext is ItemLister as a function.
type EachListItemFuncWithContext func(ctx context.Context, options metav1.ListOptions, fn func(runtime.Object) error) (runtime.Object, error)

// ListWatch makes a ListerWatcher of functions. The first two have to be set.
type ListWatch struct {
	ListWithContextFunc  ListWithContextFunc
	WatchFuncWithContext WatchFuncWithContext

	// EachListItemFuncWithContext reads the same list as ListWithContextFunc, item by item, and is what a Reflector
	// calls: whoever replaces one replaces both. Nil means that the list is read as a whole, by ListWithContextFunc.
	EachListItemFuncWithContext EachListItemFuncWithContext

	// DisableWatchList makes a Reflector list and then watch, as if it had not heard of streamed lists.
	DisableWatchList bool
}

var (
	_ ListerWatcher = (*ListWatch)(nil)
	_ ItemLister    = (*ListWatch)(nil)
)

// ListWithContext calls ListWithContextFunc.
func (lw *ListWatch) ListWithContext(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	if lw.ListWithContextFunc == nil {
		return nil, errors.New("this ListWatch has no ListWithContextFunc")
	}
	return lw.ListWithContextFunc(ctx, options)
}

// WatchWithContext calls WatchFuncWithContext.
func (lw *ListWatch) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	if lw.WatchFuncWithContext == nil {
		return nil, errors.New("this ListWatch has no WatchFuncWithContext")
	}
	return lw.WatchFuncWithContext(ctx, options)
}

// EachListItemWithContext calls EachListItemFuncWithContext, or takes apart what ListWithContext returns.
func (lw *ListWatch) EachListItemWithContext(
	ctx context.Context, options metav1.ListOptions, fn func(runtime.Object) error,
) (runtime.Object, error) {
	if lw.EachListItemFuncWithContext == nil {
		return eachItem(ctx, lw.ListWithContext, options, fn)
	}
	return lw.EachListItemFuncWithContext(ctx, options, fn)
}

// IsWatchListSemanticsUnSupported says whether a Reflector must not ask for streamed lists.
func (lw *ListWatch) IsWatchListSemanticsUnSupported() bool { return lw.DisableWatchList }

// ToListWatcherWithWatchListSemantics returns lw, or a copy of it with DisableWatchList, if client says of itself that
// it can't stream lists. Fake clients do.
func ToListWatcherWithWatchListSemantics(lw *ListWatch, client any) ListerWatcher {
	if !canWatchList(client) {
		without := *lw
		without.DisableWatchList = true
		return &without
	}
	return lw
}

// canWatchList trusts whoever says nothing.
func canWatchList(client any) bool {
	c, says := client.(interface{ IsWatchListSemanticsUnSupported() bool })
	return !says || !c.IsWatchListSemanticsUnSupported()
}
