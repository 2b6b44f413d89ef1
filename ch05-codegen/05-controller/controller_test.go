package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/ch05-codegen/apis/website/v1alpha1"
	"client-go-workbook/ch05-codegen/generated/clientset/versioned/fake"
	kubernetesfake "client-go-workbook/lib/kubernetes/fake"
	appslisters "client-go-workbook/lib/listers/apps/v1"
	"client-go-workbook/lib/record"
	"client-go-workbook/lib/store"
	clienttesting "client-go-workbook/lib/testing"
	"client-go-workbook/lib/workqueue"
)

// bench is a controller on the generated fakes, on a clock that jumps.
type bench struct {
	*testing.T
	*controller
	sites    *fake.Clientset
	core     *kubernetesfake.Clientset
	recorder *record.FakeRecorder
}

// onBench plays a story with a controller that runs. Without workers nothing is done but what the story does.
func onBench(t *testing.T, workers int, objects []runtime.Object, story func(*bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, objects)
		ctx, stop := context.WithCancel(klog.NewContext(t.Context(), klog.Logger{}))
		var running sync.WaitGroup
		running.Go(func() { require.NoError(t, b.controller.Run(ctx, workers)) })
		defer running.Wait()
		defer stop()
		synctest.Wait()
		story(b)
	})
}

func newBench(t *testing.T, objects []runtime.Object) *bench {
	b := &bench{T: t, sites: fake.NewSimpleClientset(), core: kubernetesfake.NewSimpleClientset(), recorder: record.NewFakeRecorder(100)}
	for _, obj := range objects {
		tracker := b.core.Tracker()
		if _, ok := obj.(*v1alpha1.Website); ok {
			tracker = b.sites.Tracker()
		}
		require.NoError(t, tracker.Add(obj))
	}
	var err error
	b.controller, err = newController(options{
		Client: b.sites, Kubernetes: b.core, Recorder: b.recorder,
		Limiter: workqueue.NewTypedItemExponentialFailureRateLimiter[store.ObjectName](time.Second, time.Minute),
		Zone:    store.NewObjectName("system", "zone"),
	})
	require.NoError(t, err)
	return b
}

// writes are all requests that are no reads, of both clientsets.
func (b *bench) writes() []string {
	var writes []string
	for _, actions := range [][]clienttesting.Action{b.sites.Actions(), b.core.Actions()} {
		for _, a := range actions {
			switch a.GetVerb() {
			case "get", "list", "watch":
			default:
				write := a.GetVerb() + " " + a.GetResource().Resource
				if a.GetSubresource() != "" {
					write += "/" + a.GetSubresource()
				}
				writes = append(writes, write)
			}
		}
	}
	return writes
}

// events are all that have been recorded since the last call.
func (b *bench) events() []string {
	var events []string
	for {
		select {
		case event := <-b.recorder.Events:
			events = append(events, event)
		default:
			return events
		}
	}
}

// ready is what the server knows of a Website.
func (b *bench) ready(name string) *metav1.Condition {
	b.Helper()
	site, err := b.sites.WorkbookV1alpha1().Websites("street").Get(b.Context(), name, metav1.GetOptions{})
	require.NoError(b, err)
	ready := meta.FindStatusCondition(site.Status.Conditions, v1alpha1.Ready)
	require.NotNil(b, ready)
	return ready
}

// fail answers this many requests with an error; -1 is all.
func fail(times int, with error) clienttesting.ReactionFunc {
	return func(clienttesting.Action) (bool, runtime.Object, error) {
		if times == 0 {
			return false, nil, nil
		}
		times--
		return true, nil, with
	}
}

// site is a Website as the server would return it.
func site(name string) *v1alpha1.Website {
	site := website(name, name+".example.com")
	site.Namespace, site.UID, site.Generation = "street", "1", 1
	site.Spec.Port, site.Spec.Replicas = 8080, new(int32)
	return site
}

