package restmapper_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/restmapper"
)

func mapper(t *testing.T, f *fakeDiscovery) meta.RESTMapper {
	t.Helper()
	groups, err := restmapper.GetAPIGroupResources(plain{f})
	require.NoError(t, err)
	return restmapper.NewDiscoveryRESTMapper(groups)
}

func TestAKindIsMappedToItsResource(t *testing.T) {
	m := mapper(t, smallCluster())
	for name, test := range map[string]struct {
		kind       schema.GroupKind
		versions   []string
		resource   schema.GroupVersionResource
		namespaced bool
	}{
		"of the core group":            {kind: schema.GroupKind{Kind: "Pod"}, resource: schema.GroupVersionResource{Version: "v1", Resource: "pods"}, namespaced: true},
		"as somebody types it":         {kind: schema.GroupKind{Kind: "pod"}, resource: schema.GroupVersionResource{Version: "v1", Resource: "pods"}, namespaced: true},
		"cluster-wide":                 {kind: schema.GroupKind{Kind: "Node"}, resource: schema.GroupVersionResource{Version: "v1", Resource: "nodes"}},
		"in the preferred version":     {kind: schema.GroupKind{Group: "apps", Kind: "Deployment"}, resource: schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, namespaced: true},
		"in the version that is asked": {kind: schema.GroupKind{Group: "apps", Kind: "Deployment"}, versions: []string{"v1beta1"}, resource: schema.GroupVersionResource{Group: "apps", Version: "v1beta1", Resource: "deployments"}, namespaced: true},
		"in the only version it has":   {kind: schema.GroupKind{Group: "apps", Kind: "Relic"}, resource: schema.GroupVersionResource{Group: "apps", Version: "v1beta1", Resource: "relics"}, namespaced: true},
		"one of two of that name":      {kind: schema.GroupKind{Group: "events.k8s.io", Kind: "Event"}, resource: schema.GroupVersionResource{Group: "events.k8s.io", Version: "v1", Resource: "events"}, namespaced: true},
	} {
		t.Run(name, func(t *testing.T) {
			mapping, err := m.RESTMapping(test.kind, test.versions...)
			require.NoError(t, err)
			require.Equal(t, test.resource, mapping.Resource)
			require.Equal(t, test.namespaced, mapping.Scope.Name() == meta.RESTScopeNameNamespace)
		})
	}
}

func TestAResourceIsMappedToItsKind(t *testing.T) {
	m := mapper(t, smallCluster())
	for name, test := range map[string]struct {
		resource schema.GroupVersionResource
		kind     schema.GroupVersionKind
	}{
		"plural":                      {schema.GroupVersionResource{Resource: "pods"}, schema.GroupVersionKind{Version: "v1", Kind: "Pod"}},
		"singular":                    {schema.GroupVersionResource{Resource: "deployment"}, schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}},
		"the core group goes first":   {schema.GroupVersionResource{Resource: "events"}, schema.GroupVersionKind{Version: "v1", Kind: "Event"}},
		"a group that is asked":       {schema.GroupVersionResource{Group: "events.k8s.io", Resource: "events"}, schema.GroupVersionKind{Group: "events.k8s.io", Version: "v1", Kind: "Event"}},
		"the beginning of a group":    {schema.GroupVersionResource{Group: "events", Resource: "events"}, schema.GroupVersionKind{Group: "events.k8s.io", Version: "v1", Kind: "Event"}},
		"a version that is asked":     {schema.GroupVersionResource{Group: "apps", Version: "v1beta1", Resource: "deployments"}, schema.GroupVersionKind{Group: "apps", Version: "v1beta1", Kind: "Deployment"}},
		"a singular nobody mentioned": {schema.GroupVersionResource{Resource: "box"}, schema.GroupVersionKind{Group: "old.example.com", Version: "v1", Kind: "Box"}},
	} {
		t.Run(name, func(t *testing.T) {
			kind, err := m.KindFor(test.resource)
			require.NoError(t, err)
			require.Equal(t, test.kind, kind)
		})
	}

	kinds, err := m.KindsFor(schema.GroupVersionResource{Resource: "events"})
	require.NoError(t, err)
	require.Len(t, kinds, 2)
	singular, err := m.ResourceSingularizer("deployments")
	require.NoError(t, err)
	require.Equal(t, "deployment", singular)
}

