package store

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
)

// Indexer is a Store whose objects can also be found by the values that index functions compute from them.
// Three kinds of strings meet here: an object's key, the name of an index, and an indexed value.
type Indexer interface {
	Store

	// Index returns the stored objects that share at least one value with obj in the named index, each once.
	Index(indexName string, obj any) ([]any, error)
	// IndexKeys returns the keys of the stored objects that have this value in the named index, sorted.
	IndexKeys(indexName, indexedValue string) ([]string, error)
	// ListIndexFuncValues returns all values in the named index, in no order; none if there is no such index.
	ListIndexFuncValues(indexName string) []string
	// ByIndex returns the stored objects that have this value in the named index, in no order.
	ByIndex(indexName, indexedValue string) ([]any, error)
	// GetIndexers returns the index functions by name. The map is the caller's.
	GetIndexers() Indexers

	// AddIndexers adds indexes and fills them with what is stored. On an error it has added none: a name is taken, or
	// a function fails or panics on a stored object.
	AddIndexers(newIndexers Indexers) error
}

// IndexFunc computes the values of an object in one index: none, one or several. Repeated values count once.
type IndexFunc func(obj any) ([]string, error)

// Indexers are index functions, by the name of the index.
type Indexers map[string]IndexFunc

// Indices are the indexes themselves, by name. Only this package can fill them.
type Indices map[string]*index

// NamespaceIndex is the usual name of the index of MetaNamespaceIndexFunc. Listers look for it.
const NamespaceIndex string = "namespace"

// MetaNamespaceIndexFunc indexes an object by its namespace; "" is a value as well.
func MetaNamespaceIndexFunc(obj any) ([]string, error) {
	object, err := meta.Accessor(obj)
	if err != nil {
		return []string{""}, fmt.Errorf("read metadata of %T: %w", obj, err)
	}
	return []string{object.GetNamespace()}, nil
}
