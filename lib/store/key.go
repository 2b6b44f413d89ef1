package store

import (
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
)

// KeyFunc computes the key under which a store keeps an object. The same object must always get the same key.
type KeyFunc func(obj any) (string, error)

// KeyError says that a KeyFunc found no key for Obj. Its text names the object's type, and its name if it has one,
// but none of its contents: they may be secret.
type KeyError struct {
	Obj any
	Err error
}

func (k KeyError) Error() string {
	if object, err := meta.Accessor(k.Obj); err == nil {
		return fmt.Sprintf("no key for %T %q: %v", k.Obj, MetaObjectToName(object), k.Err)
	}
	return fmt.Sprintf("no key for %T: %v", k.Obj, k.Err)
}

// Unwrap returns the error of the KeyFunc.
func (k KeyError) Unwrap() error { return k.Err }

// ExplicitKey stands for an object of which only the key is known: MetaNamespaceKeyFunc returns it as it is.
type ExplicitKey string

// MetaNamespaceKeyFunc is the usual KeyFunc: "namespace/name", or "name" for an object without namespace.
// Who wants the two parts apart uses ObjectToName.
func MetaNamespaceKeyFunc(obj any) (string, error) {
	if key, ok := obj.(ExplicitKey); ok {
		return string(key), nil
	}
	name, err := ObjectToName(obj)
	if err != nil {
		return "", err
	}
	return name.String(), nil
}

// SplitMetaNamespaceKey is the inverse of MetaNamespaceKeyFunc. A key with more than one slash is an error.
func SplitMetaNamespaceKey(key string) (namespace, name string, err error) {
	namespace, name, namespaced := strings.Cut(key, "/")
	switch {
	case !namespaced:
		return "", key, nil
	case strings.Contains(name, "/"):
		return "", "", fmt.Errorf(`key %q has more than one slash: want "namespace/name" or "name"`, key)
	}
	return namespace, name, nil
}

// IndexFuncToKeyFuncAdapter makes a KeyFunc of an IndexFunc that returns one value for each object, and no two objects
// the same.
func IndexFuncToKeyFuncAdapter(indexFunc IndexFunc) KeyFunc {
	return func(obj any) (string, error) {
		values, err := indexFunc(obj)
		switch {
		case err != nil:
			return "", err
		case len(values) == 0:
			return "", errors.New("the index function returned no value to use as key")
		case len(values) > 1:
			return "", fmt.Errorf("the index function returned %d values, a key is one: %q", len(values), values)
		}
		return values[0], nil
	}
}
