package kubernetes_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/retry"
)

func TestAnObjectsLife(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	deployments := newClientset(t, server).AppsV1().Deployments("shop")
	ctx := t.Context()

	created, err := deployments.Create(ctx, &appsv1.Deployment{ObjectMeta: named("web")}, metav1.CreateOptions{})
	require.NoError(t, err)
	require.NotEmpty(t, created.UID)
	_, err = deployments.Create(ctx, &appsv1.Deployment{ObjectMeta: named("web")}, metav1.CreateOptions{})
	require.True(t, apierrors.IsAlreadyExists(err), "%v", err)

	patched, err := deployments.Patch(ctx, "web", types.StrategicMergePatchType, []byte(`{"spec":{"replicas":3}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	require.Equal(t, int32(3), *patched.Spec.Replicas)

	patched.Status.ReadyReplicas = 2
	patched.Spec.Replicas = nil
	updated, err := deployments.UpdateStatus(ctx, patched, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.Equal(t, int32(2), updated.Status.ReadyReplicas)
	require.Equal(t, int32(3), *updated.Spec.Replicas, "UpdateStatus changed the spec")

	require.NoError(t, deployments.Delete(ctx, "web", metav1.DeleteOptions{}))
	_, err = deployments.Get(ctx, "web", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err), "%v", err)
}

func TestAConflictIsCuredByReadingAgain(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	maps := newClientset(t, server).CoreV1().ConfigMaps("shop")
	ctx := t.Context()
	stale, err := maps.Create(ctx, &corev1.ConfigMap{ObjectMeta: named("menu")}, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = maps.Patch(ctx, "menu", types.MergePatchType, []byte(`{"data":{"theirs":"1"}}`), metav1.PatchOptions{})
	require.NoError(t, err)

	stale.Data = map[string]string{"ours": "1"}
	_, err = maps.Update(ctx, stale, metav1.UpdateOptions{})
	require.True(t, apierrors.IsConflict(err), "%v", err)

	require.NoError(t, retry.RetryOnConflict(retry.DefaultRetry, func() error {
		fresh, err := maps.Get(ctx, "menu", metav1.GetOptions{})
		require.NoError(t, err)
		fresh.Data["ours"] = "1"
		_, err = maps.Update(ctx, fresh, metav1.UpdateOptions{})
		return err
	}))
	menu, err := maps.Get(ctx, "menu", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"ours": "1", "theirs": "1"}, menu.Data)
}

func TestAListInPagesIsTheWholeList(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	maps := newClientset(t, server).CoreV1().ConfigMaps("shop")
	for i := range 25 {
		require.NoError(t, server.Create(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("map-%02d", i)}}))
	}
	var sizes []int
	seen := map[string]bool{}
	for opts := (metav1.ListOptions{Limit: 10}); ; {
		page, err := maps.List(t.Context(), opts)
		require.NoError(t, err)
		for _, item := range page.Items {
			seen[item.Name] = true
		}
		sizes = append(sizes, len(page.Items))
		if opts.Continue = page.Continue; opts.Continue == "" {
			break
		}
	}
	require.Equal(t, []int{10, 10, 5}, sizes)
	require.Len(t, seen, 25)

	// A page that comes after the server forgot the snapshot: the client has to begin again.
	page, err := maps.List(t.Context(), metav1.ListOptions{Limit: 10})
	require.NoError(t, err)
	require.NoError(t, server.Delete(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "map-00"}}))
	server.Compact()
	_, err = maps.List(t.Context(), metav1.ListOptions{Limit: 10, Continue: page.Continue})
	require.True(t, apierrors.IsResourceExpired(err), "%v", err)
}

func TestAWatchTellsTypedObjects(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	cs := newClientset(t, server)
	ctx := t.Context()
	w, err := cs.CoreV1().Pods("shop").Watch(ctx, metav1.ListOptions{ResourceVersion: "0"})
	require.NoError(t, err)
	defer w.Stop()
	pod, err := cs.CoreV1().Pods("shop").Create(ctx, &corev1.Pod{ObjectMeta: named("web-0")}, metav1.CreateOptions{})
	require.NoError(t, err)
	pod.Status.Phase = corev1.PodRunning
	_, err = cs.CoreV1().Pods("shop").UpdateStatus(ctx, pod, metav1.UpdateOptions{})
	require.NoError(t, err)
	require.NoError(t, cs.CoreV1().Pods("shop").DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{}))
	server.EndWatches()

	var told []string
	for event := range w.ResultChan() {
		if pod, ok := event.Object.(*corev1.Pod); ok && event.Type != watch.Bookmark {
			told = append(told, fmt.Sprint(event.Type, " ", pod.Name, " ", pod.Status.Phase))
		}
	}
	require.Equal(t, []string{"ADDED web-0 ", "MODIFIED web-0 Running", "DELETED web-0 Running"}, told)
}

// A stream that breaks in the middle of an event ends; half an event is never told.
func TestAWatchWhoseStreamIsCutTellsNothingWrong(t *testing.T) {
	for name, bytes := range map[string]int{"between events": 0, "within the length": 2, "within an event": 20} {
		t.Run(name, func(t *testing.T) {
			server := apitest.Start(t, apitest.Config{})
			for _, name := range []string{"a", "b"} {
				require.NoError(t, server.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}))
			}
			server.Inject(apitest.Fault{On: apitest.On("watch", "pods"), Do: apitest.Cut(1, bytes)})
			w, err := newClientset(t, server).CoreV1().Pods("").Watch(t.Context(), metav1.ListOptions{ResourceVersion: "0"})
			require.NoError(t, err)
			defer w.Stop()

			require.Equal(t, "a", (<-w.ResultChan()).Object.(*corev1.Pod).Name)
			for event := range w.ResultChan() { // the rest is silence, or one word about the break
				require.Equal(t, watch.Error, event.Type, "%v", event.Object)
			}
		})
	}
}

func TestAWatchFromTooLongAgoGetsAnErrorEvent(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	for _, name := range []string{"a", "b", "c"} {
		require.NoError(t, server.Create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name}}))
	}
	server.Compact()
	w, err := newClientset(t, server).CoreV1().Pods("").Watch(t.Context(), metav1.ListOptions{ResourceVersion: "1"})
	require.NoError(t, err)
	defer w.Stop()
	event := <-w.ResultChan()
	require.Equal(t, watch.Error, event.Type)
	require.True(t, apierrors.IsResourceExpired(apierrors.FromObject(event.Object)), "%v", event.Object)
}

// Protobuf is asked for, not insisted on: a server or a proxy that answers in JSON is understood.
func TestAServerThatAnswersInJSONIsUnderstood(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	server.Inject(apitest.Fault{Times: apitest.Always, Do: func(w http.ResponseWriter, r *apitest.Request, _ func(http.ResponseWriter)) {
		w.Header().Set("Content-Type", "application/json")
		if r.Verb == "watch" {
			fmt.Fprintln(w, `{"type":"ADDED","object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-0"}}}`)
			return
		}
		fmt.Fprintln(w, `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web-0"}}`)
	}})
	pods := newClientset(t, server).CoreV1().Pods("shop")
	pod, err := pods.Get(t.Context(), "web-0", metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, "web-0", pod.Name)
	require.True(t, strings.HasPrefix(last(server).Header.Get("Accept"), "application/vnd.kubernetes.protobuf"))

	w, err := pods.Watch(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	defer w.Stop()
	require.Equal(t, "web-0", (<-w.ResultChan()).Object.(*corev1.Pod).Name)
}
