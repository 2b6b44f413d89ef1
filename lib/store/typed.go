package store

import "fmt"

// TypedIndexFunc is an IndexFunc for objects of type T.
type TypedIndexFunc[T any] func(obj T) ([]string, error)

// TypedIndexers are index functions for objects of type T, by the name of the index.
type TypedIndexers[T any] map[string]TypedIndexFunc[T]

// TypedIndexer is an Indexer that holds objects of type T and nothing else.
type TypedIndexer[T any] interface {
	Indexer

	// TypedIndex is Index. It fails if a T is not what is stored, as do the others.
	TypedIndex(indexName string, obj T) ([]T, error)
	// ByTypedIndex is ByIndex.
	ByTypedIndex(indexName, indexedValue string) ([]T, error)
	// AddTypedIndexers is AddIndexers.
	AddTypedIndexers(newIndexers TypedIndexers[T]) error
}

// NewTypedIndexer is a typed view of indexer. Upstream has it too, as part of a typed shared informer.
func NewTypedIndexer[T any](indexer Indexer) TypedIndexer[T] { return typedIndexer[T]{indexer} }

type typedIndexer[T any] struct{ Indexer }

func (i typedIndexer[T]) TypedIndex(indexName string, obj T) ([]T, error) {
	return typed[T](i.Index(indexName, obj))
}

func (i typedIndexer[T]) ByTypedIndex(indexName, indexedValue string) ([]T, error) {
	return typed[T](i.ByIndex(indexName, indexedValue))
}

func (i typedIndexer[T]) AddTypedIndexers(newIndexers TypedIndexers[T]) error {
	return i.AddIndexers(TypedIndexersToIndexers(newIndexers))
}

// TypedIndexersToIndexers makes untyped index functions of typed ones, for an Indexer.
func TypedIndexersToIndexers[T any](indexers TypedIndexers[T]) Indexers {
	all := Indexers{}
	for name, fn := range indexers {
		all[name] = TypedIndexerFuncToIndexerFunc(fn)
	}
	return all
}

// TypedIndexerFuncToIndexerFunc makes an untyped index function of a typed one. It fails on an object that isn't a T.
func TypedIndexerFuncToIndexerFunc[T any](indexer TypedIndexFunc[T]) IndexFunc {
	return func(obj any) ([]string, error) {
		object, err := as[T](obj)
		if err != nil {
			return nil, err
		}
		return indexer(object)
	}
}

func typed[T any](objects []any, err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	list := make([]T, len(objects))
	for i := range objects {
		if list[i], err = as[T](objects[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func as[T any](obj any) (T, error) {
	object, ok := obj.(T)
	if !ok {
		return object, fmt.Errorf("object is a %T, want %T", obj, object)
	}
	return object, nil
}
