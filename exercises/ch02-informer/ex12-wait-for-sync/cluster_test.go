package waitforsync_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	waitforsync "client-go-workbook/exercises/ch02-informer/ex12-wait-for-sync"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
)

func TestClusterHasBeenHeardOf(t *testing.T) {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	client, err := dynamic.NewForConfig(cfg)
	notBefore.NoError(t, err, "make a client for the cluster")
	ns := cluster.NamespaceForTest(t, cfg)
	e := &ears{takes: 20 * time.Millisecond}
	c := &waitforsync.Controller{Handler: e}
	for _, kind := range []struct{ name, resource string }{{"ConfigMap", "configmaps"}, {"Secret", "secrets"}} {
		objects := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: kind.resource}).Namespace(ns)
		for n := range 15 {
			_, err := objects.Create(t.Context(), labelled(kind.name, fmt.Sprint("object-", n)), metav1.CreateOptions{})
			notBefore.NoError(t, err, "create a %s", kind.name)
		}
		c.Informers = append(c.Informers, informer.NewSharedIndexInformerWithOptions(&reflector.ListWatch{
			ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
				options.LabelSelector = "exercise"
				return objects.List(ctx, options)
			},
			WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
				options.LabelSelector = "exercise"
				return objects.Watch(ctx, options)
			},
		}, &unstructured.Unstructured{}, informer.SharedIndexInformerOptions{}))
	}
	heard := -1
	c.Work = func(context.Context) { heard = e.count() }
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	notBefore.NoError(t, c.Run(ctx), "run an informer of ConfigMaps and one of Secrets")
	notBefore.Equal(t, 30, heard, "look at how much the handler had heard when work began")
}

func labelled(kind, name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": kind,
		"metadata": map[string]any{"name": name, "labels": map[string]any{"exercise": "wait-for-sync"}},
	}}
}
