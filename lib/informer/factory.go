package informer

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/lister"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// SharedInformerFactory has one informer for each type of objects, for all who ask for it.
//
//	factory := informer.NewSharedInformerFactory(source, 0)
//	defer factory.Shutdown() // which needs the end of ctx: defer cancel() comes after it
//	pods, err := factory.ForResource(corev1.SchemeGroupVersion.WithResource("pods"))
//	…
//	pods.Informer().AddEventHandler(…)
//	factory.StartWithContext(ctx) // the informers that were asked for
//	if err := factory.WaitForCacheSyncWithContext(ctx).AsError(); err != nil { … }
//	pods.Lister().ByNamespace("shop").Get("web")
//
// What is waited for here are the stores. Who wants to know that a handler has been told, too, waits for its registration:
// see the example.
//
// Upstream: informers/factory.go. There, a source is built in: the generated clientset.
type SharedInformerFactory interface {
	// StartWithContext runs the informers that don't run yet, until the context ends. It doesn't wait. Who asks for more
	// informers later calls it again.
	StartWithContext(ctx context.Context)
	// WaitForCacheSyncWithContext waits until all informers that have been started have synced, or the context ends.
	WaitForCacheSyncWithContext(ctx context.Context) SyncResult
	// Shutdown keeps further informers from being started and waits for those that run; their contexts have to end, before
	// or meanwhile. It can be called more than once.
	Shutdown()

	// ForResource returns the informer of a resource, and a lister. The error is the Source's. Nothing is asked of the server: a
	// resource that it doesn't serve is one whose informer never syncs.
	ForResource(resource schema.GroupVersionResource) (GenericInformer, error)
	// InformerFor returns the informer for objects of obj's type. The first time it calls newFunc.
	InformerFor(obj runtime.Object, newFunc NewInformerFunc) SharedIndexInformer
}

// GenericInformer is an informer and its lister.
//
// Upstream: informers/generic.go.
type GenericInformer interface {
	Informer() SharedIndexInformer
	Lister() lister.GenericLister
}

// NewInformerFunc returns an informer whose handlers have this resync period if they ask for none.
type NewInformerFunc func(resyncPeriod time.Duration) SharedIndexInformer

// Source says where the objects of a resource come from, and of which Go type they are. SourceFor makes one for all types of
// a scheme. For types of one's own, reflector.NewListWatchForClient makes a ListerWatcher of a typed client.
type Source func(resource schema.GroupVersionResource, scope Scope) (Objects, error)

// Scope limits what is listed.
type Scope struct {
	Namespace        string                    // "" is all
	TweakListOptions func(*metav1.ListOptions) // may be nil
}

// Objects is what an informer needs to know of a resource.
type Objects struct {
	ListerWatcher reflector.ListerWatcher
	Example       runtime.Object
}

// SourceFor is a Source of all resources of a scheme. clientFor returns a REST client for a group and version; it is asked
// each time, and best returns a clientset's, so that all share a rate limit. Resources are told apart by the plurals that
// apimachinery guesses, which is right for all that is in k8s.io/api.
func SourceFor(scheme *runtime.Scheme, clientFor func(schema.GroupVersion) (reflector.Getter, error)) Source {
	return func(resource schema.GroupVersionResource, scope Scope) (Objects, error) {
		example, err := exampleOf(scheme, resource)
		if err != nil {
			return Objects{}, err
		}
		client, err := clientFor(resource.GroupVersion())
		if err != nil {
			return Objects{}, fmt.Errorf("client for %s: %w", resource.GroupVersion(), err)
		}
		tweak := scope.TweakListOptions
		if tweak == nil {
			tweak = func(*metav1.ListOptions) {}
		}
		return Objects{reflector.NewFilteredListWatchFromClient(client, resource.Resource, scope.Namespace, tweak), example}, nil
	}
}

func exampleOf(scheme *runtime.Scheme, resource schema.GroupVersionResource) (runtime.Object, error) {
	for kind := range scheme.KnownTypes(resource.GroupVersion()) {
		gvk := resource.GroupVersion().WithKind(kind)
		if plural, _ := meta.UnsafeGuessKindToResource(gvk); plural == resource {
			return scheme.New(gvk)
		}
	}
	return nil, fmt.Errorf("no type in the scheme for %s", resource)
}

// SharedInformerOption changes a factory while it is made.
type SharedInformerOption func(*sharedInformerFactory)

