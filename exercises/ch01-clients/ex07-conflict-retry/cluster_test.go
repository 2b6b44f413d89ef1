package conflictretry_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/wait"

	conflictretry "client-go-workbook/exercises/ch01-clients/ex07-conflict-retry"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

// Two writers count in the same ConfigMap, as fast as they can.
func TestClusterLosesNoUpdate(t *testing.T) {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	client, err := rest.HTTPClientFor(cfg)
	nothingLost.NoError(t, err, "make a client for the cluster")
	t.Cleanup(client.CloseIdleConnections)
	dynamicClient, err := dynamic.NewForConfigAndClient(cfg, client)
	nothingLost.NoError(t, err, "make a dynamic client for the cluster")
	objects := dynamicClient.Resource(configMaps).Namespace(cluster.NamespaceForTest(t, cfg))

	_, err = objects.Create(t.Context(), &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "stock"}, "data": map[string]any{"apples": "0"},
	}}, metav1.CreateOptions{})
	nothingLost.NoError(t, err, "create the ConfigMap")

	u := &conflictretry.Updater{Objects: objects, Backoff: wait.Backoff{Steps: 100, Duration: 5 * time.Millisecond, Factor: 1, Jitter: 2}}
	errs := make([]error, 2)
	var writers sync.WaitGroup
	for i := range errs {
		writers.Go(func() {
			for range 10 {
				_, err := u.Update(t.Context(), "stock", add("apples"))
				errs[i] = errors.Join(errs[i], err)
			}
		})
	}
	writers.Wait()
	nothingLost.NoError(t, errors.Join(errs...), "count ten apples each, two at once")
	stock, err := objects.Get(t.Context(), "stock", metav1.GetOptions{})
	nothingLost.NoError(t, err, "read the ConfigMap")
	apples, err := count(stock, "apples")
	nothingLost.NoError(t, err, "read the number of apples")
	nothingLost.Equal(t, 20, apples, "count ten apples each, two at once")
}
