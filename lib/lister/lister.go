// Package lister reads an indexer with selectors, as typed objects and namespace by namespace.
//
//	             ResourceIndexer[*Pod]   selector app=web
//	List ───────▶ namespace "shop" ─────▶ indexer's index "namespace" ─▶ value "shop" ─▶ those with app=web
//	Get("web") ─▶ key "shop/web" ───────▶ indexer's GetByKey ──────────▶ *Pod, or NotFound
//
// Nothing is copied: the objects are the indexer's own, and whoever changes one changes it for all.
//
// Upstream: tools/cache/listers.go, listers/generic_helpers.go.
// Left out: nothing.
package lister

import (
	"cmp"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/store"
)

// ResourceIndexer lists and gets the objects of type T in an indexer, all of them or those of one namespace.
type ResourceIndexer[T runtime.Object] struct {
	indexer   store.Indexer
	resource  schema.GroupResource
	namespace string
}

// New returns a lister of all objects in the indexer. Its errors name the resource.
func New[T runtime.Object](indexer store.Indexer, resource schema.GroupResource) ResourceIndexer[T] {
	return ResourceIndexer[T]{indexer: indexer, resource: resource}
}

// NewNamespaced returns a lister of one namespace.
func NewNamespaced[T runtime.Object](parent ResourceIndexer[T], namespace string) ResourceIndexer[T] {
	return ResourceIndexer[T]{indexer: parent.indexer, resource: parent.resource, namespace: namespace}
}

// List returns the objects that the selector matches, in no order.
func (l ResourceIndexer[T]) List(selector labels.Selector) (ret []T, err error) {
	var odd error
	err = ListAllByNamespace(l.indexer, l.namespace, selector, func(obj any) {
		object, err := l.typed(obj)
		if err != nil {
			odd = err
			return
		}
		ret = append(ret, object)
	})
	if err = cmp.Or(err, odd); err != nil {
		return nil, err
	}
	return ret, nil
}

// Get returns the object with this name, or a NotFound error.
func (l ResourceIndexer[T]) Get(name string) (T, error) {
	var none T
	obj, exists, err := l.indexer.GetByKey(store.NewObjectName(l.namespace, name).String())
	if err != nil {
		return none, err
	}
	if !exists {
		return none, apierrors.NewNotFound(l.resource, name)
	}
	return l.typed(obj)
}

// typed fails on an object that doesn't belong into the indexer.
func (l ResourceIndexer[T]) typed(obj any) (T, error) {
	object, ok := obj.(T)
	if !ok {
		return object, fmt.Errorf("%s: the indexer holds a %T", l.resource, obj)
	}
	return object, nil
}

// GenericLister lists objects whose type isn't known.
type GenericLister interface {
	// List returns the objects of all namespaces that the selector matches.
	List(selector labels.Selector) (ret []runtime.Object, err error)
	// Get returns the object whose key is name.
	Get(name string) (runtime.Object, error)
	// ByNamespace returns a lister of one namespace.
	ByNamespace(namespace string) GenericNamespaceLister
}

// GenericNamespaceLister lists the objects of one namespace.
type GenericNamespaceLister interface {
	// List returns the objects of the namespace that the selector matches.
	List(selector labels.Selector) (ret []runtime.Object, err error)
	// Get returns the object with this name.
	Get(name string) (runtime.Object, error)
}

// NewGenericLister returns a lister of all objects in the indexer.
func NewGenericLister(indexer store.Indexer, resource schema.GroupResource) GenericLister {
	return genericLister{New[runtime.Object](indexer, resource)}
}

type genericLister struct {
	ResourceIndexer[runtime.Object]
}

func (l genericLister) ByNamespace(namespace string) GenericNamespaceLister {
	return NewNamespaced(l.ResourceIndexer, namespace)
}