// WithCustomResyncConfig gives informers of objects of these types another resync period.
func WithCustomResyncConfig(resyncConfig map[metav1.Object]time.Duration) SharedInformerOption {
	return func(f *sharedInformerFactory) {
		for example, period := range resyncConfig {
			f.customResync[reflect.TypeOf(example)] = period
		}
	}
}

// WithTweakListOptions has tweak change the options of every list and watch, to select by label, say.
func WithTweakListOptions(tweak func(*metav1.ListOptions)) SharedInformerOption {
	return func(f *sharedInformerFactory) { f.scope.TweakListOptions = tweak }
}

// WithNamespace limits the factory to one namespace.
func WithNamespace(namespace string) SharedInformerOption {
	return func(f *sharedInformerFactory) { f.scope.Namespace = namespace }
}

// WithTransform sets the transform of every informer.
func WithTransform(transform store.TransformFunc) SharedInformerOption {
	return func(f *sharedInformerFactory) { f.transform = transform }
}

// NewSharedInformerFactory returns a factory for all namespaces. Without a source it has no ForResource, and all else: generated
// factories are built on it.
func NewSharedInformerFactory(source Source, defaultResync time.Duration) SharedInformerFactory {
	return NewSharedInformerFactoryWithOptions(source, defaultResync)
}

// NewSharedInformerFactoryWithOptions is NewSharedInformerFactory with everything that there is to choose.
func NewSharedInformerFactoryWithOptions(source Source, defaultResync time.Duration, options ...SharedInformerOption) SharedInformerFactory {
	f := &sharedInformerFactory{source: source, defaultResync: defaultResync, customResync: map[reflect.Type]time.Duration{}}
	for _, apply := range options {
		apply(f)
	}
	return f
}

type sharedInformerFactory struct {
	source        Source
	scope         Scope
	defaultResync time.Duration
	customResync  map[reflect.Type]time.Duration
	transform     store.TransformFunc
	informers     Group[reflect.Type]
}

func (f *sharedInformerFactory) StartWithContext(ctx context.Context) {
	f.informers.StartWithContext(ctx)
}

func (f *sharedInformerFactory) Shutdown() { f.informers.Shutdown() }

func (f *sharedInformerFactory) WaitForCacheSyncWithContext(ctx context.Context) SyncResult {
	result := SyncResult{Synced: f.informers.WaitForCacheSyncWithContext(ctx)}
	for _, synced := range result.Synced {
		if !synced {
			result.Err = context.Cause(ctx)
		}
	}
	return result
}

func (f *sharedInformerFactory) InformerFor(obj runtime.Object, newFunc NewInformerFunc) SharedIndexInformer {
	objectType := reflect.TypeOf(obj)
	return f.informers.InformerFor(objectType, func() SharedIndexInformer {
		resync, ok := f.customResync[objectType]
		if !ok {
			resync = f.defaultResync
		}
		informer := newFunc(resync)
		if f.transform != nil {
			_ = informer.SetTransform(f.transform) // it is new: it can't have been started
		}
		return informer
	})
}

func (f *sharedInformerFactory) ForResource(resource schema.GroupVersionResource) (GenericInformer, error) {
	if f.source == nil {
		return nil, fmt.Errorf("informer for %s: %w", resource, errNoSource)
	}
	objects, err := f.source(resource, f.scope)
	if err != nil {
		return nil, fmt.Errorf("informer for %s: %w", resource, err)
	}
	if _, untyped := objects.Example.(runtime.Unstructured); untyped {
		return nil, fmt.Errorf("informer for %s: %w", resource, errUntyped)
	}
	informer := f.InformerFor(objects.Example, func(resync time.Duration) SharedIndexInformer {
		return NewSharedIndexInformer(objects.ListerWatcher, objects.Example, resync,
			store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc})
	})
	return genericInformer{informer, resource.GroupResource()}, nil
}

var errNoSource = errors.New("the factory has no source")

var errUntyped = errors.New("unstructured objects of all resources have one type: use lib/dynamic/dynamicinformer")

type genericInformer struct {
	informer SharedIndexInformer
	resource schema.GroupResource
}

func (g genericInformer) Informer() SharedIndexInformer { return g.informer }

func (g genericInformer) Lister() lister.GenericLister {
	return lister.NewGenericLister(g.informer.GetIndexer(), g.resource)
}