// TestAWebsiteBecomesItsParts in one go; what comes back then is nothing new.
func TestAWebsiteBecomesItsParts(t *testing.T) {
	onBench(t, 0, []runtime.Object{site("shop")}, func(b *bench) {
		key := store.NewObjectName("street", "shop")
		require.NoError(b, b.sync(b.Context(), key))
		require.Equal(b, []string{
			"update websites", "update websites/status",
			"create deployments", "create services", "create configmaps", "update configmaps",
		}, b.writes())
		require.Equal(b, []string{
			"Normal Created Deployment shop", "Normal Created Service shop", "Normal HostEntered shop.example.com leads here",
			"Normal Stopped no replicas are wanted",
		}, b.events())
		zone, err := b.core.CoreV1().ConfigMaps("system").Get(b.Context(), "zone", metav1.GetOptions{})
		require.NoError(b, err)
		require.Equal(b, map[string]string{"shop.example.com": "street/shop"}, zone.Data)

		synctest.Wait()
		b.sites.ClearActions()
		b.core.ClearActions()
		require.NoError(b, b.sync(b.Context(), key))
		require.Empty(b, b.sites.Actions(), "not even reads")
		require.Empty(b, b.core.Actions())
		require.Empty(b, b.events())
	})
}

// TestTheFinalizerComesFirst: what it is for must not be there without it.
func TestTheFinalizerComesFirst(t *testing.T) {
	onBench(t, 2, nil, func(b *bench) {
		b.sites.PrependReactor("update", "websites", fail(-1, apierrors.NewConflict(v1alpha1.Resource("websites"), "shop", nil)))
		require.NoError(b, b.sites.Tracker().Add(site("shop")))
		synctest.Wait()
		require.Equal(b, []string{"update websites"}, b.writes())
		require.Empty(b, b.events(), "a conflict is nobody's concern")
	})
}

// TestFailuresAreTriedAgainLaterAndLater, and told.
func TestFailuresAreTriedAgainLaterAndLater(t *testing.T) {
	onBench(t, 2, nil, func(b *bench) {
		b.core.PrependReactor("create", "deployments", fail(3, errors.New("out of order")))
		shop := site("shop")
		shop.Finalizers = []string{finalizer} // so that no write comes before the one that fails
		require.NoError(b, b.sites.Tracker().Add(shop))
		failed := []string{"Warning SyncFailed create Deployment street/shop: out of order"}
		synctest.Wait()
		require.Equal(b, failed, b.events())
		for _, wait := range []time.Duration{time.Second, 2 * time.Second} {
			time.Sleep(wait - time.Nanosecond)
			synctest.Wait()
			require.Empty(b, b.events())
			time.Sleep(time.Nanosecond)
			synctest.Wait()
			require.Equal(b, failed, b.events())
		}
		require.Equal(b, 3, b.queue.NumRequeues(store.NewObjectName("street", "shop")))
		time.Sleep(4 * time.Second)
		synctest.Wait()
		require.Contains(b, b.events(), "Normal Created Deployment shop")
		require.Zero(b, b.queue.NumRequeues(store.NewObjectName("street", "shop")), "a success makes failures forgotten")
	})
}

// TestTheCacheIsNotTouched: what is in it belongs to everybody. The writes fail here, so that nothing but the
// controller itself could have changed it.
func TestTheCacheIsNotTouched(t *testing.T) {
	outOfOrder := fail(-1, errors.New("out of order"))
	wrong := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: "street", Labels: map[string]string{siteLabel: "shop"}}}
	wrong.Spec.Template.Spec.Containers = []corev1.Container{{Name: "site", Image: "old", Ports: []corev1.ContainerPort{{ContainerPort: 1}}}}
	finalized, deleted := site("shop"), site("gone")
	finalized.Finalizers, deleted.Finalizers = []string{finalizer}, []string{"a", finalizer, "b"}
	deleted.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
	objects := []runtime.Object{finalized, deleted, site("new"), wrong}

	onBench(t, 0, objects, func(b *bench) {
		b.sites.PrependReactor("update", "*", outOfOrder)
		require.ErrorContains(b, b.sync(b.Context(), store.NewObjectName("street", "gone")), "remove the finalizer")
		require.ErrorContains(b, b.sync(b.Context(), store.NewObjectName("street", "new")), "add the finalizer")
		b.core.PrependReactor("update", "*", outOfOrder)
		require.ErrorContains(b, b.sync(b.Context(), store.NewObjectName("street", "shop")), "update Deployment")

		for _, want := range []*v1alpha1.Website{finalized, deleted, site("new")} {
			cached, err := b.websites.Websites("street").Get(want.Name)
			require.NoError(b, err)
			require.Equal(b, want, cached)
		}
		deployment, err := b.deployments.Deployments("street").Get("shop")
		require.NoError(b, err)
		require.Equal(b, wrong, deployment)
	})
}

