package restmapper_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apimachinery/pkg/util/wait"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/memory"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/restmapper"
)

func realClient(t *testing.T) *discovery.DiscoveryClient {
	t.Helper()
	client, err := discovery.NewDiscoveryClientForConfig(cluster.ForTest(t))
	require.NoError(t, err)
	t.Cleanup(client.RESTClient().(*rest.RESTClient).Client.CloseIdleConnections)
	return client
}

func TestClusterShortNamesAndCategories(t *testing.T) {
	cache := memory.NewMemCacheClient(realClient(t))
	m := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cache), cache, nil)
	for short, want := range map[string]schema.GroupVersionKind{
		"po":     {Version: "v1", Kind: "Pod"},
		"svc":    {Version: "v1", Kind: "Service"},
		"ev":     {Version: "v1", Kind: "Event"},
		"deploy": {Group: "apps", Version: "v1", Kind: "Deployment"},
		"hpa":    {Group: "autoscaling", Version: "v2", Kind: "HorizontalPodAutoscaler"},
		"node":   {Version: "v1", Kind: "Node"},
	} {
		kind, err := m.KindFor(schema.GroupVersionResource{Resource: short})
		require.NoError(t, err, short)
		require.Equal(t, want, kind, short)
	}
	mapping, err := m.RESTMapping(schema.GroupKind{Kind: "Node"})
	require.NoError(t, err)
	require.Equal(t, meta.RESTScopeNameRoot, mapping.Scope.Name())
	_, err = m.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Cart"})
	require.EqualError(t, err, `no matches for kind "Cart" in group "apps"`)

	all, ok := restmapper.NewDiscoveryCategoryExpander(cache).Expand("all")
	require.True(t, ok)
	require.Contains(t, all, schema.GroupResource{Resource: "pods"})
	require.Contains(t, all, schema.GroupResource{Group: "apps", Resource: "deployments"})
}

// A custom resource comes and goes. The mapper sees both as soon as the cache is told that it is out of date.
func TestClusterCustomResourceComesAndGoes(t *testing.T) {
	live := realClient(t)
	cache := memory.NewMemCacheClient(live)
	m := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cache), cache, nil)
	gv := schema.GroupVersion{Group: "mapper-" + rand.String(6) + ".workbook.example", Version: "v1"}
	cart := gv.WithKind("Cart").GroupKind()

	_, err := m.RESTMapping(cart)
	require.True(t, meta.IsNoMatchError(err), "%v", err)

	remove := defineCarts(t, live.RESTClient(), gv)
	served := func() bool {
		enabled, err := discovery.IsResourceEnabled(live, gv.WithResource("carts"))
		require.NoError(t, err)
		groups, err := live.ServerGroups()
		require.NoError(t, err)
		listed := false
		for _, group := range groups.Groups {
			listed = listed || group.Name == gv.Group
		}
		return enabled && listed
	}
	eventually(t, "the server knows carts", served)
	_, err = m.RESTMapping(cart)
	require.True(t, meta.IsNoMatchError(err), "the cache has not been told: %v", err)

	cache.Invalidate()
	mapping, err := m.RESTMapping(cart)
	require.NoError(t, err)
	require.Equal(t, gv.WithResource("carts"), mapping.Resource)
	require.Equal(t, meta.RESTScopeNameNamespace, mapping.Scope.Name())
	kind, err := m.KindFor(schema.GroupVersionResource{Group: gv.Group, Resource: "ct"})
	require.NoError(t, err)
	require.Equal(t, gv.WithKind("Cart"), kind)

	remove()
	eventually(t, "the server has forgotten carts", func() bool { return !served() })
	cache.Invalidate()
	meta.MaybeResetRESTMapper(m)
	_, err = m.RESTMapping(cart)
	require.EqualError(t, err, `no matches for kind "Cart" in group "`+gv.Group+`"`)
}

// defineCarts adds a custom resource and returns what removes it, which happens at the end of the test in any case.
func defineCarts(t *testing.T, client rest.Interface, gv schema.GroupVersion) (remove func()) {
	t.Helper()
	const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
	name := "carts." + gv.Group
	body, err := json.Marshal(map[string]any{
		"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
		"metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"group": gv.Group, "scope": "Namespaced",
			"names": map[string]any{"plural": "carts", "singular": "cart", "kind": "Cart", "listKind": "CartList", "shortNames": []string{"ct"}},
			"versions": []any{map[string]any{
				"name": gv.Version, "served": true, "storage": true,
				"schema": map[string]any{"openAPIV3Schema": map[string]any{"type": "object"}},
			}},
		},
	})
	require.NoError(t, err)
	_, err = client.Post().AbsPath(path).SetHeader("Content-Type", "application/json").Body(body).DoRaw(t.Context())
	require.NoError(t, err)
	remove = func() {
		_, err := client.Delete().AbsPath(path, name).DoRaw(context.Background())
		if !apierrors.IsNotFound(err) {
			require.NoError(t, err)
		}
	}
	t.Cleanup(remove)
	return remove
}

// eventually asks the server until it has caught up.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, 30*time.Second, true,
		func(context.Context) (bool, error) { return holds(), nil })
	require.NoError(t, err, what)
}
