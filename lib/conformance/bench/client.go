package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	theirscheme "k8s.io/client-go/kubernetes/scheme"
	theirrest "k8s.io/client-go/rest"
	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/informer"
	ourscheme "client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/reflector"
	ourrest "client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

// client is what a child needs to know in order to run an informer of pods, and to measure it.
type client struct {
	Ours      bool
	URL       string
	MediaType string
	List      bool // start with a list, not with a watch-list
	Pods      int  // that there are
	Events    int  // that come after them; 0: measure the first sync
}

// run starts an informer with a handler, and returns when ctx ends and the informer has. It calls ready when
// the handler has been told of all pods.
type run func(ctx context.Context, h *handler, ready func()) error

func (c *client) measure(ctx context.Context) ([]float64, error) {
	run := c.runTheirs
	if c.Ours {
		run = c.runOurs
	}
	if c.Events > 0 {
		return c.measureStream(ctx, run)
	}
	return c.measureFirstSync(ctx, run)
}

// env chooses client-go's path. Ours takes it from the ListWatch.
func (c *client) env() string { return fmt.Sprintf("KUBE_FEATURE_WatchListClient=%t", !c.List) }

// accept asks for JSON if the server has no protobuf, as clientsets do.
func (c *client) accept() string {
	if c.MediaType == runtime.ContentTypeJSON {
		return c.MediaType
	}
	return c.MediaType + "," + runtime.ContentTypeJSON
}

func (c *client) runTheirs(ctx context.Context, h *handler, ready func()) error {
	rest, err := theirrest.RESTClientFor(&theirrest.Config{
		Host: c.URL, APIPath: "/api", QPS: -1,
		ContentConfig: theirrest.ContentConfig{
			GroupVersion: &corev1.SchemeGroupVersion, NegotiatedSerializer: theirscheme.Codecs.WithoutConversion(),
			ContentType: c.MediaType, AcceptContentTypes: c.accept(),
		},
	})
	if err != nil {
		return err
	}
	lw := cache.NewListWatchFromClient(rest, "pods", metav1.NamespaceAll, fields.Everything())
	pods := cache.NewSharedIndexInformer(lw, &corev1.Pod{}, 0, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc, nodeIndex: byNode})
	registration, err := pods.AddEventHandler(h)
	if err != nil {
		return err
	}
	go func() {
		if cache.WaitFor(ctx, "", registration.HasSyncedChecker()) {
			ready()
		}
	}()
	pods.RunWithContext(ctx)
	return nil
}

func (c *client) runOurs(ctx context.Context, h *handler, ready func()) error {
	rest, err := ourrest.RESTClientFor(&ourrest.Config{
		Host: c.URL, APIPath: "/api", QPS: -1,
		ContentConfig: ourrest.ContentConfig{
			GroupVersion: &corev1.SchemeGroupVersion, NegotiatedSerializer: ourscheme.Codecs.WithoutConversion(),
			ContentType: c.MediaType, AcceptContentTypes: c.accept(),
		},
	})
	if err != nil {
		return err
	}
	lw := reflector.NewListWatchFromClient(rest, "pods", metav1.NamespaceAll, fields.Everything())
	lw.DisableWatchList = c.List
	pods := informer.NewSharedIndexInformer(lw, &corev1.Pod{}, 0, store.Indexers{store.NamespaceIndex: store.MetaNamespaceIndexFunc, nodeIndex: byNode})
	registration, err := pods.AddEventHandler(h)
	if err != nil {
		return err
	}
	go func() {
		if informer.WaitFor(ctx, "", registration.HasSyncedChecker()) {
			ready()
		}
	}()
	pods.RunWithContext(ctx)
	return nil
}

// handler counts, as both libraries' ResourceEventHandler.
type handler struct {
	adds     int
	onUpdate func()
}

func (h *handler) OnAdd(any, bool)   { h.adds++ }
func (h *handler) OnUpdate(_, _ any) { h.onUpdate() }
func (h *handler) OnDelete(any)      {}
