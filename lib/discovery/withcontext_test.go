package discovery_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/discovery"
)

// plainClient is somebody's client that knows no contexts: the embedded interface hides that what is in it does.
type plainClient struct{ discovery.DiscoveryInterface }

func (c plainClient) WithLegacy() discovery.DiscoveryInterface {
	return plainClient{c.DiscoveryInterface.WithLegacy()}
}

type plainAggregated struct {
	plainClient
	aggregated discovery.AggregatedDiscoveryInterface
}

func (c plainAggregated) GroupsAndMaybeResources() (*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error) {
	return c.aggregated.GroupsAndMaybeResources()
}

type plainCached struct {
	plainClient
	invalidated *int
}

func (c plainCached) Fresh() bool { return *c.invalidated > 0 }
func (c plainCached) Invalidate() { *c.invalidated++ }

func TestAClientWithoutContextsIsWrapped(t *testing.T) {
	ctx := t.Context()
	client := play(t, map[string]reply{
		"/api":          aggregated(aggregatedGroup("", "v1", "pods")),
		"/apis":         aggregated(aggregatedGroup("apps", "v1", "deployments")),
		"/apis/apps/v1": plain(resourceList("apps/v1", "deployments")),
		"/version":      plain(map[string]string{"gitVersion": "v1.37.2"}),
		"/openapi/v3":   plain(map[string]any{"paths": map[string]any{"api/v1": map[string]string{"serverRelativeURL": "/openapi/v3/api/v1"}}}),
	}).client(t)

	wrapped := discovery.ToDiscoveryInterfaceWithContext(plainClient{client})
	require.Same(t, client.RESTClient(), wrapped.RESTClient())
	groups, err := wrapped.ServerGroupsWithContext(ctx)
	require.NoError(t, err)
	require.Len(t, groups.Groups, 2)
	list, err := wrapped.ServerResourcesForGroupVersionWithContext(ctx, "apps/v1")
	require.NoError(t, err)
	require.Equal(t, "apps/v1", list.GroupVersion)
	version, err := wrapped.ServerVersionWithContext(ctx)
	require.NoError(t, err)
	require.Equal(t, "v1.37.2", version.GitVersion)
	paths, err := wrapped.OpenAPIV3WithContext(ctx).PathsWithContext(ctx)
	require.NoError(t, err)
	require.Contains(t, paths, "api/v1")
	for name, ask := range map[string]func() ([]*metav1.APIResourceList, error){
		"all": func() ([]*metav1.APIResourceList, error) {
			_, l, err := wrapped.ServerGroupsAndResourcesWithContext(ctx)
			return l, err
		},
		"preferred": func() ([]*metav1.APIResourceList, error) { return wrapped.ServerPreferredResourcesWithContext(ctx) },
		"namespaced": func() ([]*metav1.APIResourceList, error) {
			return wrapped.ServerPreferredNamespacedResourcesWithContext(ctx)
		},
	} {
		lists, err := ask()
		require.NoError(t, err, name)
		require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(lists), name)
	}
	_, isAggregated := wrapped.(discovery.AggregatedDiscoveryInterfaceWithContext)
	require.False(t, isAggregated)
	require.NotNil(t, wrapped.WithLegacyWithContext(ctx))
}

func TestWrappingLosesNothing(t *testing.T) {
	ctx := t.Context()
	client := play(t, map[string]reply{"/apis": aggregated(aggregatedGroup("apps", "v1", "deployments"))}).client(t)

	aggregated, ok := discovery.ToDiscoveryInterfaceWithContext(plainAggregated{plainClient{client}, client}).(discovery.AggregatedDiscoveryInterfaceWithContext)
	require.True(t, ok)
	_, resources, _, err := aggregated.GroupsAndMaybeResourcesWithContext(ctx)
	require.NoError(t, err)
	require.Len(t, resources, 1)

	invalidated := 0
	cached, ok := discovery.ToDiscoveryInterfaceWithContext(plainCached{plainClient{client}, &invalidated}).(discovery.CachedDiscoveryInterfaceWithContext)
	require.True(t, ok)
	require.False(t, cached.FreshWithContext(ctx))
	cached.InvalidateWithContext(ctx)
	require.True(t, cached.FreshWithContext(ctx))
}

func TestBothFormsNeedNoWrapping(t *testing.T) {
	client := play(t, nil).client(t)
	require.Same(t, client, discovery.ToDiscoveryInterfaceWithContext(client))
	require.Same(t, client, discovery.ToAggregatedDiscoveryInterfaceWithContext(client))
	require.Same(t, client, discovery.ToServerGroupsInterfaceWithContext(client))
	require.Same(t, client, discovery.ToServerResourcesInterfaceWithContext(client))
	require.Same(t, client, discovery.ToServerVersionInterfaceWithContext(client))
	require.Same(t, client, discovery.OpenAPIV3ToSchemaInterfaceWithContext(client))
}

func TestNilStaysNil(t *testing.T) {
	require.True(t, discovery.ToDiscoveryInterfaceWithContext(nil) == nil)
	require.True(t, discovery.ToAggregatedDiscoveryInterfaceWithContext(nil) == nil)
	require.True(t, discovery.ToCachedDiscoveryInterfaceWithContext(nil) == nil)
	require.True(t, discovery.ToServerGroupsInterfaceWithContext(nil) == nil)
	require.True(t, discovery.ToServerResourcesInterfaceWithContext(nil) == nil)
	require.True(t, discovery.ToServerVersionInterfaceWithContext(nil) == nil)
	require.True(t, discovery.OpenAPIV3ToSchemaInterfaceWithContext(nil) == nil)
}
