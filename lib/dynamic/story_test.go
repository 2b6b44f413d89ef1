package dynamic_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/retry"
)

func TestAnObjectsLife(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	shop := newClient(t, server).Resource(configMaps).Namespace("shop")
	ctx := t.Context()

	_, err := shop.Get(ctx, "menu", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err), "%v", err)

	created, err := shop.Create(ctx, configMap("menu", object{"soup": "leek"}), metav1.CreateOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, created.GetUID())
	require.Equal(t, schema.GroupVersionKind{Version: "v1", Kind: "ConfigMap"}, created.GroupVersionKind())
	_, err = shop.Create(ctx, configMap("menu", nil), metav1.CreateOptions{})
	require.True(t, apierrors.IsAlreadyExists(err), "%v", err)

	patched, err := shop.Patch(ctx, "menu", types.MergePatchType, []byte(`{"data":{"main":"pie"}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	require.Equal(t, object{"soup": "leek", "main": "pie"}, patched.Object["data"])

	_, err = shop.Update(ctx, created, metav1.UpdateOptions{})
	require.True(t, apierrors.IsConflict(err), "created is older than the patch: %v", err)

	require.NoError(t, shop.Delete(ctx, "menu", metav1.DeleteOptions{}))
	require.True(t, apierrors.IsNotFound(shop.Delete(ctx, "menu", metav1.DeleteOptions{})))
}

// Two writers count in the same object. Each change must arrive, though they keep getting in each other's way.
func TestAConflictIsCuredByReadingAgain(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	shop := newClient(t, server).Resource(configMaps).Namespace("shop")
	ctx := t.Context()
	_, err := shop.Create(ctx, configMap("menu", object{}), metav1.CreateOptions{})
	require.NoError(t, err)

	attempts := 0
	err = retry.RetryOnConflict(retry.DefaultRetry, func() error {
		attempts++
		menu, err := shop.Get(ctx, "menu", metav1.GetOptions{})
		require.NoError(t, err)
		if attempts == 1 { // somebody else is faster
			_, err := shop.Patch(ctx, "menu", types.MergePatchType, []byte(`{"data":{"theirs":"1"}}`), metav1.PatchOptions{})
			require.NoError(t, err)
		}
		require.NoError(t, unstructured.SetNestedField(menu.Object, "1", "data", "ours"))
		_, err = shop.Update(ctx, menu, metav1.UpdateOptions{})
		return err
	})
	require.NoError(t, err)
	require.Equal(t, 2, attempts)
	menu, err := shop.Get(ctx, "menu", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, object{"ours": "1", "theirs": "1"}, menu.Object["data"])
}

func TestStatusAndSpecAreWrittenApart(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	shop := newClient(t, server).Resource(deployments).Namespace("shop")
	ctx := t.Context()
	web, err := shop.Create(ctx, deployment("web"), metav1.CreateOptions{})
	require.NoError(t, err)

	require.NoError(t, unstructured.SetNestedField(web.Object, int64(3), "spec", "replicas"))
	require.NoError(t, unstructured.SetNestedField(web.Object, int64(2), "status", "readyReplicas"))
	updated, err := shop.UpdateStatus(ctx, web, metav1.UpdateOptions{})
	require.NoError(t, err)
	ready, _, _ := unstructured.NestedInt64(updated.Object, "status", "readyReplicas")
	require.Equal(t, int64(2), ready)
	_, found, _ := unstructured.NestedInt64(updated.Object, "spec", "replicas")
	require.False(t, found, "UpdateStatus changed the spec")
}

func TestAListInPagesIsTheWholeList(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	client := newClient(t, server).Resource(configMaps)
	for i := range 25 {
		_, err := client.Namespace("shop").Create(t.Context(), configMap(fmt.Sprintf("map-%02d", i), nil), metav1.CreateOptions{})
		require.NoError(t, err)
	}
	var sizes []int
	seen := map[string]bool{}
	for opts := (metav1.ListOptions{Limit: 10}); ; {
		page, err := client.List(t.Context(), opts)
		require.NoError(t, err)
		require.Equal(t, "ConfigMapList", page.GetKind())
		for _, item := range page.Items {
			require.Equal(t, "ConfigMap", item.GetKind())
			seen[item.GetName()] = true
		}
		sizes = append(sizes, len(page.Items))
		if opts.Continue = page.GetContinue(); opts.Continue == "" {
			break
		}
	}
	require.Equal(t, []int{10, 10, 5}, sizes)
	require.Len(t, seen, 25)
}

func TestDeleteCollectionTakesWhatIsSelected(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	shop := newClient(t, server).Resource(configMaps).Namespace("shop")
	for name, app := range map[string]string{"a": "web", "b": "web", "c": "db"} {
		m := configMap(name, nil)
		m.SetLabels(map[string]string{"app": app})
		_, err := shop.Create(t.Context(), m, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	require.NoError(t, shop.DeleteCollection(t.Context(), metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=web"}))
	left, err := shop.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, left.Items, 1)
	require.Equal(t, "c", left.Items[0].GetName())
}

// A custom resource has no Go type anywhere; only its server and the caller know what it is.
func TestACustomResourceIsLikeAnyOther(t *testing.T) {
	basket := schema.GroupVersionKind{Group: "example.com", Version: "v1", Kind: "Basket"}
	server := apitest.Start(t, apitest.Config{Resources: []apitest.Resource{{GroupVersionKind: basket, Plural: "baskets", Namespaced: true}}})
	baskets := newClient(t, server).Resource(basket.GroupVersion().WithResource("baskets")).Namespace("shop")

	given := &unstructured.Unstructured{Object: object{"metadata": object{"name": "mine"}, "items": []any{"apple"}}}
	given.SetGroupVersionKind(basket)
	created, err := baskets.Create(t.Context(), given, metav1.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, []any{"apple"}, created.Object["items"])

	w, err := baskets.Watch(t.Context(), metav1.ListOptions{ResourceVersion: "0"})
	require.NoError(t, err)
	defer w.Stop()
	event := <-w.ResultChan()
	require.Equal(t, []any{"apple"}, event.Object.(*unstructured.Unstructured).Object["items"], "one object, not a list")
}

func TestAWatchTellsChangesBookmarksAndItsEnd(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	shop := newClient(t, server).Resource(configMaps).Namespace("shop")
	ctx := t.Context()
	_, err := shop.Create(ctx, configMap("old", nil), metav1.CreateOptions{})
	require.NoError(t, err)
	list, err := shop.List(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	w, err := shop.Watch(ctx, metav1.ListOptions{ResourceVersion: list.GetResourceVersion(), AllowWatchBookmarks: true})
	require.NoError(t, err)
	defer w.Stop()

	menu, err := shop.Create(ctx, configMap("menu", object{"soup": "leek"}), metav1.CreateOptions{})
	require.NoError(t, err)
	menu.Object["data"] = object{"soup": "pea"}
	_, err = shop.Update(ctx, menu, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.NoError(t, shop.Delete(ctx, "menu", metav1.DeleteOptions{}))
	server.Bookmark()
	server.EndWatches()

	var told []string
	for event := range w.ResultChan() {
		told = append(told, tell(event))
	}
	require.Equal(t, []string{
		"ADDED ConfigMap menu map[soup:leek]",
		"MODIFIED ConfigMap menu map[soup:pea]",
		"DELETED ConfigMap menu map[soup:pea]",
		"BOOKMARK ConfigMap  <nil>",
	}, told)
}

func tell(event watch.Event) string {
	if status, ok := event.Object.(*metav1.Status); ok {
		return fmt.Sprintf("%s %s", event.Type, status.Reason)
	}
	o := event.Object.(*unstructured.Unstructured)
	return fmt.Sprintf("%s %s %s %v", event.Type, o.GetKind(), o.GetName(), o.Object["data"])
}

func TestAWatchFromTooLongAgoGetsAnErrorEvent(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	shop := newClient(t, server).Resource(configMaps).Namespace("shop")
	for _, name := range []string{"a", "b", "c"} {
		_, err := shop.Create(t.Context(), configMap(name, nil), metav1.CreateOptions{})
		require.NoError(t, err)
	}
	server.Compact()
	w, err := shop.Watch(t.Context(), metav1.ListOptions{ResourceVersion: "1"})
	require.NoError(t, err)
	defer w.Stop()
	event := <-w.ResultChan()
	require.Equal(t, "ERROR Expired", tell(event))
	require.True(t, apierrors.IsResourceExpired(apierrors.FromObject(event.Object)))
}

// A stream that breaks in the middle of an event ends; half an event is never told.
func TestAWatchSurvivesNothingButTellsNothingWrong(t *testing.T) {
	for name, bytes := range map[string]int{"between events": 0, "within an event": 40} {
		t.Run(name, func(t *testing.T) {
			server := apitest.Start(t, apitest.Config{})
			for _, name := range []string{"a", "b"} {
				require.NoError(t, server.Create(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}))
			}
			server.Inject(apitest.Fault{On: apitest.On("watch", "configmaps"), Do: apitest.Cut(1, bytes)})
			w, err := newClient(t, server).Resource(configMaps).Watch(t.Context(), metav1.ListOptions{ResourceVersion: "0"})
			require.NoError(t, err)
			defer w.Stop()

			require.Equal(t, "ADDED ConfigMap a <nil>", tell(<-w.ResultChan()))
			for event := range w.ResultChan() { // the rest is silence, or one word about the break
				require.Equal(t, watch.Error, event.Type, "%v", event.Object)
			}
		})
	}
}

func TestAWatchEndsWithItsContext(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	ctx, cancel := context.WithCancel(t.Context())
	w, err := newClient(t, server).Resource(configMaps).Watch(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	cancel()
	for range w.ResultChan() { // closes, or the test hangs
	}
}

func TestAFailureIsTheServersOwn(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	client := newClient(t, server)
	_, err := client.Resource(schema.GroupVersionResource{Group: "example.com", Version: "v1", Resource: "dragons"}).List(t.Context(), metav1.ListOptions{})
	require.True(t, apierrors.IsNotFound(err), "an unknown resource: %v", err)

	server.Inject(apitest.Fault{Do: apitest.HTML(http.StatusInternalServerError)})
	_, err = client.Resource(configMaps).List(t.Context(), metav1.ListOptions{})
	require.True(t, apierrors.IsInternalError(err) || apierrors.ReasonForError(err) == metav1.StatusReasonInternalError, "%v", err)

	server.Inject(apitest.Fault{Do: func(w http.ResponseWriter, _ *apitest.Request, _ func(http.ResponseWriter)) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"hello":"world"}`))
	}})
	_, err = client.Resource(configMaps).Namespace("shop").Get(t.Context(), "a", metav1.GetOptions{})
	require.ErrorContains(t, err, "Object 'Kind' is missing")
}

