package restmapper_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/restmapper"
)

var (
	carts    = schema.GroupVersionResource{Group: "shop.example.com", Version: "v1", Resource: "carts"}
	cartKind = schema.GroupVersionKind{Group: "shop.example.com", Version: "v1", Kind: "Cart"}
)

// installCarts is what an Invalidate brings to light.
func installCarts(f *fakeDiscovery) {
	f.add("shop.example.com/v1", resource("carts", "cart", "Cart", "ct"))
	f.next, f.fresh = nil, true
}

func TestNothingIsAskedBeforeTheFirstUse(t *testing.T) {
	f := smallCluster()
	f.fresh = true
	m := restmapper.NewDeferredDiscoveryRESTMapper(plain{f})
	require.Zero(t, f.asked)
	require.Equal(t, "DeferredDiscoveryRESTMapper{nothing discovered}", m.String())
	require.Zero(t, f.asked, "printing asks nothing")
	for range 3 {
		_, err := m.RESTMapping(schema.GroupKind{Kind: "Pod"})
		require.NoError(t, err)
	}
	require.Equal(t, 1, f.asked)
	require.Contains(t, fmt.Sprint(m), "Pod")
}

// Each kind of question, in both forms, looks once more after a miss.
func TestAMissInAnOldCacheIsLookedUpAgain(t *testing.T) {
	type deferred = *restmapper.DeferredDiscoveryRESTMapper
	gk := cartKind.GroupKind()
	for name, ask := range map[string]func(context.Context, deferred) (any, error){
		"KindFor":                 func(_ context.Context, m deferred) (any, error) { return m.KindFor(carts) },
		"KindForWithContext":      func(ctx context.Context, m deferred) (any, error) { return m.KindForWithContext(ctx, carts) },
		"KindsFor":                func(_ context.Context, m deferred) (any, error) { return m.KindsFor(carts) },
		"KindsForWithContext":     func(ctx context.Context, m deferred) (any, error) { return m.KindsForWithContext(ctx, carts) },
		"ResourceFor":             func(_ context.Context, m deferred) (any, error) { return m.ResourceFor(carts) },
		"ResourceForWithContext":  func(ctx context.Context, m deferred) (any, error) { return m.ResourceForWithContext(ctx, carts) },
		"ResourcesFor":            func(_ context.Context, m deferred) (any, error) { return m.ResourcesFor(carts) },
		"ResourcesForWithContext": func(ctx context.Context, m deferred) (any, error) { return m.ResourcesForWithContext(ctx, carts) },
		"RESTMapping":             func(_ context.Context, m deferred) (any, error) { return m.RESTMapping(gk, "v1") },
		"RESTMappingWithContext":  func(ctx context.Context, m deferred) (any, error) { return m.RESTMappingWithContext(ctx, gk, "v1") },
		"RESTMappings":            func(_ context.Context, m deferred) (any, error) { return m.RESTMappings(gk) },
		"RESTMappingsWithContext": func(ctx context.Context, m deferred) (any, error) { return m.RESTMappingsWithContext(ctx, gk) },
		"ResourceSingularizer":    func(_ context.Context, m deferred) (any, error) { return m.ResourceSingularizer("carts") },
		"ResourceSingularizerWithContext": func(ctx context.Context, m deferred) (any, error) {
			return m.ResourceSingularizerWithContext(ctx, "carts")
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := smallCluster()
			f.next = installCarts
			found, err := ask(t.Context(), restmapper.NewDeferredDiscoveryRESTMapperWithContext(f))
			require.NoError(t, err)
			text, err := json.Marshal(found)
			require.NoError(t, err)
			require.Contains(t, string(text), "art")
			require.NotEqual(t, "carts", found, "the singular")
			require.Equal(t, 1, f.invalidated)
			require.Equal(t, 2, f.asked)
		})
	}
}

