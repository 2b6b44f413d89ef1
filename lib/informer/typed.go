package informer

import (
	"fmt"

	"client-go-workbook/lib/store"
)

// TypedSharedIndexInformer is a SharedIndexInformer for those who know the type of its objects: its further methods spare
// them the type assertions.
//
// Upstream: tools/cache/shared_informer.go; the handlers below are in tools/cache/controller.go.
type TypedSharedIndexInformer[T store.Object] interface {
	SharedIndexInformer

	// AddTypedEventHandler is AddEventHandlerWithOptions. More than one HandlerOptions are an error.
	AddTypedEventHandler(handler TypedResourceEventHandler[T], options ...HandlerOptions) (ResourceEventHandlerRegistration, error)
	// AddTypedIndexers is AddIndexers.
	AddTypedIndexers(indexers store.TypedIndexers[T]) error
	// GetTypedIndexer is GetIndexer.
	GetTypedIndexer() store.TypedIndexer[T]
}

// NewTypedSharedIndexInformer gives an informer the methods for the type T. Its objects have to be of that type, those that
// its transform returns, too; a handler panics at others.
func NewTypedSharedIndexInformer[T store.Object](informer SharedIndexInformer) TypedSharedIndexInformer[T] {
	return typedInformer[T]{informer}
}

type typedInformer[T store.Object] struct{ SharedIndexInformer }

func (i typedInformer[T]) AddTypedEventHandler(handler TypedResourceEventHandler[T], options ...HandlerOptions) (ResourceEventHandlerRegistration, error) {
	if handler == nil {
		return nil, errNilHandler
	}
	switch untyped := (untypedHandler[T]{handler}); len(options) {
	case 0:
		return i.AddEventHandlerWithOptions(untyped, HandlerOptions{})
	case 1:
		return i.AddEventHandlerWithOptions(untyped, options[0])
	default:
		return nil, fmt.Errorf("add event handler: %d HandlerOptions, want at most one", len(options))
	}
}

func (i typedInformer[T]) AddTypedIndexers(indexers store.TypedIndexers[T]) error {
	return i.AddIndexers(store.TypedIndexersToIndexers(indexers))
}

func (i typedInformer[T]) GetTypedIndexer() store.TypedIndexer[T] {
	return store.NewTypedIndexer[T](i.GetIndexer())
}

// untypedHandler is a ResourceEventHandler for objects of one type.
type untypedHandler[T store.Object] struct{ typed TypedResourceEventHandler[T] }

func (h untypedHandler[T]) OnAdd(obj any, isInInitialList bool) {
	h.typed.OnAdd(obj.(T), isInInitialList)
}

func (h untypedHandler[T]) OnUpdate(oldObj, newObj any) { h.typed.OnUpdate(oldObj.(T), newObj.(T)) }

func (h untypedHandler[T]) OnDelete(obj any) {
	tombstone, ok := obj.(store.DeletedFinalStateUnknown)
	if !ok {
		h.typed.OnDelete(store.DeletedObject[T]{OptionalObj: obj.(T)})
		return
	}
	deleted := store.DeletedObject[T]{FinalStateUnknown: &tombstone}
	if tombstone.Obj != nil {
		deleted.OptionalObj = tombstone.Obj.(T)
	}
	h.typed.OnDelete(deleted)
}

// TypedResourceEventHandler is a ResourceEventHandler for objects of one type.
type TypedResourceEventHandler[T store.Object] interface {
	OnAdd(obj T, isInInitialList bool)
	OnUpdate(oldObj, newObj T)
	OnDelete(obj store.DeletedObject[T])
}

// TypedResourceEventHandlerFuncs is ResourceEventHandlerFuncs for objects of one type.
type TypedResourceEventHandlerFuncs[T store.Object] struct {
	AddFunc    func(obj T)
	UpdateFunc func(oldObj, newObj T)
	DeleteFunc func(obj store.DeletedObject[T])
}

// OnAdd calls AddFunc.
func (f TypedResourceEventHandlerFuncs[T]) OnAdd(obj T, _ bool) { call(f.AddFunc, obj) }

// OnUpdate calls UpdateFunc.
func (f TypedResourceEventHandlerFuncs[T]) OnUpdate(oldObj, newObj T) {
	call2(f.UpdateFunc, oldObj, newObj)
}

// OnDelete calls DeleteFunc.
func (f TypedResourceEventHandlerFuncs[T]) OnDelete(obj store.DeletedObject[T]) {
	call(f.DeleteFunc, obj)
}

// TypedResourceEventHandlerDetailedFuncs is ResourceEventHandlerDetailedFuncs for objects of one type.
type TypedResourceEventHandlerDetailedFuncs[T store.Object] struct {
	AddFunc    func(obj T, isInInitialList bool)
	UpdateFunc func(oldObj, newObj T)
	DeleteFunc func(obj store.DeletedObject[T])
}

// OnAdd calls AddFunc.
func (f TypedResourceEventHandlerDetailedFuncs[T]) OnAdd(obj T, isInInitialList bool) {
	call2(f.AddFunc, obj, isInInitialList)
}

// OnUpdate calls UpdateFunc.
func (f TypedResourceEventHandlerDetailedFuncs[T]) OnUpdate(oldObj, newObj T) {
	call2(f.UpdateFunc, oldObj, newObj)
}

// OnDelete calls DeleteFunc.
func (f TypedResourceEventHandlerDetailedFuncs[T]) OnDelete(obj store.DeletedObject[T]) {
	call(f.DeleteFunc, obj)
}

// TypedFilteringResourceEventHandler is FilteringResourceEventHandler for objects of one type. FilterFunc is asked about a
// deleted object's OptionalObj, which is T's zero value if no state of the object is known.
type TypedFilteringResourceEventHandler[T store.Object] struct {
	FilterFunc func(obj T) bool
	Handler    TypedResourceEventHandler[T]
}

// OnAdd passes on what passes the filter.
func (f TypedFilteringResourceEventHandler[T]) OnAdd(obj T, isInInitialList bool) {
	if f.FilterFunc(obj) {
		f.Handler.OnAdd(obj, isInInitialList)
	}
}

// OnUpdate becomes OnAdd or OnDelete where only the new or only the old object passes.
func (f TypedFilteringResourceEventHandler[T]) OnUpdate(oldObj, newObj T) {
	switch is, was := f.FilterFunc(newObj), f.FilterFunc(oldObj); {
	case is && was:
		f.Handler.OnUpdate(oldObj, newObj)
	case is:
		f.Handler.OnAdd(newObj, false)
	case was:
		f.Handler.OnDelete(store.DeletedObject[T]{OptionalObj: oldObj})
	}
}

// OnDelete passes on what passes the filter.
func (f TypedFilteringResourceEventHandler[T]) OnDelete(obj store.DeletedObject[T]) {
	if f.FilterFunc(obj.OptionalObj) {
		f.Handler.OnDelete(obj)
	}
}
