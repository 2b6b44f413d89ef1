package latehandler_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	latehandler "client-go-workbook/exercises/ch02-informer/ex10-late-handler"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

// The whole way: reflector, queue, store, two handlers. The second one joins while ConfigMaps come.
func TestClusterBothHearTheSame(t *testing.T) {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	client, err := dynamic.NewForConfig(cfg)
	current.NoError(t, err, "make a client for the cluster")
	objects := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace(cluster.NamespaceForTest(t, cfg))

	i, stop := watching(t, objects)
	defer stop()
	first, second := &counter{times: map[string]int{}}, &counter{times: map[string]int{}}
	i.AddEventHandler(first)
	const many = 30
	for n := range many {
		if n == many/2 {
			i.AddEventHandler(second)
		}
		_, err := objects.Create(t.Context(), named(fmt.Sprint("map-", n)), metav1.CreateOptions{})
		current.NoError(t, err, "create a ConfigMap")
	}
	for _, c := range []*counter{first, second} {
		c.wait(t, many)
	}
}

// watching starts an Informer of these objects. stop ends it, and waits.
func watching(t *testing.T, objects dynamic.ResourceInterface) (i *latehandler.Informer, stop func()) {
	known := store.NewStore(store.DeletionHandlingMetaNamespaceKeyFunc)
	i = latehandler.New(known)
	queue := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KnownObjects: known, EmitDeltaTypeReplaced: true})
	r := reflector.NewReflectorWithOptions(&reflector.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			return objects.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			return objects.Watch(ctx, options)
		},
	}, &unstructured.Unstructured{}, queue, reflector.ReflectorOptions{})
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.RunWithContext(ctx) })
	running.Go(func() {
		for {
			_, err := queue.Pop(func(obj any, _ bool) error { return i.Process(obj.(fifo.Deltas)) })
			if err != nil {
				return
			}
		}
	})
	return i, func() {
		cancel()
		queue.Close()
		running.Wait()
		i.Stop()
	}
}

// counter counts how often it hears of each of the test's objects as new.
type counter struct {
	informer.ResourceEventHandlerFuncs
	mu    sync.Mutex
	times map[string]int
}

func (c *counter) OnAdd(obj any, _ bool) {
	if name := obj.(metav1.Object).GetName(); strings.HasPrefix(name, "map-") {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.times[name]++
	}
}

// wait waits until it has heard of so many, each once.
func (c *counter) wait(t *testing.T, many int) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for {
		c.mu.Lock()
		heard, twice := len(c.times), 0
		for _, n := range c.times {
			twice = max(twice, n)
		}
		c.mu.Unlock()
		if heard == many && twice == 1 {
			return
		}
		if twice > 1 || time.Now().After(deadline) {
			current.Broken(t, invariant.Report{
				Doing:    fmt.Sprintf("create %d ConfigMaps, while a second handler joins", many),
				Expected: fmt.Sprintf("each handler hears of all %d, once", many),
				Saw:      fmt.Sprintf("one heard of %d, of some %d times", heard, twice),
			})
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func named(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": name}}}
}
