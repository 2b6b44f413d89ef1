// Package objectkey takes the key of an object apart.
package objectkey

// Split is the inverse of store.MetaNamespaceKeyFunc: it returns the namespace and the name of the object whose key this
// is. An object that has no namespace, a node say, has an empty one here. What is no object's key is an error that
// quotes it.
func Split(key string) (namespace, name string, err error) {
	// TODO: Return what is before the slash and what is behind it.
	// Not every key has one slash.
	// You may need: fmt, strings
	panic("TODO ch02/ex01: fill in Split")
}
