// Package listandwatch connects an informer of Websites with a client.
//
//	reflector ──List(ctx, options)───▶ tweak(a copy) ──▶ client.Websites(namespace).List
//	          ──Watch(ctx, options)──▶ tweak(a copy) ──▶ client.Websites(namespace).Watch
package listandwatch

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// ListWatch lists and watches the Websites of a namespace, of all if it is "".
//
// What the informer asks for is its own business: it has a resourceVersion, and wants bookmarks. The tweak has the last word
// all the same. It is called once for each request, with that request's options, and changes them; it may be nil. Requests
// may be made at the same time.
//
// If the client says of itself that it can't stream lists, as fake ones do, what is returned says so, too:
// reflector.ToListWatcherWithWatchListSemantics sees to that.
func ListWatch(client versioned.Interface, namespace string, tweak func(*metav1.ListOptions)) reflector.ListerWatcher {
	// TODO: Make a reflector.ListWatch of two functions.
	// You may need: context, k8s.io/apimachinery/pkg/runtime, k8s.io/apimachinery/pkg/watch
	panic("TODO ch05/ex06: fill in ListWatch")
}

// NewInformer returns an informer of the Websites that ListWatch is about. With nothing more than that, informer-gen makes a
// factory.
func NewInformer(client versioned.Interface, namespace string, tweak func(*metav1.ListOptions)) informer.SharedIndexInformer {
	return informer.NewSharedIndexInformerWithOptions(ListWatch(client, namespace, tweak), &v1alpha1.Website{}, informer.SharedIndexInformerOptions{
		Indexers: store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc},
	})
}
