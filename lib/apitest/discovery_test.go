package apitest_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/apitest"
)

const acceptAggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json"

func decode[T any](r reply) T {
	r.t.Helper()
	var out T
	require.NoError(r.t, json.Unmarshal(r.body, &out), "%s", r.body)
	return out
}

func TestDiscoveryOneByOne(t *testing.T) {
	p := peerOf(t, apitest.Start(t, apitest.Config{}))
	require.Equal(t, []string{"v1"}, decode[metav1.APIVersions](p.get("/api")).Versions)

	var names []string
	for _, g := range decode[metav1.APIGroupList](p.get("/apis")).Groups {
		names = append(names, g.PreferredVersion.GroupVersion)
	}
	require.Equal(t, []string{"apps/v1", "events.k8s.io/v1"}, names)

	resources := map[string]metav1.APIResource{}
	for _, r := range decode[metav1.APIResourceList](p.get("/apis/apps/v1")).APIResources {
		resources[r.Name] = r
	}
	deploy := resources["deployments"]
	require.Equal(t, []string{"deploy"}, deploy.ShortNames)
	require.Equal(t, "deployment", deploy.SingularName)
	require.True(t, deploy.Namespaced)
	require.Contains(t, deploy.Verbs, "watch")
	require.Contains(t, resources, "deployments/status")

	for _, path := range []string{"/", "/apis/batch", "/apis/batch/v1", "/api/v2", "/apis/apps/v1/daydreams", "/metrics"} {
		require.Equal(t, 404, p.get(path).code, path)
	}
	require.Equal(t, "v1.37.2", decode[version.Info](p.get("/version")).GitVersion)
}

func TestDiscoveryAtOnce(t *testing.T) {
	p := peerOf(t, apitest.Start(t, apitest.Config{}))
	got := p.do("GET", "/apis", "", "Accept", acceptAggregated)
	require.Equal(t, "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", got.header.Get("Content-Type"))
	apps := decode[apidiscovery.APIGroupDiscoveryList](got).Items[0]
	require.Equal(t, "apps", apps.Name)
	require.Equal(t, apidiscovery.DiscoveryFreshnessCurrent, apps.Versions[0].Freshness)
	deploy := apps.Versions[0].Resources[1]
	require.Equal(t, "deployments", deploy.Resource)
	require.Equal(t, "Deployment", deploy.ResponseKind.Kind)
	require.Equal(t, apidiscovery.ScopeNamespace, deploy.Scope)
	require.Equal(t, "status", deploy.Subresources[0].Subresource)

	core := decode[apidiscovery.APIGroupDiscoveryList](p.do("GET", "/api", "", "Accept", acceptAggregated)).Items
	require.Len(t, core, 1)
	require.Empty(t, core[0].Name)
}

func TestServerWithoutAggregatedDiscovery(t *testing.T) {
	p := peerOf(t, apitest.Start(t, apitest.Config{LegacyDiscovery: true}))
	got := p.do("GET", "/apis", "", "Accept", acceptAggregated)
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	require.Len(t, decode[metav1.APIGroupList](got).Groups, 2)
}

func TestGroupThatIsDown(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	p := peerOf(t, srv)
	srv.SetDown(appsv1.SchemeGroupVersion, true)
	require.Equal(t, "503 ServiceUnavailable", p.get("/apis/apps/v1").outcome())
	require.Len(t, decode[metav1.APIGroupList](p.get("/apis")).Groups, 2, "it is known that it should be there")
	stale := decode[apidiscovery.APIGroupDiscoveryList](p.do("GET", "/apis", "", "Accept", acceptAggregated)).Items[0].Versions[0]
	require.Equal(t, apidiscovery.DiscoveryFreshnessStale, stale.Freshness)
	require.Empty(t, stale.Resources)

	srv.SetDown(appsv1.SchemeGroupVersion, false)
	require.Equal(t, "200", p.get("/apis/apps/v1").outcome())
}
