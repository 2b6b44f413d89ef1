package informer

// ResourceEventHandler is told of changes. Its methods are called one at a time, and must not modify the objects
// or anything reachable from them: they are the store's own.
//
// Upstream: tools/cache/controller.go, as all of this file.
type ResourceEventHandler interface {
	// OnAdd says that obj is new here. isInInitialList says that it existed before the handler could know of it: it is from
	// the informer's first list, or was in the store when the handler joined.
	OnAdd(obj any, isInInitialList bool)
	// OnUpdate says that newObj has taken the place of oldObj, the last known state: states between may have been missed.
	// On a resync, and after a list that brought nothing new, both are equal. An object that was deleted and created
	// again while nobody watched is an update, too; its UID differs.
	OnUpdate(oldObj, newObj any)
	// OnDelete says that obj is gone: the object, or a store.DeletedFinalStateUnknown with the last known state if the deletion
	// was missed and found out by a list.
	OnDelete(obj any)
}

// ResourceEventHandlerFuncs is a ResourceEventHandler made of as many functions as are needed; nil ones are skipped.
type ResourceEventHandlerFuncs struct {
	AddFunc    func(obj any)
	UpdateFunc func(oldObj, newObj any)
	DeleteFunc func(obj any)
}

// OnAdd calls AddFunc.
func (f ResourceEventHandlerFuncs) OnAdd(obj any, _ bool) { call(f.AddFunc, obj) }

// OnUpdate calls UpdateFunc.
func (f ResourceEventHandlerFuncs) OnUpdate(oldObj, newObj any) { call2(f.UpdateFunc, oldObj, newObj) }

// OnDelete calls DeleteFunc.
func (f ResourceEventHandlerFuncs) OnDelete(obj any) { call(f.DeleteFunc, obj) }

// ResourceEventHandlerDetailedFuncs is ResourceEventHandlerFuncs for those who want isInInitialList.
type ResourceEventHandlerDetailedFuncs struct {
	AddFunc    func(obj any, isInInitialList bool)
	UpdateFunc func(oldObj, newObj any)
	DeleteFunc func(obj any)
}

// OnAdd calls AddFunc.
func (f ResourceEventHandlerDetailedFuncs) OnAdd(obj any, isInInitialList bool) {
	call2(f.AddFunc, obj, isInInitialList)
}

// OnUpdate calls UpdateFunc.
func (f ResourceEventHandlerDetailedFuncs) OnUpdate(oldObj, newObj any) {
	call2(f.UpdateFunc, oldObj, newObj)
}

// OnDelete calls DeleteFunc.
func (f ResourceEventHandlerDetailedFuncs) OnDelete(obj any) { call(f.DeleteFunc, obj) }

// FilteringResourceEventHandler hides from Handler all objects that FilterFunc says no to. An object that an update brings in
// is an add for Handler, one that it takes out a delete. FilterFunc sees tombstones, too.
type FilteringResourceEventHandler struct {
	FilterFunc func(obj any) bool
	Handler    ResourceEventHandler
}

// OnAdd passes on what passes the filter.
func (f FilteringResourceEventHandler) OnAdd(obj any, isInInitialList bool) {
	if f.FilterFunc(obj) {
		f.Handler.OnAdd(obj, isInInitialList)
	}
}

// OnUpdate becomes OnAdd or OnDelete where only the new or only the old object passes.
func (f FilteringResourceEventHandler) OnUpdate(oldObj, newObj any) {
	switch is, was := f.FilterFunc(newObj), f.FilterFunc(oldObj); {
	case is && was:
		f.Handler.OnUpdate(oldObj, newObj)
	case is:
		f.Handler.OnAdd(newObj, false)
	case was:
		f.Handler.OnDelete(oldObj)
	}
}

// OnDelete passes on what passes the filter.
func (f FilteringResourceEventHandler) OnDelete(obj any) {
	if f.FilterFunc(obj) {
		f.Handler.OnDelete(obj)
	}
}

// call and call2 let a nil function be one that does nothing.
func call[A any](f func(A), a A) {
	if f != nil {
		f(a)
	}
}

func call2[A, B any](f func(A, B), a A, b B) {
	if f != nil {
		f(a, b)
	}
}