// TestNoOrphanIsAdoptedByTheDead: the cache does not know yet that the Website is being deleted, and its
// parts set free.
func TestNoOrphanIsAdoptedByTheDead(t *testing.T) {
	orphan := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: "street", Labels: map[string]string{siteLabel: "shop"}}}
	for name, now := range map[string]func() (*v1alpha1.Website, error){
		"being deleted": func() (*v1alpha1.Website, error) {
			dying := site("shop")
			dying.DeletionTimestamp = &metav1.Time{Time: time.Unix(1, 0)}
			return dying, nil
		},
		"deleted": func() (*v1alpha1.Website, error) {
			return nil, apierrors.NewNotFound(v1alpha1.Resource("websites"), "shop")
		},
		"another": func() (*v1alpha1.Website, error) {
			other := site("shop")
			other.UID = "2"
			return other, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBench(t, 2, []runtime.Object{orphan}, func(b *bench) {
				b.sites.PrependReactor("get", "websites", func(clienttesting.Action) (bool, runtime.Object, error) {
					site, err := now()
					return true, site, err
				})
				known := site("shop")
				known.Finalizers = []string{finalizer}
				require.NoError(b, b.sites.Tracker().Add(known))
				synctest.Wait()
				require.Empty(b, b.writes())
				require.Empty(b, b.events())
			})
		})
	}
}

// TestDrain ends the controller while one key is in work and many are queued.
func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const sites = 20
		var objects []runtime.Object
		for i := range sites {
			objects = append(objects, site(fmt.Sprint("site-", i)))
		}
		b := newBench(t, objects)
		// The worker is held up where it tells of the first Deployment. To hold up a request to the fake would hold up all.
		told := record.NewFakeRecorder(0)
		b.Recorder = told
		ctx, stop := context.WithCancel(klog.NewContext(t.Context(), klog.Logger{}))
		var ended atomic.Bool
		go func() {
			require.NoError(t, b.controller.Run(ctx, 1))
			ended.Store(true)
		}()
		synctest.Wait()
		stop()
		synctest.Wait()
		require.False(t, ended.Load())
		require.NoError(t, b.sites.Tracker().Add(site("late")))
		synctest.Wait()
		for !ended.Load() {
			select {
			case <-told.Events:
			default:
			}
			synctest.Wait()
		}

		made, err := b.core.AppsV1().Deployments("street").List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		require.Len(t, made.Items, sites, "each whose key was queued, none that came later")
	})
}

// TestNobodyWorksOnHalfALoadedCache: what is not in it would seem to be missing.
func TestNobodyWorksOnHalfALoadedCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t, []runtime.Object{site("shop")})
		b.core.PrependReactor("list", "services", fail(-1, errors.New("out of order")))
		ctx, stop := context.WithCancelCause(klog.NewContext(t.Context(), klog.Logger{}))
		ended := make(chan error, 1)
		go func() { ended <- b.controller.Run(ctx, 2) }()
		time.Sleep(time.Hour)
		require.Empty(t, b.writes())
		tired := errors.New("an hour is enough")
		stop(tired)
		require.ErrorIs(t, <-ended, tired)
	})
}

