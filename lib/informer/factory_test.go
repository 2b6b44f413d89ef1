package informer_test

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

var configMapsResource = corev1.SchemeGroupVersion.WithResource("configmaps")

// of is a Source of one backend.
func of(b *backend) informer.Source {
	return func(schema.GroupVersionResource, informer.Scope) (informer.Objects, error) {
		return informer.Objects{ListerWatcher: b, Example: &corev1.ConfigMap{}}, nil
	}
}

func TestFactoryHasOneInformerForAll(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := newBackend("shop/web", "bank/web")
		factory := informer.NewSharedInformerFactory(of(b), 0)
		first, err := factory.ForResource(configMapsResource)
		require.NoError(t, err)
		second, err := factory.ForResource(configMapsResource)
		require.NoError(t, err)
		require.Same(t, first.Informer(), second.Informer())
		require.Same(t, first.Informer(), factory.InformerFor(&corev1.ConfigMap{}, func(time.Duration) informer.SharedIndexInformer {
			t.Error("there is one")
			return nil
		}))

		ctx, cancel := context.WithCancel(t.Context())
		factory.StartWithContext(ctx)
		factory.StartWithContext(ctx) // starts nothing twice
		result := factory.WaitForCacheSyncWithContext(ctx)
		require.NoError(t, result.AsError())
		require.Equal(t, map[reflect.Type]bool{reflect.TypeFor[*corev1.ConfigMap](): true}, result.Synced)
		require.Equal(t, 1, b.listCount())

		require.Contains(t, first.Informer().GetIndexer().GetIndexers(), store.NamespaceIndex, "which listers look for")
		object, err := first.Lister().ByNamespace("shop").Get("web")
		require.NoError(t, err)
		require.Equal(t, "shop/web=0", keyAndValue(t, object))
		all, err := first.Lister().List(labels.Everything())
		require.NoError(t, err)
		require.Len(t, all, 2)
		_, err = first.Lister().ByNamespace("shop").Get("db")
		require.EqualError(t, err, `configmaps "db" not found`)

		cancel()
		factory.Shutdown()
		require.True(t, first.Informer().IsStopped())
	})
}

func TestFactoryStartsWhatCameLater(t *testing.T) {
	bubble(t, func(t *testing.T) {
		factory := informer.NewSharedInformerFactory(of(newBackend()), 0)
		ctx, cancel := context.WithCancel(t.Context())
		factory.StartWithContext(ctx)
		require.Empty(t, factory.WaitForCacheSyncWithContext(ctx).Synced)
		late, err := factory.ForResource(configMapsResource)
		require.NoError(t, err)
		require.Empty(t, factory.WaitForCacheSyncWithContext(ctx).Synced, "nobody waits for what doesn't run")
		factory.StartWithContext(ctx)
		require.NoError(t, factory.WaitForCacheSyncWithContext(ctx).AsError())
		require.True(t, late.Informer().HasSynced())

		cancel()
		factory.Shutdown()
		factory.Shutdown()
		never := factory.InformerFor(&corev1.Secret{}, func(resync time.Duration) informer.SharedIndexInformer {
			return informer.NewSharedIndexInformer(newBackend(), &corev1.Secret{}, resync, nil)
		})
		factory.StartWithContext(t.Context())
		synctest.Wait()
		require.False(t, never.HasSynced(), "a factory that is shut down starts nothing")
	})
}

func TestShutdownWaits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		factory := informer.NewSharedInformerFactory(of(newBackend("shop/web")), 0)
		i, err := factory.ForResource(configMapsResource)
		require.NoError(t, err)
		_, err = i.Informer().AddEventHandler(&journal{t: t, during: func(string) { time.Sleep(time.Minute) }})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		factory.StartWithContext(ctx)
		synctest.Wait()
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		var waiting sync.WaitGroup
		for range 3 {
			waiting.Go(factory.Shutdown)
		}
		waiting.Wait()
		require.Equal(t, time.Minute, time.Since(start))
	})
}

func TestFactoryWhoseInformersDoNotSync(t *testing.T) {
	reported(t)
	bubble(t, func(t *testing.T) {
		b := newBackend()
		b.failLists(1000)
		factory := informer.NewSharedInformerFactory(of(b), 0)
		_, err := factory.ForResource(configMapsResource)
		require.NoError(t, err)
		enough := errors.New("enough")
		ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, enough)
		defer cancel()
		factory.StartWithContext(ctx)
		defer factory.Shutdown()
		err = factory.WaitForCacheSyncWithContext(ctx).AsError()
		require.ErrorIs(t, err, enough)
		require.EqualError(t, err, "caches have not synced: *v1.ConfigMap: enough")
	})
}

