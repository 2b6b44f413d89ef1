// Package indexupdate keeps an index right while its objects change.
//
//	Set("shop/one", old, updated)      values of old: ernie bert      of updated: bert oscar
//
//	"ernie" → {shop/one, shop/tre}     loses a key
//	"bert"  → {shop/one}               stays
//	"oscar" →                          comes
package indexupdate

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/sets"

	"client-go-workbook/lib/store"
)

// Index says for each value which objects have it. Whenever nobody is in Set:
//   - a key is in Keys[value] if, and only if, its object has that value;
//   - no set in Keys is empty.
type Index struct {
	ValuesOf store.IndexFunc
	Keys     map[string]sets.Set[string] // value → keys
}

// New returns an empty index of these values.
func New(valuesOf store.IndexFunc) *Index {
	return &Index{ValuesOf: valuesOf, Keys: map[string]sets.Set[string]{}}
}

// Set notes that the object called key was old, and is updated now. An object that comes was nil, and one that goes is
// nil now. If ValuesOf fails for either, the index stays as it was, and the error says which key it is about. What has a
// value several times has it once.
func (x *Index) Set(key string, old, updated any) error {
	// BEGIN SOLUTION: Take key away from the values that the object had, and add it to those that it has.
	// ValuesOf isn't made for nil.

	had, err := x.values(key, old)
	if err != nil {
		return err
	}
	has, err := x.values(key, updated)
	if err != nil {
		return err
	}
	for value := range had.Difference(has) {
		if x.Keys[value].Delete(key); len(x.Keys[value]) == 0 {
			delete(x.Keys, value)
		}
	}
	for value := range has.Difference(had) {
		if x.Keys[value] == nil {
			x.Keys[value] = sets.Set[string]{}
		}
		x.Keys[value].Insert(key)
	}
	return nil
	// END SOLUTION
}

// values are those of obj, which may be nil.
func (x *Index) values(key string, obj any) (sets.Set[string], error) {
	if obj == nil {
		return nil, nil
	}
	values, err := x.ValuesOf(obj)
	if err != nil {
		return nil, fmt.Errorf("read the values of %s: %w", key, err)
	}
	return sets.New(values...), nil
}