func TestAMissInAFreshCacheIsFinal(t *testing.T) {
	f := smallCluster()
	f.fresh = true
	m := restmapper.NewDeferredDiscoveryRESTMapperWithContext(f)
	_, err := m.RESTMapping(cartKind.GroupKind(), "v1")
	require.EqualError(t, err, `no matches for kind "Cart" in version "shop.example.com/v1"`)
	require.Zero(t, f.invalidated)

	// The cache is told of something new; the mapper finds it by itself.
	f.fresh, f.next = false, installCarts
	mapping, err := m.RESTMapping(cartKind.GroupKind(), "v1")
	require.NoError(t, err)
	require.Equal(t, carts, mapping.Resource)
}

// A cache that is never fresh is no reason to ask forever.
func TestAMissIsLookedUpTwiceAtMost(t *testing.T) {
	f := smallCluster()
	m := restmapper.NewDeferredDiscoveryRESTMapperWithContext(f)
	singular, err := m.ResourceSingularizer("carts")
	require.ErrorContains(t, err, `carts`)
	require.Equal(t, "carts", singular)
	require.Equal(t, 2, f.asked)
	require.Equal(t, 1, f.invalidated)
}

func TestResetForgets(t *testing.T) {
	f := smallCluster()
	f.fresh = true
	m := restmapper.NewDeferredDiscoveryRESTMapperWithContext(f)
	_, err := m.KindFor(carts)
	require.True(t, meta.IsNoMatchError(err))
	f.next = installCarts
	meta.MaybeResetRESTMapper(m)
	kind, err := m.KindFor(carts)
	require.NoError(t, err)
	require.Equal(t, cartKind, kind)
}

func TestAServerThatIsDownIsAskedAgain(t *testing.T) {
	f := smallCluster()
	f.fresh = true
	groups := f.groups
	f.groups, f.err = nil, errors.New("connection refused")
	m := restmapper.NewDeferredDiscoveryRESTMapperWithContext(f)
	_, err := m.RESTMapping(schema.GroupKind{Kind: "Pod"})
	require.EqualError(t, err, "connection refused")
	singular, err := m.ResourceSingularizer("pods")
	require.Error(t, err)
	require.Equal(t, "pods", singular)

	f.groups, f.err = groups, nil
	_, err = m.RESTMapping(schema.GroupKind{Kind: "Pod"})
	require.NoError(t, err)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	m.Reset()
	_, err = m.RESTMappingWithContext(ctx, schema.GroupKind{Kind: "Pod"})
	require.ErrorIs(t, err, context.Canceled)
}

// slowDiscovery answers with what it had when it was asked, after what a test does meanwhile.
type slowDiscovery struct {
	*fakeDiscovery
	meanwhile func()
}

func (s *slowDiscovery) ServerGroupsAndResourcesWithContext(ctx context.Context) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	groups, lists, err := s.fakeDiscovery.ServerGroupsAndResourcesWithContext(ctx)
	if meanwhile := s.meanwhile; meanwhile != nil {
		s.meanwhile = nil
		meanwhile()
	}
	return groups, lists, err
}

// Reset while the server answers: the answer is out of date and must not be kept.
func TestAnAnswerThatResetOvertookIsNotKept(t *testing.T) {
	s := &slowDiscovery{fakeDiscovery: smallCluster()}
	s.fresh, s.next = true, installCarts
	m := restmapper.NewDeferredDiscoveryRESTMapperWithContext(s)
	s.meanwhile = m.Reset
	_, err := m.KindFor(carts)
	require.True(t, meta.IsNoMatchError(err), "this caller asked before")
	kind, err := m.KindFor(carts)
	require.NoError(t, err)
	require.Equal(t, cartKind, kind)
}

func TestManyCallersAndResets(t *testing.T) {
	f := smallCluster()
	f.fresh = true
	m := restmapper.NewDeferredDiscoveryRESTMapperWithContext(f)
	var callers sync.WaitGroup
	for i := range 8 {
		callers.Go(func() {
			for range 50 {
				if i == 0 {
					m.Reset()
				}
				mapping, err := m.RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
				if err != nil || mapping.Resource.Resource != "deployments" {
					t.Errorf("%v, %v", mapping, err)
				}
			}
		})
	}
	callers.Wait()
}
