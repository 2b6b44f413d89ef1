// Package sharedvalues finds objects by values that are read from them. An object may have several.
//
//	items     "shop/a" → pod a          annotation users: ernie,bert
//	          "shop/b" → pod b                            bert,oscar
//	indices   "byUser" → "ernie" → {shop/a}
//	                     "bert"  → {shop/a, shop/b}
//	                     "oscar" → {shop/b}
package sharedvalues

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/sets"

	"client-go-workbook/lib/store"
)

// Indexer holds objects, and for each of its indexes which of them have a value. Objects come, but don't change or go:
// that is for the next exercise.
type Indexer struct {
	indexers store.Indexers                         // name of an index → the function that reads an object's values
	items    map[string]any                         // key → object
	indices  map[string]map[string]sets.Set[string] // name of an index → value → keys
}

// New returns an empty Indexer with these indexes.
func New(indexers store.Indexers) *Indexer {
	x := &Indexer{indexers: indexers, items: map[string]any{}, indices: map[string]map[string]sets.Set[string]{}}
	for name := range indexers {
		x.indices[name] = map[string]sets.Set[string]{}
	}
	return x
}

// Add stores an object that isn't there yet.
func (x *Indexer) Add(obj any) error {
	key, err := store.MetaNamespaceKeyFunc(obj)
	if err != nil {
		return err
	}
	x.items[key] = obj
	for name, valuesOf := range x.indexers {
		values, err := valuesOf(obj)
		if err != nil {
			return fmt.Errorf("index %q of %s: %w", name, key, err)
		}
		for _, value := range values {
			if x.indices[name][value] == nil {
				x.indices[name][value] = sets.Set[string]{}
			}
			x.indices[name][value].Insert(key)
		}
	}
	return nil
}

// ByIndex returns the stored objects that have this value, in any order.
func (x *Indexer) ByIndex(indexName, value string) ([]any, error) {
	if _, ok := x.indexers[indexName]; !ok {
		return nil, fmt.Errorf("no index is called %q", indexName)
	}
	return x.objects(x.indices[indexName][value]), nil
}

// Index returns the stored objects that share at least one value with obj, each once and in any order. It doesn't matter
// whether obj is stored itself: its values are read from it, as it is given. An index that doesn't exist, and an error of
// the index's function, are errors.
func (x *Indexer) Index(indexName string, obj any) ([]any, error) {
	// BEGIN SOLUTION: Read the values of obj, and collect the objects that have any of them.

	valuesOf, ok := x.indexers[indexName]
	if !ok {
		return nil, fmt.Errorf("no index is called %q", indexName)
	}
	values, err := valuesOf(obj)
	if err != nil {
		return nil, fmt.Errorf("index %q: %w", indexName, err)
	}
	keys := sets.Set[string]{}
	for _, value := range values {
		keys = keys.Union(x.indices[indexName][value])
	}
	return x.objects(keys), nil
	// END SOLUTION
}

// objects returns what is stored under keys.
func (x *Indexer) objects(keys sets.Set[string]) []any {
	found := make([]any, 0, len(keys))
	for key := range keys {
		found = append(found, x.items[key])
	}
	return found
}
