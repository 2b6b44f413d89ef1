package apitest

import (
	"fmt"
	"reflect"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Resource is one kind of object that a Server serves. A kind that the Server's scheme does not know is kept as
// Unstructured and spoken in JSON only, as a real server does with custom resources.
type Resource struct {
	schema.GroupVersionKind

	Plural     string   // as in the path: "pods"; "" is guessed from the kind
	ShortNames []string // for discovery: "po"
	Namespaced bool
	Status     bool     // has the subresource "status"; a Go type needs a field Status then
	Fields     []string // what a field selector can ask for, beyond metadata.name and metadata.namespace: "spec.nodeName"
}

// GroupVersionResource is the resource's full name.
func (r Resource) GroupVersionResource() schema.GroupVersionResource {
	return r.GroupVersion().WithResource(r.Plural)
}

func (r Resource) groupResource() schema.GroupResource {
	return r.GroupVersionResource().GroupResource()
}

// kind is a Resource with what the server needs to speak it.
type kind struct {
	Resource
	empty     runtime.Object // this and emptyList know their kind, and never change
	emptyList runtime.Object
	typed     bool // the scheme has a Go type; otherwise they are Unstructured
	protobuf  bool // the Go type can be written as protobuf
}

// metaOf gives an object's metadata. New refuses kinds without it, so every object has it.
func metaOf(obj runtime.Object) metav1.Object {
	m, err := meta.Accessor(obj)
	if err != nil {
		panic(err)
	}
	return m
}

func nameOf(m metav1.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: m.GetNamespace(), Name: m.GetName()}
}

// atVersion returns a copy of an object under another version: what a watcher is told of one that it can't see any more.
func atVersion(obj runtime.Object, rv uint64) runtime.Object {
	next := obj.DeepCopyObject()
	metaOf(next).SetResourceVersion(formatVersion(rv))
	return next
}

// list makes the kind's list of a page. Objects with a Go type say nothing of their kind there: the list says it for all.
func (k *kind) list(p *page) (runtime.Object, error) {
	list := k.emptyList.DeepCopyObject()
	if err := meta.SetList(list, p.items); err != nil {
		return nil, err
	}
	if k.typed {
		_ = meta.EachListItem(list, func(item runtime.Object) error { // the list's own copy
			item.GetObjectKind().SetGroupVersionKind(schema.GroupVersionKind{})
			return nil
		})
	}
	m, err := meta.ListAccessor(list)
	if err != nil {
		return nil, err
	}
	m.SetResourceVersion(p.ResourceVersion)
	m.SetContinue(p.Continue)
	return list, nil
}

func (s *Server) lookup(gvr schema.GroupVersionResource) *kind {
	for _, k := range s.kinds {
		if k.GroupVersionResource() == gvr {
			return k
		}
	}
	return nil
}

// add refuses what can't be served, so that no request meets it.
func (s *Server) add(r Resource) error {
	if r.Kind == "" || r.Version == "" {
		return fmt.Errorf("serve %v: a resource needs a version and a kind", r.GroupVersionKind)
	}
	if r.Plural == "" {
		plural, _ := meta.UnsafeGuessKindToResource(r.GroupVersionKind)
		r.Plural = plural.Resource
	}
	if s.lookup(r.GroupVersionResource()) != nil {
		return fmt.Errorf("serve %v: it is there twice", r.GroupVersionResource())
	}
	k := &kind{Resource: r, empty: &unstructured.Unstructured{}, emptyList: &unstructured.UnstructuredList{}}
	listKind := r.GroupVersion().WithKind(r.Kind + "List")
	var err error
	if s.config.Scheme.Recognizes(r.GroupVersionKind) {
		k.typed = true
		k.empty, _ = s.config.Scheme.New(r.GroupVersionKind)
		k.emptyList, err = s.config.Scheme.New(listKind)
	}
	if err == nil {
		_, err = meta.Accessor(k.empty)
	}
	if r.Status && k.typed && !reflect.ValueOf(k.empty).Elem().FieldByName("Status").IsValid() {
		err = fmt.Errorf("%T has no field Status", k.empty)
	}
	if err != nil {
		return fmt.Errorf("serve %v: %w", r.GroupVersionKind, err)
	}
	k.empty.GetObjectKind().SetGroupVersionKind(r.GroupVersionKind)
	k.emptyList.GetObjectKind().SetGroupVersionKind(listKind)
	_, k.protobuf = k.empty.(interface{ Marshal() ([]byte, error) })
	s.kinds = append(s.kinds, k)
	return nil
}
