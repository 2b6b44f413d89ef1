package testing

import (
	"reflect"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Action is one call of a client: a verb on a resource. What else there is depends on the verb, in one of the …ActionImpl
// types: a reactor looks at it with a type switch.
type Action interface {
	GetNamespace() string
	GetVerb() string
	GetResource() schema.GroupVersionResource
	GetSubresource() string
	// Matches says whether the action is of this verb on this resource, "pods" or "pods/status", in any case of letters.
	// "pods" alone has all subresources with it.
	Matches(verb, resource string) bool

	// DeepCopy returns an action that shares nothing with this one. Fake keeps one copy and gives another to its reactors.
	DeepCopy() Action
}

// ActionImpl is what all actions have. Namespace is "" for a resource outside namespaces, or for all of them.
// Subresource is "" for the object itself.
type ActionImpl struct {
	Namespace   string
	Verb        string
	Resource    schema.GroupVersionResource
	Subresource string
}

func (a ActionImpl) GetNamespace() string { return a.Namespace }

func (a ActionImpl) GetVerb() string { return a.Verb }

func (a ActionImpl) GetResource() schema.GroupVersionResource { return a.Resource }

func (a ActionImpl) GetSubresource() string { return a.Subresource }

func (a ActionImpl) Matches(verb, resource string) bool {
	resource, subresource, one := strings.Cut(resource, "/")
	return strings.EqualFold(verb, a.Verb) &&
		strings.EqualFold(resource, a.Resource.Resource) &&
		(!one || strings.EqualFold(subresource, a.Subresource))
}

func (a ActionImpl) DeepCopy() Action { return a }

// GenericAction is an action of a verb that has no type of its own.
type GenericAction interface {
	Action
	GetValue() any
}

// GenericActionImpl is a GenericAction. Copies share its Value.
type GenericActionImpl struct {
	ActionImpl
	Value any
}

func (a GenericActionImpl) GetValue() any { return a.Value }

func (a GenericActionImpl) DeepCopy() Action { return a }

// ListRestrictions are the selectors of a list, parsed. Nil selects everything.
type ListRestrictions struct {
	Labels labels.Selector
	Fields fields.Selector
}

func restrict(opts metav1.ListOptions) ListRestrictions {
	byLabels, byFields, _ := ExtractFromListOptions(opts)
	return ListRestrictions{Labels: byLabels, Fields: byFields}
}

func (r ListRestrictions) deepCopy() ListRestrictions {
	if r.Labels != nil {
		r.Labels = r.Labels.DeepCopySelector()
	}
	if r.Fields != nil {
		r.Fields = r.Fields.DeepCopySelector()
	}
	return r
}

// copyObject copies an object. Nil stays nil, and a nil pointer in an interface becomes nil: a mistake that the tracker names.
func copyObject(obj runtime.Object) runtime.Object {
	if isNil(obj) {
		return nil
	}
	return obj.DeepCopyObject()
}

func isNil(obj runtime.Object) bool {
	v := reflect.ValueOf(obj)
	return !v.IsValid() || v.Kind() == reflect.Pointer && v.IsNil()
}
