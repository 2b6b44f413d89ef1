package forget_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	forget "client-go-workbook/exercises/ch03-workqueue/ex06-forget"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
	"client-go-workbook/lib/workqueue"
)

const many = 12

// A real controller: an informer adds keys, three workers label what they find. Each ConfigMap meets a conflict first.
func TestClusterLabelsAllAndForgetsAll(t *testing.T) {
	l := newLabeller(t)
	for n := range many {
		_, err := l.objects.Create(t.Context(), named(fmt.Sprint("cart-", n)), metav1.CreateOptions{})
		again.NoError(t, err, "create a ConfigMap")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var running sync.WaitGroup
	running.Go(func() { l.carts.RunWithContext(ctx) })
	running.Go(func() { l.Run(ctx, 3) })
	defer running.Wait()
	defer cancel()

	labelled := 0
	for deadline := time.Now().Add(10 * time.Second); labelled < many && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		list, err := l.objects.List(ctx, metav1.ListOptions{LabelSelector: "priced=yes"})
		again.NoError(t, err, "list what is labelled")
		labelled = len(list.Items)
	}
	again.Equal(t, many, labelled, "create %d ConfigMaps, of which each meets a conflict: how many are labelled after 10s", many)
	again.Equal(t, many, l.met(), "%d ConfigMaps are labelled: how many conflicts were met on the way", many)
	forgotten.Equal(t, 0, l.remembered(), "all of them are labelled, and nothing is in work: of how many keys does the limiter count failures")
	givenUp.Equal(t, []string(nil), l.all(), "which keys were given up")
}

// labeller is a controller of ConfigMaps.
type labeller struct {
	*forget.Controller
	objects dynamic.ResourceInterface
	carts   informer.SharedIndexInformer

	mu        sync.Mutex
	conflicts map[string]bool // of each key, once
	gone      []string        // given up
}

func newLabeller(t *testing.T) *labeller {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	client, err := dynamic.NewForConfig(cfg)
	again.NoError(t, err, "make a client for the cluster")
	l := &labeller{conflicts: map[string]bool{}}
	l.objects = client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace(cluster.NamespaceForTest(t, cfg))
	l.carts = informer.NewSharedIndexInformerWithOptions(&reflector.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			options.LabelSelector = "exercise=forget"
			return l.objects.List(ctx, options)
		},
		WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
			options.LabelSelector = "exercise=forget"
			return l.objects.Watch(ctx, options)
		},
	}, &unstructured.Unstructured{}, informer.SharedIndexInformerOptions{})
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](50*time.Millisecond, time.Second)
	l.Controller = &forget.Controller{
		Queue: workqueue.NewTypedRateLimitingQueue(limiter), Reconcile: l.reconcile, MaxRetries: 10,
		GivenUp: func(key string, err error) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.gone = append(l.gone, fmt.Sprintf("%s: %v", key, err))
		},
	}
	add := func(obj any) {
		if key, err := store.MetaNamespaceKeyFunc(obj); err == nil {
			l.Queue.Add(key)
		}
	}
	_, err = l.carts.AddEventHandler(informer.ResourceEventHandlerFuncs{AddFunc: add, UpdateFunc: func(_, obj any) { add(obj) }})
	again.NoError(t, err, "add a handler")
	return l
}

// reconcile labels what isn't labelled. The first time somebody else writes just before.
func (l *labeller) reconcile(ctx context.Context, key string) error {
	obj, ok, err := l.carts.GetStore().GetByKey(key)
	if err != nil || !ok {
		return err
	}
	cart := obj.(*unstructured.Unstructured).DeepCopy()
	if cart.GetLabels()["priced"] == "yes" {
		return nil
	}
	if l.first(key) {
		other := cart.DeepCopy()
		other.SetAnnotations(map[string]string{"apples": "one more"})
		if _, err := l.objects.Update(ctx, other, metav1.UpdateOptions{}); err != nil {
			return fmt.Errorf("the other writer: %w", err)
		}
	}
	cart.SetLabels(map[string]string{"exercise": "forget", "priced": "yes"})
	_, err = l.objects.Update(ctx, cart, metav1.UpdateOptions{})
	if apierrors.IsConflict(err) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conflicts[key] = true
	}
	return err
}

func (l *labeller) first(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.conflicts[key]
	if !known {
		l.conflicts[key] = false
	}
	return !known
}

// met returns how many keys have met a conflict.
func (l *labeller) met() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, met := range l.conflicts {
		if met {
			n++
		}
	}
	return n
}

func (l *labeller) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.gone
}

// remembered returns how many keys have failures that the limiter counts, when it has had time to forget.
func (l *labeller) remembered() int {
	for deadline := time.Now().Add(3 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		keys := 0
		for _, key := range l.carts.GetStore().ListKeys() {
			if l.Queue.NumRequeues(key) > 0 {
				keys++
			}
		}
		if keys == 0 || time.Now().After(deadline) {
			return keys
		}
	}
}

func named(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": name, "labels": map[string]any{"exercise": "forget"}},
	}}
}
