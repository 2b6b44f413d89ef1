package lister

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/store"
)

// AppendFunc gets each object that matches.
type AppendFunc func(any)

// ListAll calls appendFn for each object of the store that the selector matches, in no order.
func ListAll(from store.Store, selector labels.Selector, appendFn AppendFunc) error {
	if labels.MatchesNothing(selector) {
		return nil
	}
	return appendMatching(from.List(), selector, appendFn)
}

// ListAllByNamespace does the same within one namespace, or in all if it is "". It asks the index
// store.NamespaceIndex; an indexer that has none is searched as a whole, with a warning in the log.
func ListAllByNamespace(indexer store.Indexer, namespace string, selector labels.Selector, appendFn AppendFunc) error {
	if namespace == metav1.NamespaceAll {
		return ListAll(indexer, selector, appendFn)
	}
	if labels.MatchesNothing(selector) {
		return nil
	}
	objects, err := indexer.Index(store.NamespaceIndex, &metav1.ObjectMeta{Namespace: namespace})
	if err == nil {
		return appendMatching(objects, selector, appendFn)
	}
	// A lister has no context to take a logger from.
	klog.TODO().Info("Listing a namespace without its index: all objects are searched", "namespace", namespace, "err", err)
	objects, err = inNamespace(indexer.List(), namespace)
	if err != nil {
		return err
	}
	return appendMatching(objects, selector, appendFn)
}

// inNamespace moves those of the namespace to the front.
func inNamespace(objects []any, namespace string) ([]any, error) {
	inside := objects[:0]
	for _, obj := range objects {
		object, err := meta.Accessor(obj)
		if err != nil {
			return nil, err
		}
		if object.GetNamespace() == namespace {
			inside = append(inside, obj)
		}
	}
	return inside, nil
}

func appendMatching(objects []any, selector labels.Selector, appendFn AppendFunc) error {
	everything := selector.Empty()
	for _, obj := range objects {
		if !everything {
			object, err := meta.Accessor(obj)
			if err != nil {
				return err
			}
			if !selector.Matches(labels.Set(object.GetLabels())) {
				continue
			}
		}
		appendFn(obj)
	}
	return nil
}
