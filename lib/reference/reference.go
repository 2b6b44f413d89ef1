// Package reference makes a reference to an object: what an event needs to say whom it is about.
//
//	&Pod{"shop/web-1"} ─┬─ accessor: namespace, name, UID, resourceVersion ─┬──▶ ObjectReference
//	                    └─ TypeMeta, or else the scheme: apiVersion, kind ──┘
//
//	&ObjectReference{…} ──▶ itself
//
// Upstream: tools/reference/ref.go.
// Left out: nothing.
package reference

import (
	"errors"
	"fmt"
	"reflect"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ErrNilObject is what GetReference returns for nil, and for a nil pointer of any type.
var ErrNilObject = errors.New("can't reference a nil object")

// GetReference returns a reference to obj. If obj is an ObjectReference, that is the result, not a copy.
// A list has a reference as well, of its kind and resourceVersion alone.
//
// The scheme says what kind obj is if obj itself doesn't: objects that a typed client returned don't. It may be nil for
// those that do. With several kinds for one Go type the scheme's first counts.
//
// The error is ErrNilObject, or says that obj has neither kind nor place in the scheme, or no metadata.
func GetReference(scheme *runtime.Scheme, obj runtime.Object) (*corev1.ObjectReference, error) {
	if isNil(obj) {
		return nil, ErrNilObject
	}
	if ref, ok := obj.(*corev1.ObjectReference); ok {
		return ref, nil
	}
	ref, err := identify(obj)
	if err != nil {
		return nil, err
	}
	kind, err := kindOf(scheme, obj)
	if err != nil {
		return nil, err
	}
	ref.APIVersion, ref.Kind = kind.ToAPIVersionAndKind()
	return ref, nil
}

// GetPartialReference is GetReference for one part of obj, such as "spec.containers{web}". An ObjectReference
// is copied: that of the caller goes on to mean the whole.
func GetPartialReference(scheme *runtime.Scheme, obj runtime.Object, fieldPath string) (*corev1.ObjectReference, error) {
	whole, err := GetReference(scheme, obj)
	if err != nil {
		return nil, err
	}
	part := *whole
	part.FieldPath = fieldPath
	return &part, nil
}

// isNil tells whether there is no object, also behind an interface that isn't nil itself.
func isNil(obj runtime.Object) bool {
	if obj == nil {
		return true
	}
	v := reflect.ValueOf(obj)
	return v.Kind() == reflect.Pointer && v.IsNil()
}

// identify fills in all but the kind.
func identify(obj runtime.Object) (*corev1.ObjectReference, error) {
	if object, err := meta.Accessor(obj); err == nil {
		return &corev1.ObjectReference{
			Namespace:       object.GetNamespace(),
			Name:            object.GetName(),
			UID:             object.GetUID(),
			ResourceVersion: object.GetResourceVersion(),
		}, nil
	}
	list, err := meta.CommonAccessor(obj)
	if err != nil {
		return nil, fmt.Errorf("reference %T: %w", obj, err)
	}
	return &corev1.ObjectReference{ResourceVersion: list.GetResourceVersion()}, nil
}

func kindOf(scheme *runtime.Scheme, obj runtime.Object) (schema.GroupVersionKind, error) {
	if own := obj.GetObjectKind().GroupVersionKind(); !own.Empty() {
		return own, nil
	}
	if scheme == nil {
		return schema.GroupVersionKind{}, fmt.Errorf("%T doesn't say its kind, and there is no scheme to look it up", obj)
	}
	kinds, _, err := scheme.ObjectKinds(obj)
	if err != nil {
		return schema.GroupVersionKind{}, err
	}
	return kinds[0], nil
}
