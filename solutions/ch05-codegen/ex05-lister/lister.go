// Package lister reads Websites from an informer's indexer, as lister-gen would have it.
//
//	lister.List(selector)                     all that are there ─────────────┐
//	lister.Websites("shop").List(selector)    index "namespace", value "shop" ┴─▶ those that the selector matches
//	lister.Websites("shop").Get("web")        key "shop/web" ───────────────────▶ that one, or NotFound
package lister

import (
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/labels"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/lib/store"
)

// WebsiteLister reads Websites from an indexer. They are the indexer's own: copy what you want to change.
type WebsiteLister struct{ indexer store.Indexer }

// NewWebsiteLister returns a lister of all Websites in the indexer.
func NewWebsiteLister(indexer store.Indexer) WebsiteLister { return WebsiteLister{indexer} }

// List returns the Websites that the selector matches, of all namespaces.
func (l WebsiteLister) List(selector labels.Selector) ([]*v1alpha1.Website, error) {
	return l.find(query{selector: selector})
}

// Websites returns a lister of one namespace; of all, if it is "".
func (l WebsiteLister) Websites(namespace string) WebsiteNamespaceLister {
	return WebsiteNamespaceLister{l, namespace}
}

// WebsiteNamespaceLister is WebsiteLister for one namespace.
type WebsiteNamespaceLister struct {
	all       WebsiteLister
	namespace string
}

// List returns the Websites of the namespace that the selector matches.
func (l WebsiteNamespaceLister) List(selector labels.Selector) ([]*v1alpha1.Website, error) {
	return l.all.find(query{namespace: l.namespace, selector: selector})
}

// Get returns the Website with this name, or a NotFound error.
func (l WebsiteNamespaceLister) Get(name string) (*v1alpha1.Website, error) {
	found, err := l.all.find(query{namespace: l.namespace, name: &name})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	return found[0], nil
}

// query is what all methods ask.
type query struct {
	namespace string          // "" is all namespaces
	name      *string         // of the one Website that is meant; nil: those that the selector matches
	selector  labels.Selector // only without a name
}

// find answers a query with the indexer's own objects, in no order. It looks at no more of them than it must: the indexer
// knows keys, which are store.NewObjectName's, and namespaces, in the index store.NamespaceIndex.
//
// A Website that is asked for by its name and isn't there is a NotFound error, about v1alpha1.Resource("website"). Something
// in the indexer that is no Website is an error if it is among what is asked for, and so is an indexer without that index if
// a namespace is. With an error, nothing is returned.
func (l WebsiteLister) find(q query) ([]*v1alpha1.Website, error) {
	// BEGIN SOLUTION: Ask the indexer, in one of three ways. Then make Websites of what it returns, and select.

	var objects []any
	switch {
	case q.name != nil:
		obj, exists, err := l.indexer.GetByKey(store.NewObjectName(q.namespace, *q.name).String())
		if err != nil {
			return nil, err
		}
		if !exists {
			return nil, apierrors.NewNotFound(v1alpha1.Resource("website"), *q.name)
		}
		objects = []any{obj}
	case q.namespace == "":
		objects = l.indexer.List()
	default:
		inside, err := l.indexer.ByIndex(store.NamespaceIndex, q.namespace)
		if err != nil {
			return nil, err
		}
		objects = inside
	}
	var found []*v1alpha1.Website
	for _, obj := range objects {
		site, ok := obj.(*v1alpha1.Website)
		if !ok {
			return nil, fmt.Errorf("list websites: the indexer holds a %T", obj)
		}
		if q.name != nil || q.selector.Matches(labels.Set(site.Labels)) {
			found = append(found, site)
		}
	}
	return found, nil
	// END SOLUTION
}