func TestFactoryOptions(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := newBackend("shop/web")
		var scope informer.Scope
		source := func(r schema.GroupVersionResource, s informer.Scope) (informer.Objects, error) {
			scope = s
			return of(b)(r, s)
		}
		factory := informer.NewSharedInformerFactoryWithOptions(source, time.Hour,
			informer.WithNamespace("shop"),
			informer.WithTweakListOptions(func(options *metav1.ListOptions) { options.LabelSelector = "app=web" }),
			informer.WithCustomResyncConfig(map[metav1.Object]time.Duration{&corev1.ConfigMap{}: time.Minute}),
			informer.WithTransform(func(obj any) (any, error) {
				obj.(*corev1.ConfigMap).Data["v"] = "slim"
				return obj, nil
			}))
		i, err := factory.ForResource(configMapsResource)
		require.NoError(t, err)
		require.Equal(t, "shop", scope.Namespace)
		var options metav1.ListOptions
		scope.TweakListOptions(&options)
		require.Equal(t, "app=web", options.LabelSelector)

		j := &journal{t: t}
		_, err = i.Informer().AddEventHandler(j)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		factory.StartWithContext(ctx)
		require.Equal(t, []string{"add shop/web=slim (initial)"}, j.read())
		pass(90 * time.Second)
		require.Equal(t, []string{"update shop/web=slim -> shop/web=slim"}, j.read())
		cancel()
		factory.Shutdown()
	})
}

func TestFactoryAndBadSources(t *testing.T) {
	no := errors.New("no such thing")
	for name, tc := range map[string]struct {
		source informer.Source
		want   string
	}{
		"the source fails": {
			func(schema.GroupVersionResource, informer.Scope) (informer.Objects, error) {
				return informer.Objects{}, no
			},
			"informer for /v1, Resource=configmaps: no such thing",
		},
		"no source": {nil, "informer for /v1, Resource=configmaps: the factory has no source"},
		"objects without a type": {
			func(schema.GroupVersionResource, informer.Scope) (informer.Objects, error) {
				return informer.Objects{ListerWatcher: newBackend(), Example: &unstructured.Unstructured{}}, nil
			},
			"informer for /v1, Resource=configmaps: unstructured objects of all resources have one type: use lib/dynamic/dynamicinformer",
		},
		"a scheme that doesn't know it": {
			informer.SourceFor(runtime.NewScheme(), nil),
			"informer for /v1, Resource=configmaps: no type in the scheme for /v1, Resource=configmaps",
		},
		"no client": {
			informer.SourceFor(scheme.Scheme, func(schema.GroupVersion) (reflector.Getter, error) { return nil, no }),
			"informer for /v1, Resource=configmaps: client for v1: no such thing",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := informer.NewSharedInformerFactory(tc.source, 0).ForResource(configMapsResource)
			require.EqualError(t, err, tc.want)
		})
	}
}

// The source of a scheme finds the Go type of every resource that client-go has an informer for.
func TestSchemeKnowsItsResources(t *testing.T) {
	source := informer.SourceFor(scheme.Scheme, func(schema.GroupVersion) (reflector.Getter, error) { return nil, nil })
	for resource, want := range map[schema.GroupVersionResource]runtime.Object{
		configMapsResource: &corev1.ConfigMap{},
		corev1.SchemeGroupVersion.WithResource("endpoints"):                      nil,
		corev1.SchemeGroupVersion.WithResource("componentstatuses"):              &corev1.ComponentStatus{},
		corev1.SchemeGroupVersion.WithResource("resourcequotas"):                 &corev1.ResourceQuota{},
		appsv1.SchemeGroupVersion.WithResource("deployments"):                    &appsv1.Deployment{},
		{Group: "networking.k8s.io", Version: "v1", Resource: "ingresses"}:       nil,
		{Group: "policy", Version: "v1", Resource: "poddisruptionbudgets"}:       nil,
		{Group: "resource.k8s.io", Version: "v1", Resource: "deviceclasses"}:     nil,
		{Group: "networking.k8s.io", Version: "v1", Resource: "networkpolicies"}: nil,
	} {
		objects, err := source(resource, informer.Scope{})
		require.NoError(t, err)
		if want != nil {
			require.Equal(t, want, objects.Example)
		}
	}
}

// From a server to a lister, over HTTP.
func TestFactoryOfAScheme(t *testing.T) {
	bubble(t, func(t *testing.T) {
		server, err := apitest.New(apitest.Config{InMemory: true})
		require.NoError(t, err)
		defer server.Close()
		transport := &http.Transport{DialContext: server.Dial}
		defer transport.CloseIdleConnections()
		clients := func(gv schema.GroupVersion) (reflector.Getter, error) {
			return rest.RESTClientFor(&rest.Config{Host: server.URL, Transport: transport, APIPath: "/api",
				ContentConfig: rest.ContentConfig{GroupVersion: &gv, NegotiatedSerializer: scheme.Codecs.WithoutConversion()}})
		}
		for _, key := range []string{"shop/web", "shop/db", "bank/web"} {
			require.NoError(t, server.Create(object(key, "0")))
		}
		factory := informer.NewSharedInformerFactoryWithOptions(informer.SourceFor(scheme.Scheme, clients), 0,
			informer.WithNamespace("shop"),
			informer.WithTweakListOptions(func(options *metav1.ListOptions) { options.FieldSelector = "metadata.name=web" }))
		i, err := factory.ForResource(configMapsResource)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		factory.StartWithContext(ctx)
		require.NoError(t, factory.WaitForCacheSyncWithContext(ctx).AsError())
		require.NoError(t, server.Create(object("shop/new", "0")))
		synctest.Wait()
		found, err := i.Lister().List(labels.Everything())
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, "shop/web=0", keyAndValue(t, found[0]))
		cancel()
		factory.Shutdown()
	})
}
