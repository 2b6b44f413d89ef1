package reflector_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/dynamic"
	kubernetes "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
)

// Every kind of client makes a ListWatch that lists item by item, streams lists, and keeps to its namespace and
// selector.
func TestAListWatchOfEachKindOfClient(t *testing.T) {
	onlyB := func(options *metav1.ListOptions) { options.FieldSelector = "metadata.name=b" }
	for name, listWatch := range map[string]func(*world) *reflector.ListWatch{
		"REST": func(w *world) *reflector.ListWatch {
			return reflector.NewListWatchFromClient(w.client, "configmaps", "shop", fields.OneTermEqualSelector("metadata.name", "b"))
		},
		"REST, filtered": func(w *world) *reflector.ListWatch {
			return reflector.NewFilteredListWatchFromClient(w.client, "configmaps", "shop", onlyB)
		},
		"typed": func(w *world) *reflector.ListWatch {
			config := &rest.Config{Host: w.server.URL}
			client, err := kubernetes.NewForConfigAndClient(config, w.client.Client)
			require.NoError(w, err)
			return reflector.NewListWatchForClient(client.ConfigMaps("shop"), onlyB)
		},
		"typed, asked for": func(w *world) *reflector.ListWatch {
			config := &rest.Config{Host: w.server.URL}
			client, err := kubernetes.NewForConfigAndClient(config, w.client.Client)
			require.NoError(w, err)
			return reflector.NewListWatchForClientFunc(func() reflector.Client[*corev1.ConfigMapList] { return client.ConfigMaps("shop") }, onlyB)
		},
		"dynamic": func(w *world) *reflector.ListWatch {
			config := &rest.Config{Host: w.server.URL}
			client, err := dynamic.NewForConfigAndClient(config, w.client.Client)
			require.NoError(w, err)
			return reflector.NewListWatchForClient(client.Resource(corev1.SchemeGroupVersion.WithResource("configmaps")).Namespace("shop"), onlyB)
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, without := range []bool{false, true} {
				inWorld(t, func(w *world) {
					w.create("a", "b")
					elsewhere := configMap("b")
					elsewhere.Namespace = "depot"
					require.NoError(w, w.server.Create(elsewhere))

					lw := listWatch(w)
					require.NotNil(w, lw.EachListItemFuncWithContext)
					lw.DisableWatchList = without
					r := reflector.NewNamedReflector("r", lw, nil, w.diary, 0)
					stop := w.run(r)
					defer stop()
					w.update("a", "new")
					w.update("b", "new")
					require.Equal(w, []string{"replace 4: b@3", "update b@6"}, w.diary.read())

					// Whoever asks for a list as a whole gets the same.
					whole, err := lw.ListWithContext(w.ctx, metav1.ListOptions{})
					require.NoError(w, err)
					items, err := extract(whole)
					require.NoError(w, err)
					require.Equal(w, []string{"b@6"}, items)
				})
			}
		})
	}
}

// extract names the items of a list.
func extract(list runtime.Object) (items []string, err error) {
	lw := &reflector.ListWatch{ListWithContextFunc: func(context.Context, metav1.ListOptions) (runtime.Object, error) { return list, nil }}
	_, err = lw.EachListItemWithContext(context.Background(), metav1.ListOptions{}, func(obj runtime.Object) error {
		items = append(items, at(obj))
		return nil
	})
	return items, err
}

// plainClient is somebody else's: it knows neither items nor streamed lists.
type plainClient struct{ fake }

func (plainClient) List(context.Context, metav1.ListOptions) (*unstructured.UnstructuredList, error) {
	return &unstructured.UnstructuredList{Items: []unstructured.Unstructured{{Object: map[string]any{}}, {}}}, nil
}

func (plainClient) Watch(context.Context, metav1.ListOptions) (watch.Interface, error) {
	return watch.NewFake(), nil
}

func TestAListWatchOfAPlainClient(t *testing.T) {
	lw := reflector.NewListWatchForClient(plainClient{}, nil)
	require.Nil(t, lw.EachListItemFuncWithContext)
	require.True(t, lw.IsWatchListSemanticsUnSupported())
	count := 0
	_, err := lw.EachListItemWithContext(t.Context(), metav1.ListOptions{}, func(runtime.Object) error {
		count++
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, 2, count)
}

// A client that is asked for need not be there before the first request, and may be another one for each.
func TestAListWatchAsksForItsClientWhenItNeedsIt(t *testing.T) {
	asked := 0
	lw := reflector.NewListWatchForClientFunc(func() reflector.Client[*unstructured.UnstructuredList] {
		asked++
		return plainClient{}
	}, func(options *metav1.ListOptions) { options.LabelSelector = "app=web" })
	require.Zero(t, asked)

	list, err := lw.ListWithContext(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	items, err := extract(list)
	require.NoError(t, err)
	require.Len(t, items, 2)
	require.Equal(t, 1, asked)

	items = nil
	_, err = lw.EachListItemWithContext(t.Context(), metav1.ListOptions{}, func(obj runtime.Object) error {
		items = append(items, at(obj))
		return nil
	})
	require.NoError(t, err)
	require.Len(t, items, 2, "taken apart, since a plain client cannot stream")

	w, err := lw.WatchWithContext(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	w.Stop()
	require.False(t, lw.IsWatchListSemanticsUnSupported())
	require.True(t, reflector.ToListWatcherWithWatchListSemantics(lw, plainClient{}).(*reflector.ListWatch).IsWatchListSemanticsUnSupported())
}

func TestAListWatchWithoutFunctionsSaysSo(t *testing.T) {
	lw := &reflector.ListWatch{}
	_, err := lw.ListWithContext(t.Context(), metav1.ListOptions{})
	require.ErrorContains(t, err, "ListWithContextFunc")
	_, err = lw.WatchWithContext(t.Context(), metav1.ListOptions{})
	require.ErrorContains(t, err, "WatchFuncWithContext")
	_, err = lw.EachListItemWithContext(t.Context(), metav1.ListOptions{}, nil)
	require.ErrorContains(t, err, "ListWithContextFunc")
}

func TestAReflectorHasAName(t *testing.T) {
	lw := &reflector.ListWatch{}
	kind := &unstructured.Unstructured{}
	kind.SetAPIVersion("example.com/v1")
	kind.SetKind("Pizza")
	for want, example := range map[string]any{
		"<unspecified>": nil, "*v1.ConfigMap": &corev1.ConfigMap{}, "example.com/v1, Kind=Pizza": kind, "*unstructured.Unstructured": &unstructured.Unstructured{},
	} {
		require.Equal(t, want, reflector.NewReflector(lw, example, &diary{}, 0).TypeDescription())
	}
	r := reflector.NewReflectorWithOptions(lw, nil, &diary{}, reflector.ReflectorOptions{TypeDescription: "pizzas"})
	require.Equal(t, "pizzas", r.TypeDescription())
	require.NotEmpty(t, r.Name(), "that of the file and line")
	require.NotContains(t, r.Name(), "lib/reflector/")
}

func TestAnIndexerFollowsAServer(t *testing.T) {
	inWorld(t, func(w *world) {
		w.create("a", "b")
		indexer, r := reflector.NewNamespaceKeyedIndexerAndReflector(w.listWatch(), &corev1.ConfigMap{}, time.Minute)
		stop := w.run(r)
		defer stop()
		found, err := indexer.ByIndex("namespace", "shop")
		require.NoError(w, err)
		require.Len(w, found, 2)
		w.delete("a")
		require.Equal(w, []string{"shop/b"}, indexer.ListKeys())
	})
}
