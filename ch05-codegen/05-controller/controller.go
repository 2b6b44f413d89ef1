package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned"
	websiteinformers "client-go-workbook/ch05-codegen/generated/informers/externalversions"
	informersv1alpha1 "client-go-workbook/ch05-codegen/generated/informers/externalversions/website/v1alpha1"
	websitelisters "client-go-workbook/ch05-codegen/generated/listers/website/v1alpha1"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/informers"
	"client-go-workbook/lib/kubernetes"
	appslisters "client-go-workbook/lib/listers/apps/v1"
	corelisters "client-go-workbook/lib/listers/core/v1"
	"client-go-workbook/lib/record"
	"client-go-workbook/lib/store"
	"client-go-workbook/lib/workqueue"
)

// grace is how long Run goes on after its context has ended. Kubernetes gives a pod 30 s.
const grace = 20 * time.Second

// controller makes of each Website a Deployment and a Service, and enters its host in the zone.
//
//	Websites ────┐                                         ┌──▶ Deployment, Service   parts.go
//	Deployments ─┼─▶ queue ──key──▶ worker: sync ──writes──┼──▶ host in the zone      zone.go
//	Services ────┤     ▲                     │ error       └──▶ status, events         status.go
//	zone ────────┘     └── AddRateLimited ───┘
//
// It reads what its informers have heard, and asks the server where that isn't good enough: server.go.
// It keeps no state of its own: what has to be done follows from how things are. So it may be
// killed at any point, and several may run at once. Then all of them do all of the work: who comes
// second finds it done, or its write is refused. To elect a leader would save that, no more.
type controller struct {
	options
	websites    websitelisters.WebsiteLister
	byHost      store.TypedIndexer[*v1alpha1.Website]
	deployments appslisters.DeploymentLister
	services    corelisters.ServiceLister
	server      server
	zone        *zone
	queue       workqueue.TypedRateLimitingInterface[store.ObjectName]

	informers []factory
	told      []informer.DoneChecker // the handlers know what was there at the start
}

// options are what a controller is made of.
type options struct {
	Client     versioned.Interface
	Kubernetes kubernetes.Interface
	Recorder   record.EventRecorder
	Limiter    workqueue.TypedRateLimiter[store.ObjectName]
	Namespace  string           // of the Websites; "" is all
	Zone       store.ObjectName // the ConfigMap that is the zone
}

// factory is what factories of all clientsets have in common.
type factory interface {
	StartWithContext(ctx context.Context)
	Shutdown()
}

// newController makes a controller, which can run once.
func newController(o options) (*controller, error) {
	sites := websiteinformers.NewSharedInformerFactoryWithOptions(o.Client, 0, websiteinformers.WithNamespace(o.Namespace))
	owned := informers.NewSharedInformerFactoryWithOptions(o.Kubernetes, 0, informers.WithNamespace(o.Namespace))
	zones := informers.NewSharedInformerFactoryWithOptions(o.Kubernetes, 0,
		informers.WithNamespace(o.Zone.Namespace), informers.WithTweakListOptions(only(o.Zone.Name)))
	websites := informersv1alpha1.ToTypedWebsiteInformer(sites.Workbook().V1alpha1().Websites())
	deployments, services, configMaps := owned.Apps().V1().Deployments(), owned.Core().V1().Services(), zones.Core().V1().ConfigMaps()

	c := &controller{
		options:     o,
		websites:    websites.Lister(),
		byHost:      websites.TypedInformer().GetTypedIndexer(),
		deployments: deployments.Lister(),
		services:    services.Lister(),
		server:      server{o.Client},
		zone: &zone{
			name:   o.Zone.Name,
			cache:  configMaps.Lister().ConfigMaps(o.Zone.Namespace),
			api:    o.Kubernetes.CoreV1().ConfigMaps(o.Zone.Namespace),
			server: server{o.Client},
		},
		queue: workqueue.NewTypedRateLimitingQueueWithConfig(o.Limiter, workqueue.TypedRateLimitingQueueConfig[store.ObjectName]{
			Name: "websites",
		}),
		informers: []factory{sites, owned, zones},
	}
	indexers := informersv1alpha1.WebsiteIndexers{"host": func(site *v1alpha1.Website) ([]string, error) { return []string{site.Spec.Host}, nil }}
	return c, errors.Join(
		websites.TypedInformer().AddTypedIndexers(indexers),
		c.listen(websites.Informer(), c.sameName()),
		c.listen(deployments.Informer(), c.sameName()),
		c.listen(services.Informer(), c.sameName()),
		c.listen(configMaps.Informer(), c.sameHost()),
	)
}

func only(name string) func(*metav1.ListOptions) {
	return func(o *metav1.ListOptions) { o.FieldSelector = "metadata.name=" + name }
}

