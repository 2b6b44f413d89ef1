// Package dynamiclister reads an indexer of unstructured objects: lister.ResourceIndexer for that one type.
//
//	indexer ─▶ Lister ─Namespace("shop")─▶ NamespaceLister      []*unstructured.Unstructured
//	              └─NewRuntimeObjectShim─▶ lister.GenericLister []runtime.Object
//
// Upstream: dynamic/dynamiclister.
// Left out: nothing.
package dynamiclister

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/lister"
	"client-go-workbook/lib/store"
)

// Lister lists unstructured objects.
type Lister interface {
	// List returns the objects of all namespaces that the selector matches.
	List(selector labels.Selector) (ret []*unstructured.Unstructured, err error)
	// Get returns the object whose key is name.
	Get(name string) (*unstructured.Unstructured, error)
	// Namespace returns a lister of one namespace.
	Namespace(namespace string) NamespaceLister
}

// NamespaceLister lists the unstructured objects of one namespace.
type NamespaceLister interface {
	// List returns the objects of the namespace that the selector matches.
	List(selector labels.Selector) (ret []*unstructured.Unstructured, err error)
	// Get returns the object with this name.
	Get(name string) (*unstructured.Unstructured, error)
}

// New returns a lister of all objects in the indexer.
func New(indexer store.Indexer, gvr schema.GroupVersionResource) Lister {
	return dynamicLister{lister.New[*unstructured.Unstructured](indexer, gvr.GroupResource())}
}

type dynamicLister struct {
	lister.ResourceIndexer[*unstructured.Unstructured]
}

func (l dynamicLister) Namespace(namespace string) NamespaceLister {
	return lister.NewNamespaced(l.ResourceIndexer, namespace)
}

// NewRuntimeObjectShim makes a GenericLister of a Lister.
func NewRuntimeObjectShim(l Lister) lister.GenericLister {
	return shim{namespaceShim{l}, l}
}

type shim struct {
	namespaceShim
	all Lister
}

func (s shim) ByNamespace(namespace string) lister.GenericNamespaceLister {
	return namespaceShim{s.all.Namespace(namespace)}
}

type namespaceShim struct{ NamespaceLister }

func (s namespaceShim) List(selector labels.Selector) ([]runtime.Object, error) {
	objects, err := s.NamespaceLister.List(selector)
	if err != nil {
		return nil, err
	}
	ret := make([]runtime.Object, len(objects))
	for i, obj := range objects {
		ret[i] = obj
	}
	return ret, nil
}

func (s namespaceShim) Get(name string) (runtime.Object, error) {
	obj, err := s.NamespaceLister.Get(name)
	if err != nil {
		return nil, err // not a typed nil in an interface
	}
	return obj, nil
}
