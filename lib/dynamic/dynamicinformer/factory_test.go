package dynamicinformer_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/dynamic/dynamicinformer"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

var (
	configMaps = corev1.SchemeGroupVersion.WithResource("configmaps")
	secrets    = corev1.SchemeGroupVersion.WithResource("secrets")
)

// play starts a server with a few objects, inside a bubble, and gives a client of it.
func play(t *testing.T, story func(t *testing.T, server *apitest.Server, client dynamic.Interface)) {
	synctest.Test(t, func(t *testing.T) {
		server, err := apitest.New(apitest.Config{InMemory: true})
		require.NoError(t, err)
		defer server.Close()
		transport := &http.Transport{DialContext: server.Dial}
		defer transport.CloseIdleConnections()
		client, err := dynamic.NewForConfig(&rest.Config{Host: server.URL, Transport: transport})
		require.NoError(t, err)
		require.NoError(t, server.Create(configMap("shop", "web", "blue")))
		require.NoError(t, server.Create(configMap("shop", "db", "red")))
		require.NoError(t, server.Create(configMap("bank", "web", "blue")))
		story(t, server, client)
	})
}

func configMap(namespace, name, colour string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name, Labels: map[string]string{"colour": colour}}}
}

// names are what a lister finds in all namespaces.
func names(t *testing.T, i informer.GenericInformer) []string {
	objects, err := i.Lister().List(labels.Everything())
	require.NoError(t, err)
	var names []string
	for _, object := range objects {
		u := object.(*unstructured.Unstructured)
		names = append(names, u.GetNamespace()+"/"+u.GetName())
	}
	return names
}

func TestFactory(t *testing.T) {
	play(t, func(t *testing.T, server *apitest.Server, client dynamic.Interface) {
		factory := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
		i := factory.ForResource(configMaps)
		require.Same(t, i.Informer(), factory.ForResource(configMaps).Informer())
		require.NotSame(t, i.Informer(), factory.ForResource(secrets).Informer(), "the Go type is the same, the resource is not")

		require.Contains(t, i.Informer().GetIndexer().GetIndexers(), store.NamespaceIndex, "which listers look for")

		ctx, cancel := context.WithCancel(t.Context())
		factory.Start(ctx.Done())
		require.Equal(t, map[schema.GroupVersionResource]bool{configMaps: true, secrets: true}, factory.WaitForCacheSync(ctx.Done()))
		require.ElementsMatch(t, []string{"shop/web", "shop/db", "bank/web"}, names(t, i))
		require.Empty(t, names(t, factory.ForResource(secrets)))

		require.NoError(t, server.Create(configMap("shop", "new", "blue")))
		require.NoError(t, server.Delete(configMap("shop", "db", "red")))
		synctest.Wait()
		require.ElementsMatch(t, []string{"shop/web", "shop/new", "bank/web"}, names(t, i))
		web, err := i.Lister().ByNamespace("bank").Get("web")
		require.NoError(t, err)
		require.Equal(t, "ConfigMap", web.(*unstructured.Unstructured).GetKind())
		_, err = i.Lister().ByNamespace("shop").Get("db")
		require.EqualError(t, err, `configmaps "db" not found`)

		cancel()
		factory.Shutdown()
		require.True(t, i.Informer().IsStopped())
	})
}

func TestFilteredFactory(t *testing.T) {
	for name, tc := range map[string]struct {
		namespace string
		tweak     dynamicinformer.TweakListOptionsFunc
		want      []string
	}{
		"a namespace": {"shop", nil, []string{"shop/web", "shop/db"}},
		"a label":     {"", func(o *metav1.ListOptions) { o.LabelSelector = "colour=blue" }, []string{"shop/web", "bank/web"}},
		"both":        {"shop", func(o *metav1.ListOptions) { o.LabelSelector = "colour=blue" }, []string{"shop/web"}},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *testing.T, server *apitest.Server, client dynamic.Interface) {
				factory := dynamicinformer.NewFilteredDynamicSharedInformerFactory(client, 0, tc.namespace, tc.tweak)
				i := factory.ForResource(configMaps)
				ctx, cancel := context.WithCancel(t.Context())
				factory.Start(ctx.Done())
				factory.WaitForCacheSync(ctx.Done())
				require.NoError(t, server.Create(configMap("school", "other", "red")))
				synctest.Wait()
				require.ElementsMatch(t, tc.want, names(t, i))
				cancel()
				factory.Shutdown()
			})
		})
	}
}

func TestResourceThatTheServerDoesNotHave(t *testing.T) {
	play(t, func(t *testing.T, _ *apitest.Server, client dynamic.Interface) {
		unicorns := schema.GroupVersionResource{Group: "zoo.example.com", Version: "v1", Resource: "unicorns"}
		factory := dynamicinformer.NewDynamicSharedInformerFactory(client, 0)
		i := factory.ForResource(unicorns)
		require.Empty(t, names(t, i))
		var failure error
		require.NoError(t, i.Informer().SetWatchErrorHandlerWithContext(func(_ context.Context, _ *reflector.Reflector, err error) { failure = err }))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		factory.Start(ctx.Done())
		require.Equal(t, map[schema.GroupVersionResource]bool{unicorns: false}, factory.WaitForCacheSync(ctx.Done()))
		factory.Shutdown()
		require.ErrorContains(t, failure, "zoo.example.com/v1, Resource=unicorns", "who reads the log of many informers knows which one it is")
	})
}

func TestInformerWithoutAFactory(t *testing.T) {
	play(t, func(t *testing.T, server *apitest.Server, client dynamic.Interface) {
		i := dynamicinformer.NewFilteredDynamicInformer(client, configMaps, "shop", time.Hour,
			store.Indexers{"colour": func(obj any) ([]string, error) {
				return []string{obj.(*unstructured.Unstructured).GetLabels()["colour"]}, nil
			}}, nil)
		resyncs := 0
		_, err := i.Informer().AddEventHandler(informer.ResourceEventHandlerFuncs{UpdateFunc: func(_, _ any) { resyncs++ }})
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			i.Informer().RunWithContext(ctx)
		}()
		require.True(t, informer.WaitFor(ctx, "", i.Informer().HasSyncedChecker()))
		found, err := i.Informer().GetIndexer().IndexKeys("colour", "blue")
		require.NoError(t, err)
		require.Equal(t, []string{"shop/web"}, found)
		time.Sleep(time.Hour + time.Minute)
		cancel()
		<-ended
		require.Equal(t, 2, resyncs, "one of each object")
	})
}
