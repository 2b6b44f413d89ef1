// Package dynamicinformer makes shared informers and listers of resources for which there is no Go type.
//
//	factory.ForResource(GVR{apps, v1, deployments})
//	    ├─ Informer()  SharedIndexInformer of *unstructured.Unstructured ◀── lib/dynamic: list, watch
//	    └─ Lister()    lib/dynamic/dynamiclister over its indexer
//
// It is lib/informer's factory with a resource as the key in the place of a Go type, and with a source that knows
// every resource.
//
// Upstream: dynamic/dynamicinformer/informer.go, interface.go.
package dynamicinformer

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"

	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/dynamic/dynamiclister"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/lister"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// DynamicSharedInformerFactory has one informer for each resource, for all who ask for it.
type DynamicSharedInformerFactory interface {
	// Start runs the informers that don't run yet, until stopCh is closed. It doesn't wait. Who asks for more informers later
	// calls it again.
	Start(stopCh <-chan struct{})
	// ForResource returns the informer of a resource, and a lister. Nothing is asked of the server: a resource that it
	// doesn't serve is one whose informer never syncs.
	ForResource(gvr schema.GroupVersionResource) informer.GenericInformer
	// WaitForCacheSync waits until all informers that have been started have synced, or stopCh is closed. It says of each
	// whether it has.
	WaitForCacheSync(stopCh <-chan struct{}) map[schema.GroupVersionResource]bool
	// Shutdown keeps further informers from being started and waits for those that run; their channels have to be closed,
	// before or meanwhile. It can be called more than once.
	Shutdown()
}

// TweakListOptionsFunc changes the options of a list or watch, to select by label, say.
type TweakListOptionsFunc func(*metav1.ListOptions)

// NewDynamicSharedInformerFactory returns a factory for all namespaces.
func NewDynamicSharedInformerFactory(client dynamic.Interface, defaultResync time.Duration) DynamicSharedInformerFactory {
	return NewFilteredDynamicSharedInformerFactory(client, defaultResync, metav1.NamespaceAll, nil)
}

// NewFilteredDynamicSharedInformerFactory returns a factory for one namespace, or for all if it is "". tweakListOptions is called
// before every list and watch; it may be nil.
func NewFilteredDynamicSharedInformerFactory(
	client dynamic.Interface, defaultResync time.Duration, namespace string, tweakListOptions TweakListOptionsFunc,
) DynamicSharedInformerFactory {
	return &factory{client: client, defaultResync: defaultResync, namespace: namespace, tweak: tweakListOptions}
}

type factory struct {
	client        dynamic.Interface
	defaultResync time.Duration
	namespace     string
	tweak         TweakListOptionsFunc
	informers     informer.Group[schema.GroupVersionResource]
}

func (f *factory) Start(stopCh <-chan struct{}) {
	f.informers.StartWithContext(wait.ContextForChannel(stopCh))
}

func (f *factory) WaitForCacheSync(stopCh <-chan struct{}) map[schema.GroupVersionResource]bool {
	return f.informers.WaitForCacheSyncWithContext(wait.ContextForChannel(stopCh))
}

func (f *factory) Shutdown() { f.informers.Shutdown() }

func (f *factory) ForResource(gvr schema.GroupVersionResource) informer.GenericInformer {
	return dynamicInformer{gvr, f.informers.InformerFor(gvr, func() informer.SharedIndexInformer {
		return newInformer(f.client, gvr, f.namespace, f.defaultResync,
			store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc}, f.tweak)
	})}
}

// NewFilteredDynamicInformer returns an informer of one resource, which belongs to no factory: the caller runs it.
func NewFilteredDynamicInformer(
	client dynamic.Interface, gvr schema.GroupVersionResource, namespace string, resyncPeriod time.Duration, indexers store.Indexers,
	tweakListOptions TweakListOptionsFunc,
) informer.GenericInformer {
	return dynamicInformer{gvr, newInformer(client, gvr, namespace, resyncPeriod, indexers, tweakListOptions)}
}

func newInformer(
	client dynamic.Interface, gvr schema.GroupVersionResource, namespace string, resyncPeriod time.Duration, indexers store.Indexers,
	tweak TweakListOptionsFunc,
) informer.SharedIndexInformer {
	lw := reflector.NewListWatchForClient(client.Resource(gvr).Namespace(namespace), tweak)
	return informer.NewSharedIndexInformerWithOptions(lw, &unstructured.Unstructured{}, informer.SharedIndexInformerOptions{
		ResyncPeriod:      resyncPeriod,
		Indexers:          indexers,
		ObjectDescription: gvr.String(),
	})
}

type dynamicInformer struct {
	gvr      schema.GroupVersionResource
	informer informer.SharedIndexInformer
}

func (d dynamicInformer) Informer() informer.SharedIndexInformer { return d.informer }

func (d dynamicInformer) Lister() lister.GenericLister {
	return dynamiclister.NewRuntimeObjectShim(dynamiclister.New(d.informer.GetIndexer(), d.gvr))
}
