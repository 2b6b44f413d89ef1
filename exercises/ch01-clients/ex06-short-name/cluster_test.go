package shortname_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	shortname "client-go-workbook/exercises/ch01-clients/ex06-short-name"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/memory"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

// What is found can be listed, and what can't be found isn't there.
func TestClusterKnowsTheNames(t *testing.T) {
	cfg := cluster.ForTest(t)
	client, err := rest.HTTPClientFor(cfg)
	meant.NoError(t, err, "make a client for the cluster")
	t.Cleanup(client.CloseIdleConnections)
	discoverer, err := discovery.NewDiscoveryClientForConfigAndClient(cfg, client)
	meant.NoError(t, err, "make a discovery client for the cluster")
	objects, err := dynamic.NewForConfigAndClient(cfg, client)
	meant.NoError(t, err, "make a dynamic client for the cluster")
	f := &shortname.Finder{Discovery: memory.NewMemCacheClientWithContext(discoverer)}

	for _, test := range []struct{ typed, want string }{
		{"po", "/v1 pods"},
		{"svc", "/v1 services"},
		{"deploy", "apps/v1 deployments"},
		{"StatefulSet.apps", "apps/v1 statefulsets"},
		{"ev.events.k8s.io", "events.k8s.io/v1 events"},
		{"hpa", "autoscaling/v2 horizontalpodautoscalers"},
		{"carts", "no match"},
		{"po.apps", "no match"},
		{"deploy.example.com", "no match"},
		{"customresource", "no match"},
		{"crd", "apiextensions.k8s.io/v1 customresourcedefinitions"},
		{"clusterrole", "rbac.authorization.k8s.io/v1 clusterroles"},
		{"sc.storage.k8s.io", "storage.k8s.io/v1 storageclasses"},
		{"networkpolicies", "networking.k8s.io/v1 networkpolicies"},
		{"endpointslice.wrong", "no match"},
	} {
		gvr, err := f.Find(t.Context(), test.typed)
		meant.Equal(t, test.want, found(gvr, err), "find %q", test.typed)
		if err == nil {
			_, err = objects.Resource(gvr).List(t.Context(), metav1.ListOptions{Limit: 1})
			meant.NoError(t, err, "list the %s that %q means", gvr.Resource, test.typed)
		}
	}
}
