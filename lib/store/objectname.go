package store

import (
	"fmt"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// ObjectName is a key in two parts: it names one object among those of its kind. Namespace is empty for an object
// that has none.
type ObjectName struct {
	Namespace string
	Name      string
}

// NewObjectName returns the ObjectName of these parts.
func NewObjectName(namespace, name string) ObjectName {
	return ObjectName{Namespace: namespace, Name: name}
}

// ParseObjectName is the inverse of String. A text with more than one slash is an error.
func ParseObjectName(str string) (ObjectName, error) {
	namespace, name, err := SplitMetaNamespaceKey(str)
	return ObjectName{Namespace: namespace, Name: name}, err
}

// ObjectToName returns the name of an API object. What has no metadata is an error.
func ObjectToName(obj any) (ObjectName, error) {
	object, err := meta.Accessor(obj)
	if err != nil {
		return ObjectName{}, fmt.Errorf("read metadata of %T: %w", obj, err)
	}
	return MetaObjectToName(object), nil
}

// MetaObjectToName returns the object's name.
func MetaObjectToName(obj metav1.Object) ObjectName {
	return ObjectName{Namespace: obj.GetNamespace(), Name: obj.GetName()}
}

// NamespacedNameAsObjectName converts from apimachinery's type for the same thing.
func NamespacedNameAsObjectName(nn types.NamespacedName) ObjectName { return ObjectName(nn) }

// AsNamespacedName converts to apimachinery's type for the same thing. The two print differently without a namespace.
func (n ObjectName) AsNamespacedName() types.NamespacedName { return types.NamespacedName(n) }

// Parts is the inverse of NewObjectName.
func (n ObjectName) Parts() (namespace, name string) { return n.Namespace, n.Name }

// String returns the key that MetaNamespaceKeyFunc computes: "namespace/name" or "name".
func (n ObjectName) String() string {
	if n.Namespace == "" {
		return n.Name
	}
	return n.Namespace + "/" + n.Name
}