// TestTheServersRefusalIsTold as long as it lasts: what was told before is no longer true.
func TestTheServersRefusalIsTold(t *testing.T) {
	shop := site("shop")
	shop.Finalizers = []string{finalizer}
	shop.Status.Conditions = []metav1.Condition{{Type: v1alpha1.Ready, Status: metav1.ConditionTrue, Reason: v1alpha1.ReasonServing, ObservedGeneration: 1}}
	onBench(t, 2, nil, func(b *bench) {
		forbidden := apierrors.NewForbidden(appsv1.Resource("deployments"), "shop", errors.New("exceeded quota"))
		b.core.PrependReactor("create", "deployments", fail(2, forbidden))
		require.NoError(b, b.sites.Tracker().Add(shop))
		synctest.Wait()
		ready := b.ready("shop")
		require.Equal(b, metav1.ConditionFalse, ready.Status)
		require.Equal(b, v1alpha1.ReasonSyncFailed, ready.Reason)
		require.Equal(b, "create Deployment street/shop: "+forbidden.Error(), ready.Message)

		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(b, v1alpha1.ReasonStopped, b.ready("shop").Reason)
	})
}

// TestWhoWasThereBeforeGoesFirst: a Website was deleted and made anew, and the garbage collector has yet to come for the
// Deployment of the former.
func TestWhoWasThereBeforeGoesFirst(t *testing.T) {
	former := site("shop")
	former.UID = "0"
	old := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: "street", OwnerReferences: []metav1.OwnerReference{
		*metav1.NewControllerRef(former, v1alpha1.SchemeGroupVersion.WithKind("Website")),
	}}}
	old.Status = appsv1.DeploymentStatus{Replicas: 1, UpdatedReplicas: 1, ReadyReplicas: 1}
	onBench(t, 0, []runtime.Object{site("shop"), old}, func(b *bench) {
		key := store.NewObjectName("street", "shop")
		require.NoError(b, b.sync(b.Context(), key))
		require.Equal(b, []string{"update websites", "update websites/status"}, b.writes())
		require.Equal(b, v1alpha1.ReasonProgressing, b.ready("shop").Reason)
		require.Empty(b, b.events(), "it is in nobody's way for long")

		require.NoError(b, b.core.Tracker().Delete(appsv1.SchemeGroupVersion.WithResource("deployments"), "street", "shop"))
		synctest.Wait()
		require.NoError(b, b.sync(b.Context(), key))
		require.Contains(b, b.events(), "Normal Created Deployment shop")
		require.Equal(b, v1alpha1.ReasonStopped, b.ready("shop").Reason)
	})
}

// TestNothingIsToldFromAnOldCache: a write that stands on one is refused, a word is not.
func TestNothingIsToldFromAnOldCache(t *testing.T) {
	shop := site("shop")
	shop.Finalizers = []string{finalizer}
	foreign := &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: "shop", Namespace: "street"}}
	t.Run("the name is free again", func(t *testing.T) {
		onBench(t, 2, []runtime.Object{foreign}, func(b *bench) {
			b.core.PrependReactor("get", "deployments", fail(-1, apierrors.NewNotFound(appsv1.Resource("deployments"), "shop")))
			require.NoError(b, b.sites.Tracker().Add(shop))
			synctest.Wait()
			require.Empty(b, b.writes())
			require.Empty(b, b.events())
		})
	})
	t.Run("the former's Deployment is gone by now", func(t *testing.T) {
		left := foreign.DeepCopy()
		former := site("shop")
		former.UID = "0"
		left.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(former, v1alpha1.SchemeGroupVersion.WithKind("Website"))}
		onBench(t, 2, []runtime.Object{left}, func(b *bench) {
			b.core.PrependReactor("get", "deployments", fail(-1, apierrors.NewNotFound(appsv1.Resource("deployments"), "shop")))
			require.NoError(b, b.sites.Tracker().Add(shop))
			synctest.Wait()
			require.Empty(b, b.writes())
		})
	})
	t.Run("the host is free again", func(t *testing.T) {
		blog := site("blog")
		blog.Spec.Host, blog.UID = shop.Spec.Host, "2"
		zone := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "system", Name: "zone"}, Data: map[string]string{shop.Spec.Host: "street/blog"}}
		onBench(t, 2, []runtime.Object{zone, blog}, func(b *bench) {
			free := zone.DeepCopy()
			free.Data = nil
			b.core.PrependReactor("get", "configmaps", func(clienttesting.Action) (bool, runtime.Object, error) { return true, free.DeepCopy(), nil })
			require.NoError(b, b.sites.Tracker().Add(shop))
			synctest.Wait()
			require.Contains(b, b.events(), "Normal HostEntered shop.example.com leads here")
		})
	})
	t.Run("another copy knows that the pods are ready", func(t *testing.T) {
		onBench(t, 0, []runtime.Object{shop}, func(b *bench) {
			key := store.NewObjectName("street", "shop")
			require.NoError(b, b.sync(b.Context(), key))
			synctest.Wait()
			told := b.ready("shop")
			b.deployments = lagging{b.deployments}
			b.sites.ClearActions()
			require.NoError(b, b.sync(b.Context(), key))
			require.Empty(b, b.sites.Actions())
			require.Equal(b, told, b.ready("shop"))
		})
	})
}

