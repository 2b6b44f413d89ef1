package watchstream_test

import (
	"io"
	"net/http"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

// A life is told, then the server ends the watch, as it does with every watch some time; and the next one is stopped
// while an event waits.
func TestClusterTellsALife(t *testing.T) {
	cfg := cluster.ForTest(t)
	client, err := rest.HTTPClientFor(cfg)
	inOrder.NoError(t, err, "make a client for the cluster")
	t.Cleanup(client.CloseIdleConnections)
	ns := cluster.NamespaceForTest(t, cfg)
	dynamicClient, err := dynamic.NewForConfigAndClient(cfg, client)
	inOrder.NoError(t, err, "make a dynamic client for the cluster")
	maps := dynamicClient.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace(ns)
	url := cfg.Host + "/api/v1/namespaces/" + ns + "/configmaps?watch=1&labelSelector=exercise&resourceVersion="

	created, err := maps.Create(t.Context(), labelled("a"), metav1.CreateOptions{})
	inOrder.NoError(t, err, "create a ConfigMap")
	from := created.GetResourceVersion()
	created.SetAnnotations(map[string]string{"is": "changed"})
	_, err = maps.Update(t.Context(), created, metav1.UpdateOptions{})
	inOrder.NoError(t, err, "update it")
	inOrder.NoError(t, maps.Delete(t.Context(), "a", metav1.DeleteOptions{}), "delete it")

	saw := events(t, answerTo(t, client, url+from+"&timeoutSeconds=1"))
	inOrder.Equal(t, []string{"MODIFIED a", "DELETED a"}, saw, "watch for a second what came after resourceVersion %s", from)

	s := newStream(t, answerTo(t, client, url+from))
	inOrder.Equal(t, "MODIFIED a", show(<-s.ResultChan()), "watch it once more, and take one event")
	stop(t, s)
	_, open := <-s.ResultChan()
	nothingLeft.Equal(t, false, open, "is ResultChan open after Stop")
}

// stop ends the test if Stop doesn't return. By itself, go test would wait for ten minutes.
func stop(t *testing.T, s interface{ Stop() }) {
	t.Helper()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		s.Stop()
	}()
	select {
	case <-stopped:
	case <-time.After(10 * time.Second):
		nothingLeft.Broken(t, invariant.Report{Doing: "stop the watch while an event waits", Expected: "Stop returns", Saw: "it still waits after 10 s"})
	}
}

func answerTo(t *testing.T, client *http.Client, url string) io.ReadCloser {
	t.Helper()
	resp, err := client.Get(url)
	inOrder.NoError(t, err, "GET %s", url)
	inOrder.Equal(t, http.StatusOK, resp.StatusCode, "GET %s", url)
	return resp.Body
}

func labelled(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap",
		"metadata": map[string]any{"name": name, "labels": map[string]any{"exercise": "watch-stream"}},
	}}
}
