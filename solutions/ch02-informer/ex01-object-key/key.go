// Package objectkey takes the key of an object apart.
package objectkey

import (
	"fmt"
	"strings"
)

// Split is the inverse of store.MetaNamespaceKeyFunc: it returns the namespace and the name of the object whose key this
// is. An object that has no namespace, a node say, has an empty one here. What is no object's key is an error that
// quotes it.
func Split(key string) (namespace, name string, err error) {
	// BEGIN SOLUTION: Return what is before the slash and what is behind it.
	// Not every key has one slash.

	namespace, name, namespaced := strings.Cut(key, "/")
	if !namespaced {
		return "", key, nil
	}
	if strings.Contains(name, "/") {
		return "", "", fmt.Errorf("key %q has more parts than a namespace and a name", key)
	}
	return namespace, name, nil
	// END SOLUTION
}