func TestAServerBehindAPathIsReached(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	client, err := dynamic.NewForConfigAndClient(&rest.Config{Host: server.URL + "/proxied"}, server.Client())
	require.NoError(t, err)
	_, _ = client.Resource(configMaps).Namespace("shop").Get(t.Context(), "a", metav1.GetOptions{})
	require.Equal(t, "/proxied/api/v1/namespaces/shop/configmaps/a", server.Requests()[0].URL.Path)
}

func BenchmarkList(b *testing.B) {
	server := apitest.Start(b, apitest.Config{})
	for i := range 500 {
		require.NoError(b, server.Create(&corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprint("map-", i), Labels: map[string]string{"app": "web"}},
			Data:       map[string]string{"key": "value"},
		}))
	}
	shop := newClient(b, server).Resource(configMaps).Namespace("shop")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := shop.List(b.Context(), metav1.ListOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// What List reads as one is read one by one; what the server leaves out of its own kinds is there.
func TestObjectsOfAListOneByOne(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	client := newClient(t, server).Resource(configMaps)
	for _, name := range []string{"a", "b", "c"} {
		_, err := client.Namespace("shop").Create(t.Context(), configMap(name, nil), metav1.CreateOptions{})
		require.NoError(t, err)
	}
	var items []unstructured.Unstructured
	each := client.(interface {
		EachListItem(context.Context, metav1.ListOptions, func(runtime.Object) error) (runtime.Object, error)
	})
	_, err := each.EachListItem(t.Context(), metav1.ListOptions{}, func(obj runtime.Object) error {
		items = append(items, *obj.(*unstructured.Unstructured))
		return nil
	})
	require.NoError(t, err)
	whole, err := client.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Equal(t, whole.Items, items)
	require.Equal(t, "ConfigMap", items[0].GetKind())
}
