package conformance_test

import (
	"context"
	"errors"
	"net/http"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	theirscheme "k8s.io/client-go/kubernetes/scheme"
	theirrest "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/informer"
	ourscheme "client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/reflector"
	ourrest "client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

// side is one library's shared informer, with what the scripts need of it.
type side interface {
	run(ctx context.Context)
	addHandler(r *recorder, resync time.Duration) (registration, error)
	addIndexers(name string, index func(any) ([]string, error)) error
	state() sideState
	contents() indexer
}

type registration struct {
	hasSynced func() bool
	remove    func() error
}

type sideState struct {
	HasSynced, IsStopped bool
	LastSync, StoreSync  string // resourceVersions
}

// indexer is what both libraries' indexers have in common.
type indexer interface {
	Add(obj any) error
	Update(obj any) error
	Delete(obj any) error
	List() []any
	ListKeys() []string
	LastStoreSyncResourceVersion() string
	Bookmark(rv string)
	Get(obj any) (any, bool, error)
	GetByKey(key string) (any, bool, error)
	Replace([]any, string) error
	Resync() error
	Index(indexName string, obj any) ([]any, error)
	IndexKeys(indexName, indexedValue string) ([]string, error)
	ListIndexFuncValues(indexName string) []string
	ByIndex(indexName, indexedValue string) ([]any, error)
}

// config is what an informer of either library is made from.
type config struct {
	source    source
	watchList bool
	transform func(any) (any, error)
	resync    time.Duration
	onError   func(error)
}

// source is where the objects come from.
type source interface {
	theirs() (*cache.ListWatch, error)
	ours() (*reflector.ListWatch, error)
}

// functions are a source in this process.
type functions struct {
	list  func(context.Context, metav1.ListOptions) (runtime.Object, error)
	watch func(context.Context, metav1.ListOptions) (watch.Interface, error)
}

func (f functions) theirs() (*cache.ListWatch, error) {
	return &cache.ListWatch{ListWithContextFunc: f.list, WatchFuncWithContext: f.watch}, nil
}

func (f functions) ours() (*reflector.ListWatch, error) {
	return &reflector.ListWatch{ListWithContextFunc: f.list, WatchFuncWithContext: f.watch}, nil
}

// overHTTP is the pods of a server.
type overHTTP struct {
	client    *http.Client
	url       string
	mediaType string
	options   func(*metav1.ListOptions)
}

func (o overHTTP) theirs() (*cache.ListWatch, error) {
	c, err := theirrest.RESTClientForConfigAndClient(&theirrest.Config{
		Host: o.url, APIPath: "/api", QPS: -1,
		ContentConfig: theirrest.ContentConfig{GroupVersion: &corev1.SchemeGroupVersion, NegotiatedSerializer: theirscheme.Codecs.WithoutConversion(), ContentType: o.mediaType},
	}, o.client)
	if err != nil {
		return nil, err
	}
	return cache.NewFilteredListWatchFromClient(c, "pods", metav1.NamespaceAll, o.options), nil
}

func (o overHTTP) ours() (*reflector.ListWatch, error) {
	c, err := ourrest.RESTClientForConfigAndClient(&ourrest.Config{
		Host: o.url, APIPath: "/api", QPS: -1,
		ContentConfig: ourrest.ContentConfig{GroupVersion: &corev1.SchemeGroupVersion, NegotiatedSerializer: ourscheme.Codecs.WithoutConversion(), ContentType: o.mediaType},
	}, o.client)
	if err != nil {
		return nil, err
	}
	return reflector.NewFilteredListWatchFromClient(c, "pods", metav1.NamespaceAll, o.options), nil
}

// semantics is a client that says whether it can stream lists.
type semantics struct{ watchList bool }

func (s semantics) IsWatchListSemanticsUnSupported() bool { return !s.watchList }

const byUsers = "byUsers"

// users is an index function of several values an object, or none.
func users(obj any) ([]string, error) {
	pod, ok := obj.(*corev1.Pod)
	if !ok {
		return nil, errors.New("no pod")
	}
	return splitUsers(pod.Annotations["users"]), nil
}

type theirSide struct{ cache.SharedIndexInformer }

func newTheirs(c config) (side, error) {
	lw, err := c.source.theirs()
	if err != nil {
		return nil, err
	}
	s := theirSide{cache.NewSharedIndexInformer(cache.ToListWatcherWithWatchListSemantics(lw, semantics{c.watchList}), &corev1.Pod{}, c.resync,
		cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc, byUsers: users})}
	return s, errors.Join(
		s.SetTransform(c.transform),
		s.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *cache.Reflector, err error) { c.onError(err) }),
	)
}

func (s theirSide) run(ctx context.Context) { s.RunWithContext(ctx) }

func (s theirSide) addHandler(r *recorder, resync time.Duration) (registration, error) {
	handle, err := s.AddEventHandlerWithResyncPeriod(r, resync)
	if err != nil {
		return registration{}, err
	}
	return registration{handle.HasSynced, func() error { return cache.ShutDownEventHandler(s, handle) }}, nil
}

func (s theirSide) addIndexers(name string, index func(any) ([]string, error)) error {
	return s.AddIndexers(cache.Indexers{name: index})
}

func (s theirSide) state() sideState {
	return sideState{s.HasSynced(), s.IsStopped(), s.LastSyncResourceVersion(), s.GetStore().LastStoreSyncResourceVersion()}
}

func (s theirSide) contents() indexer { return s.GetIndexer() }

type ourSide struct{ informer.SharedIndexInformer }

func newOurs(c config) (side, error) {
	lw, err := c.source.ours()
	if err != nil {
		return nil, err
	}
	s := ourSide{informer.NewSharedIndexInformer(reflector.ToListWatcherWithWatchListSemantics(lw, semantics{c.watchList}), &corev1.Pod{}, c.resync,
		store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc, byUsers: users})}
	return s, errors.Join(
		s.SetTransform(c.transform),
		s.SetWatchErrorHandlerWithContext(func(_ context.Context, _ *reflector.Reflector, err error) { c.onError(err) }),
	)
}

func (s ourSide) run(ctx context.Context) { s.RunWithContext(ctx) }

func (s ourSide) addHandler(r *recorder, resync time.Duration) (registration, error) {
	handle, err := s.AddEventHandlerWithResyncPeriod(r, resync)
	if err != nil {
		return registration{}, err
	}
	return registration{handle.HasSynced, func() error { return informer.ShutDownEventHandler(s, handle) }}, nil
}

func (s ourSide) addIndexers(name string, index func(any) ([]string, error)) error {
	return s.AddIndexers(store.Indexers{name: index})
}

func (s ourSide) state() sideState {
	return sideState{s.HasSynced(), s.IsStopped(), s.LastSyncResourceVersion(), s.GetStore().LastStoreSyncResourceVersion()}
}

func (s ourSide) contents() indexer { return s.GetIndexer() }
