package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/informer"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	listerscorev1 "client-go-workbook/lib/listers/core/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/retry"
	"client-go-workbook/lib/store"
	"client-go-workbook/lib/workqueue"
)

// qosLabel tells a pod's QoS class, which is in its status, where no selector finds it.
const qosLabel = "workbook.example/qos"

// grace is how long Run goes on after its context has ended. Kubernetes gives a pod 30 s.
const grace = 20 * time.Second

// controller gives each pod the label with its QoS class, and puts right what others make of it.
//
//	informer ──key──▶ queue ──key──▶ worker: sync ──PUT──▶ API server ──event──▶ informer
//	                    ▲                     │ error
//	                    └── AddRateLimited ───┘
//
// It keeps no state of its own: what has to be done follows from how the pods are.
type controller struct {
	pods     clientcorev1.PodsGetter
	informer informer.SharedIndexInformer
	told     informer.DoneChecker // the handler knows the first list
	lister   listerscorev1.PodLister
	queue    workqueue.TypedRateLimitingInterface[store.ObjectName]
}

// newController makes a controller of the pods of one namespace; "" is all. It can run once.
func newController(pods clientcorev1.PodsGetter, namespace string, limiter workqueue.TypedRateLimiter[store.ObjectName]) (*controller, error) {
	source := reflector.NewListWatchForClient(pods.Pods(namespace), nil)
	c := &controller{
		pods:     pods,
		informer: informer.NewSharedIndexInformerWithOptions(source, &corev1.Pod{}, informer.SharedIndexInformerOptions{}),
		queue: workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[store.ObjectName]{
			Name: "qos",
		}),
	}
	c.lister = listerscorev1.NewPodLister(c.informer.GetIndexer())
	handler, err := informer.NewTypedSharedIndexInformer[*corev1.Pod](c.informer).AddTypedEventHandler(c.handler())
	if err != nil {
		return nil, err
	}
	c.told = handler.HasSyncedChecker()
	return c, nil
}

// handler queues keys and does nothing else: it holds up the informer. Of a pod that is
// deleted nothing is left to do.
func (c *controller) handler() informer.TypedResourceEventHandler[*corev1.Pod] {
	return informer.TypedResourceEventHandlerFuncs[*corev1.Pod]{
		AddFunc: func(pod *corev1.Pod) { c.queue.Add(store.MetaObjectToName(pod)) },
		UpdateFunc: func(old, pod *corev1.Pod) {
			// Pods change all the time, mostly in ways that are none of our business.
			if old.Status.QOSClass != pod.Status.QOSClass || old.Labels[qosLabel] != pod.Labels[qosLabel] {
				c.queue.Add(store.MetaObjectToName(pod))
			}
		},
	}
}

// Run works until ctx ends. Then it takes nothing new, finishes what is queued and what is in
// work, and returns when no worker is left. What waits for its next try then is dropped, as
// is all that happens later: the next start begins with a list, and finds it.
func (c *controller) Run(ctx context.Context, workers int) error {
	alive, end := context.WithCancel(context.WithoutCancel(ctx)) // who finishes needs requests and news
	var informing, work sync.WaitGroup
	informing.Go(func() { c.informer.RunWithContext(alive) })
	defer informing.Wait()
	defer end()
	defer c.queue.ShutDown()

	if !informer.WaitFor(ctx, "", c.told) {
		return fmt.Errorf("wait for the list of pods: %w", context.Cause(ctx))
	}
	for range workers {
		work.Go(func() {
			for c.processNext(alive) {
			}
		})
	}

	<-ctx.Done()
	defer time.AfterFunc(grace, end).Stop()
	klog.FromContext(ctx).Info("Draining", "queued", c.queue.Len())
	// Not ShutDownWithDrain: it returns as soon as nothing is in work, also if some is queued. A
	// worker ends when there is neither.
	c.queue.ShutDown()
	work.Wait()
	klog.FromContext(ctx).Info("Drained", "queued", c.queue.Len())
	return nil
}

// processNext waits for a key and processes it. It returns false when there will be no more.
func (c *controller) processNext(ctx context.Context) bool {
	key, shutdown := c.queue.Get()
	if shutdown {
		return false
	}
	defer c.queue.Done(key) // whatever happens

	err := c.sync(ctx, key)
	if err != nil && c.queue.ShuttingDown() { // which takes nothing back: now or never
		err = retry.OnError(retry.DefaultBackoff, func(error) bool { return ctx.Err() == nil },
			func() error { return c.sync(ctx, key) })
	}
	if err == nil {
		c.queue.Forget(key)
		return true
	}
	c.queue.AddRateLimited(key)
	logger := klog.FromContext(ctx)
	if c.queue.ShuttingDown() {
		logger.Error(err, "Left to the next start", "pod", key)
	} else {
		logger.Info("Trying again", "pod", key, "failures", c.queue.NumRequeues(key), "err", err)
	}
	return true
}

// sync makes one pod as it should be. It looks at how things are, not at what has happened, so
// that it may be called at any time, and any number of times. Every error is worth another try.
func (c *controller) sync(ctx context.Context, key store.ObjectName) error {
	pod, err := c.lister.Pods(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) {
		return nil // deleted since it was queued
	}
	if err != nil {
		return err
	}
	class := string(pod.Status.QOSClass)
	if pod.Labels[qosLabel] == class || pod.DeletionTimestamp != nil {
		return nil
	}

	pod = pod.DeepCopy() // the one in the cache is everybody's
	metav1.SetMetaDataLabel(&pod.ObjectMeta, qosLabel, class)
	// The resourceVersion goes with it: if somebody else has changed the pod since the cache
	// heard of it, this is a 409, and nothing is overwritten.
	_, err = c.pods.Pods(key.Namespace).Update(ctx, pod, metav1.UpdateOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("label pod %s as %s: %w", key, class, err)
	}
	klog.FromContext(ctx).Info("Labelled", "pod", key, "qos", class)
	return nil
}