// lagging has not heard yet that the status has changed.
type lagging struct{ appslisters.DeploymentLister }

func (l lagging) Deployments(namespace string) appslisters.DeploymentNamespaceLister {
	return laggingIn{l.DeploymentLister.Deployments(namespace)}
}

type laggingIn struct {
	appslisters.DeploymentNamespaceLister
}

func (l laggingIn) Get(name string) (*appsv1.Deployment, error) {
	d, err := l.DeploymentNamespaceLister.Get(name)
	if err == nil {
		d = d.DeepCopy()
		d.Status = appsv1.DeploymentStatus{Replicas: 1}
	}
	return d, err
}

// TestTheZoneHasOnlyTheLiving: entries of Websites that are gone, or of nobody, are in nobody's way.
func TestTheZoneHasOnlyTheLiving(t *testing.T) {
	zone := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "system", Name: "zone"}, Data: map[string]string{
		"shop.example.com": "street/gone", "left.example.com": "street/dead", "blog.example.com": "?/?/?", "note.example.com": "nobody",
	}}
	onBench(t, 2, []runtime.Object{zone, site("shop"), site("blog")}, func(b *bench) {
		now, err := b.core.CoreV1().ConfigMaps("system").Get(b.Context(), "zone", metav1.GetOptions{})
		require.NoError(b, err)
		require.Equal(b, map[string]string{
			"shop.example.com": "street/shop", "blog.example.com": "street/blog", "note.example.com": "nobody",
		}, now.Data)
	})
}

// TestTheFormerTakesNothingFromTheNew: a cache still has a Website that was being deleted. By now it is gone, and
// another has its name.
func TestTheFormerTakesNothingFromTheNew(t *testing.T) {
	former := site("shop")
	former.Finalizers, former.DeletionTimestamp = []string{finalizer}, &metav1.Time{Time: time.Unix(1, 0)}
	anew := site("shop")
	anew.UID = "2"
	zone := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "system", Name: "zone"}, Data: map[string]string{"shop.example.com": "street/shop"}}
	onBench(t, 2, nil, func(b *bench) {
		b.sites.PrependReactor("get", "websites", func(clienttesting.Action) (bool, runtime.Object, error) { return true, anew, nil })
		require.NoError(b, b.core.Tracker().Add(zone))
		require.NoError(b, b.sites.Tracker().Add(former))
		synctest.Wait()
		require.Empty(b, b.writes())
		require.NoError(b, b.sites.Tracker().Delete(v1alpha1.SchemeGroupVersion.WithResource("websites"), "street", "shop"))
		synctest.Wait()
		require.Empty(b, b.writes(), "nor when the cache knows that the former is gone")
	})
}
