package store

import "strings"

// DeletedFinalStateUnknown is a tombstone: it stands for an object whose deletion was not seen, only that it is gone.
// Obj is the last state that was known, perhaps an old one, or nil.
type DeletedFinalStateUnknown struct {
	Key string
	Obj any
}

// DeletionHandlingMetaNamespaceKeyFunc is MetaNamespaceKeyFunc that also takes tombstones.
func DeletionHandlingMetaNamespaceKeyFunc(obj any) (string, error) {
	if tombstone, ok := obj.(DeletedFinalStateUnknown); ok {
		return tombstone.Key, nil
	}
	return MetaNamespaceKeyFunc(obj)
}

// DeletionHandlingObjectToName is ObjectToName that also takes tombstones.
func DeletionHandlingObjectToName(obj any) (ObjectName, error) {
	if tombstone, ok := obj.(DeletedFinalStateUnknown); ok {
		return ParseObjectName(tombstone.Key)
	}
	return ObjectToName(obj)
}

// Object is what typed handlers ask of an object: its name. All API types have it. An object must be comparable so
// that none, the zero value, can be told from one.
type Object interface {
	comparable

	GetName() string
	GetNamespace() string
}

// DeletedObject is what a typed handler is told of a deletion: the object, or what is known of it. Its methods work
// also when the object is missing, and klog.KObj takes it.
type DeletedObject[T Object] struct {
	// OptionalObj is the object's last known state: perhaps an old one, or nil, when FinalStateUnknown is set.
	OptionalObj T

	// FinalStateUnknown is nil if the deletion was seen. Otherwise its Obj is OptionalObj.
	FinalStateUnknown *DeletedFinalStateUnknown
}

// GetObjectName returns the name of the deleted object. In a tombstone's key, all after the first slash is the name.
func (d DeletedObject[T]) GetObjectName() ObjectName {
	var none T
	switch {
	case d.FinalStateUnknown != nil:
		namespace, name, namespaced := strings.Cut(d.FinalStateUnknown.Key, "/")
		if !namespaced {
			return ObjectName{Name: d.FinalStateUnknown.Key}
		}
		return ObjectName{Namespace: namespace, Name: name}
	case d.OptionalObj == none:
		return ObjectName{}
	}
	return ObjectName{Namespace: d.OptionalObj.GetNamespace(), Name: d.OptionalObj.GetName()}
}

// GetName returns the name without the namespace.
func (d DeletedObject[T]) GetName() string { return d.GetObjectName().Name }

// GetNamespace returns the namespace, "" if there is none.
func (d DeletedObject[T]) GetNamespace() string { return d.GetObjectName().Namespace }

// GetKey returns the key under which the object was stored.
func (d DeletedObject[T]) GetKey() string {
	if d.FinalStateUnknown != nil {
		return d.FinalStateUnknown.Key
	}
	return d.GetObjectName().String()
}