// Two groups have the same resource, and neither is the core group: the server's order decides.
func TestTheServersOrderDecides(t *testing.T) {
	f := new(fakeDiscovery).
		add("zebra.io/v1", resource("stripes", "stripe", "Stripe")).
		add("apple.io/v1", resource("stripes", "stripe", "Stripe"))
	resource, err := mapper(t, f).ResourceFor(schema.GroupVersionResource{Resource: "stripes"})
	require.NoError(t, err)
	require.Equal(t, "zebra.io", resource.Group)
}

// The core group goes first even where the server lists it last.
func TestTheCoreGroupGoesFirst(t *testing.T) {
	f := new(fakeDiscovery).
		add("events.k8s.io/v1", resource("events", "event", "Event")).
		add("v1", resource("events", "event", "Event"))
	kind, err := mapper(t, f).KindFor(schema.GroupVersionResource{Resource: "events"})
	require.NoError(t, err)
	require.Equal(t, schema.GroupVersionKind{Version: "v1", Kind: "Event"}, kind)
}

// What the preferred version lacks is taken from the first of the others.
func TestOtherVersionsGoInTheServersOrder(t *testing.T) {
	f := new(fakeDiscovery).
		add("shop.io/v1", resource("shops", "shop", "Shop")).
		add("shop.io/v1beta2", resource("carts", "cart", "Cart")).
		add("shop.io/v1beta1", resource("carts", "cart", "Cart"))
	mapping, err := mapper(t, f).RESTMapping(schema.GroupKind{Group: "shop.io", Kind: "Cart"})
	require.NoError(t, err)
	require.Equal(t, "v1beta2", mapping.Resource.Version)
}

// Within a group the preferred version goes first, wherever it stands.
func TestThePreferredVersionDecides(t *testing.T) {
	f := smallCluster()
	f.groups[2].PreferredVersion = f.groups[2].Versions[1]
	mapping, err := mapper(t, f).RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	require.NoError(t, err)
	require.Equal(t, "v1beta1", mapping.Resource.Version)
}

func TestWhatNothingMatchesIsNamed(t *testing.T) {
	m := mapper(t, smallCluster())
	_, err := m.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Cart"}, "v1")
	require.EqualError(t, err, `no matches for kind "Cart" in version "apps/v1"`)
	require.ErrorIs(t, err, &meta.NoKindMatchError{})
	_, err = m.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Cart"})
	require.EqualError(t, err, `no matches for kind "Cart" in group "apps"`)
	_, err = m.KindFor(schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "carts"})
	require.EqualError(t, err, `no matches for apps/v1, Resource=carts`)
	require.ErrorIs(t, err, &meta.NoResourceMatchError{})
	_, err = m.ResourceFor(schema.GroupVersionResource{Version: "v1", Resource: "pods/log"})
	require.True(t, meta.IsNoMatchError(err), "a subresource has no mapping: %v", err)
}

// A group that is down is not found; the others are.
func TestAPartialFailureLeavesTheRest(t *testing.T) {
	f := smallCluster()
	f.groups = append(f.groups, new(fakeDiscovery).add("metrics.k8s.io/v1beta1").groups...)
	f.err = errors.New("metrics.k8s.io is away")
	groups, err := restmapper.GetAPIGroupResourcesWithContext(t.Context(), f)
	require.NoError(t, err)
	require.Len(t, groups, 6)
	require.Empty(t, groups[5].VersionedResources)
	require.Len(t, groups[2].VersionedResources, 2)

	m := restmapper.NewDiscoveryRESTMapperWithContext(groups)
	_, err = m.RESTMappingWithContext(t.Context(), schema.GroupKind{Kind: "Pod"})
	require.NoError(t, err)
	_, err = m.RESTMappingWithContext(t.Context(), schema.GroupKind{Group: "metrics.k8s.io", Kind: "PodMetrics"})
	require.True(t, meta.IsNoMatchError(err))

	_, err = restmapper.GetAPIGroupResources(plain{&fakeDiscovery{err: errors.New("no server")}})
	require.EqualError(t, err, "no server")
}
