package reflector

import "client-go-workbook/lib/store"

// ReflectorStore is where a Reflector puts what it sees: a store.Store, or a queue in front of one.
type ReflectorStore interface {
	Add(obj any) error
	Update(obj any) error
	Delete(obj any) error
	// Replace is told everything there is, and the version that this is the state at. The store may keep the slice.
	Replace(list []any, resourceVersion string) error
	// Resync asks a queue to tell its consumers again what it has told them.
	Resync() error
}

// ReflectorBookmarkStore is a ReflectorStore that wants to know of bookmarks: nothing has changed up to this version.
type ReflectorBookmarkStore interface {
	Bookmark(resourceVersion string) error
}

// TransformingStore is a ReflectorStore that changes what it is given. The Reflector does it beforehand to the objects
// of a streamed list, so that it doesn't hold all of them in full. A transformer therefore may see an object twice.
type TransformingStore interface {
	ReflectorStore
	// Transformer may return nil: nothing is changed.
	Transformer() store.TransformFunc
}

// ResourceVersionUpdater is a ReflectorStore that wants to know the version of each event, after the event.
type ResourceVersionUpdater interface {
	UpdateResourceVersion(resourceVersion string)
}