func (c *controller) listen(to informer.SharedIndexInformer, handler informer.ResourceEventHandler) error {
	registration, err := to.AddEventHandler(handler)
	if err == nil {
		c.told = append(c.told, registration.HasSyncedChecker())
	}
	return err
}

// sameName queues a key and does nothing else: a handler holds up the informer. What is made of a
// Website bears its name, and so does what is in its way. If it didn't, metav1.GetControllerOf
// would tell the owner of the one, and an index would find who waits for the other.
//
// It asks not what has changed. What the controller writes itself comes back here too; then sync finds
// nothing to do, which costs it no request.
func (c *controller) sameName() informer.ResourceEventHandler {
	enqueue := func(obj any) {
		key, err := store.DeletionHandlingObjectToName(obj)
		if err != nil {
			utilruntime.HandleError(err)
			return
		}
		c.queue.Add(key)
	}
	return informer.ResourceEventHandlerFuncs{
		AddFunc:    enqueue,
		UpdateFunc: func(_, obj any) { enqueue(obj) },
		DeleteFunc: enqueue,
	}
}

// Run works until ctx ends. Then it takes nothing new, finishes what is queued and what is in
// work, and returns when no worker is left. What waits for its next try then is dropped, as
// is all that happens later: the next start begins with a list, and finds it.
func (c *controller) Run(ctx context.Context, workers int) error {
	alive, end := context.WithCancel(context.WithoutCancel(ctx)) // who finishes needs requests and news
	for _, f := range c.informers {
		f.StartWithContext(alive)
		defer f.Shutdown() // waits for them
	}
	defer end()
	defer c.queue.ShutDown()

	// Before all is known, each Deployment would seem to be missing.
	if !informer.WaitFor(ctx, "", c.told...) {
		return fmt.Errorf("wait for the lists of what is there: %w", context.Cause(ctx))
	}
	var work sync.WaitGroup
	for range workers {
		work.Go(func() {
			for c.processNext(alive) {
			}
		})
	}

	<-ctx.Done()
	defer time.AfterFunc(grace, end).Stop()
	klog.FromContext(ctx).Info("Draining", "queued", c.queue.Len())
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
	defer c.queue.Done(key) // whatever happens; until then no other worker gets this key

	err := c.sync(ctx, key)
	if err == nil {
		c.queue.Forget(key)
		return true
	}
	c.queue.AddRateLimited(key)
	logger := klog.FromContext(ctx).WithValues("website", key, "failures", c.queue.NumRequeues(key))
	if behind(err) {
		logger.V(2).Info("Trying again with a newer cache", "err", err)
	} else {
		logger.Error(err, "Trying again")
	}
	return true
}

// sync makes one Website as it should be. It looks at how things are, not at what has happened, so
// that it may be called at any time, and any number of times. Every error is worth another try.
func (c *controller) sync(ctx context.Context, key store.ObjectName) error {
	site, err := c.websites.Websites(key.Namespace).Get(key.Name)
	if apierrors.IsNotFound(err) {
		return c.zone.forget(ctx, key)
	}
	if err != nil {
		return err
	}
	if site.DeletionTimestamp != nil {
		return c.finalize(ctx, site)
	}
	if site, err = c.protect(ctx, site); err != nil {
		return err
	}
	made, err := c.reconcile(ctx, site)
	var refused *refusal
	switch {
	case err == nil:
	case errors.As(err, &refused):
		err = nil
	case behind(err):
		return err
	default:
		c.Recorder.Event(site, corev1.EventTypeWarning, v1alpha1.ReasonSyncFailed, err.Error())
		if apierrors.ReasonForError(err) == metav1.StatusReasonUnknown {
			return err // no answer says nothing about the Website
		}
		refused = &refusal{v1alpha1.ReasonSyncFailed, err.Error()}
	}
	return errors.Join(err, c.report(ctx, site, made, refused))
}

// parts are what a Website has; nil is what has yet to be made.
type parts struct {
	deployment *appsv1.Deployment
	service    *corev1.Service
}

// reconcile makes the parts in this order: nobody is led to a site that isn't there.
func (c *controller) reconcile(ctx context.Context, site *v1alpha1.Website) (made parts, err error) {
	if made.deployment, err = c.deployment(site).ensure(ctx); err != nil || made.deployment == nil {
		return made, err
	}
	if made.service, err = c.service(site).ensure(ctx); err != nil || made.service == nil {
		return made, err
	}
	return made, c.enter(ctx, site)
}

// refusal is a problem that only people can solve. To try again would not help; when they have
// solved it, there is an event. Meanwhile the Website's status tells it.
type refusal struct{ reason, message string }

func (r *refusal) Error() string { return r.message }
