package memory_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/memory"
	"client-go-workbook/lib/discovery/openapi"
	"client-go-workbook/lib/rest"
)

// A day in the life of the cache.
func TestTheServerIsAskedOnceUntilInvalidate(t *testing.T) {
	ctx := t.Context()
	server := newServer()
	client := memory.NewMemCacheClientWithContext(server)
	require.False(t, client.FreshWithContext(ctx))
	require.Zero(t, server.count("groups"), "nothing is asked before it is needed")

	for range 3 {
		_, lists, err := client.ServerGroupsAndResourcesWithContext(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(lists))
		preferred, err := client.ServerPreferredNamespacedResourcesWithContext(ctx)
		require.NoError(t, err)
		require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(preferred))
		require.True(t, client.FreshWithContext(ctx))
	}
	require.Equal(t, map[string]int{"groups": 1, "v1": 1, "apps/v1": 1}, server.asked)

	server.change(func() {
		server.groups = append(server.groups, group("shop", "v1"))
		server.lists["shop/v1"] = list("shop/v1", "carts")
	})
	_, err := client.ServerResourcesForGroupVersionWithContext(ctx, "shop/v1")
	require.ErrorIs(t, err, memory.ErrCacheNotFound)
	require.ErrorContains(t, err, `"shop/v1"`)

	client.InvalidateWithContext(ctx)
	require.False(t, client.FreshWithContext(ctx))
	found, err := client.ServerResourcesForGroupVersionWithContext(ctx, "shop/v1")
	require.NoError(t, err)
	require.Equal(t, "carts", found.APIResources[0].Name)
	require.Equal(t, 1, server.count("v1"), "only what is wanted is asked for again")
}

func TestWhichErrorsAreRemembered(t *testing.T) {
	status := func(code int32) error {
		return &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Code: code}}
	}
	things := schema.GroupResource{Resource: "things"}
	for name, test := range map[string]struct {
		err        error
		remembered bool
	}{
		"404":                    {apierrors.NewNotFound(things, "x"), true},
		"403":                    {apierrors.NewForbidden(things, "x", nil), true},
		"something else":         {errors.New("no idea"), true},
		"429":                    {apierrors.NewTooManyRequests("later", 1), false},
		"500":                    {apierrors.NewInternalError(errors.New("oops")), false},
		"502":                    {status(502), false},
		"503":                    {apierrors.NewServiceUnavailable("starting"), false},
		"a wrapped 503":          {fmt.Errorf("discover: %w", apierrors.NewServiceUnavailable("starting")), false},
		"connection refused":     {&url.Error{Op: "Get", Err: syscall.ECONNREFUSED}, false},
		"connection reset":       {&url.Error{Op: "Get", Err: syscall.ECONNRESET}, false},
		"another errno":          {&url.Error{Op: "Get", Err: syscall.EACCES}, true},
		"another's cancellation": {context.Canceled, false},
		"a timeout":              {fmt.Errorf("get: %w", context.DeadlineExceeded), false},
	} {
		t.Run(name, func(t *testing.T) {
			server := newServer()
			client := memory.NewMemCacheClientWithContext(server)
			server.errs["apps/v1"] = test.err
			_, err := client.ServerResourcesForGroupVersionWithContext(t.Context(), "apps/v1")
			require.ErrorIs(t, err, test.err)

			server.change(func() { delete(server.errs, "apps/v1") })
			_, err = client.ServerResourcesForGroupVersionWithContext(t.Context(), "apps/v1")
			if test.remembered {
				require.ErrorIs(t, err, test.err)
				client.InvalidateWithContext(t.Context())
				_, err = client.ServerResourcesForGroupVersionWithContext(t.Context(), "apps/v1")
			}
			require.NoError(t, err)
			require.Equal(t, 2, server.count("apps/v1"))
		})
	}
}

// Without the groups there is no cache, whatever the reason.
func TestAFailureOfTheGroupsIsNeverRemembered(t *testing.T) {
	server := newServer()
	client := memory.NewMemCacheClientWithContext(server)
	server.errs["groups"] = apierrors.NewForbidden(schema.GroupResource{}, "", nil)
	_, err := client.ServerGroupsWithContext(t.Context())
	require.True(t, apierrors.IsForbidden(err))
	require.False(t, client.FreshWithContext(t.Context()))

	delete(server.errs, "groups")
	server.groups = nil
	groups, err := client.ServerGroupsWithContext(t.Context())
	require.NoError(t, err)
	require.Empty(t, groups.Groups)
	require.False(t, client.FreshWithContext(t.Context()), "a server without a group is still starting")

	server.groups = []metav1.APIGroup{group("", "v1")}
	groups, err = client.ServerGroupsWithContext(t.Context())
	require.NoError(t, err)
	require.Len(t, groups.Groups, 1)
	require.True(t, client.FreshWithContext(t.Context()))
}

func TestAnEmptyListIsAnError(t *testing.T) {
	server := newServer()
	server.lists["apps/v1"] = list("apps/v1")
	client := memory.NewMemCacheClientWithContext(server)
	empty, err := client.ServerResourcesForGroupVersionWithContext(t.Context(), "apps/v1")
	require.EqualError(t, err, "received empty response for: apps/v1")
	require.Equal(t, "apps/v1", empty.GroupVersion)

	_, lists, err := client.ServerGroupsAndResourcesWithContext(t.Context())
	require.Equal(t, []string{"v1 pods"}, names(lists))
	require.True(t, discovery.IsGroupDiscoveryFailedError(err))
}

func TestAnAggregatedAnswerFillsEverything(t *testing.T) {
	ctx := t.Context()
	away := schema.GroupVersion{Group: "metrics.k8s.io", Version: "v1beta1"}
	server := newServer()
	client := memory.NewMemCacheClientWithContext(aggregatedServer{server, map[schema.GroupVersion]error{away: errors.New("stale")}})
	for range 2 {
		_, lists, err := client.ServerGroupsAndResourcesWithContext(ctx)
		require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(lists))
		require.EqualError(t, err, "unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale")
		found, err := client.ServerResourcesForGroupVersionWithContext(ctx, "apps/v1")
		require.NoError(t, err)
		require.Equal(t, "deployments", found.APIResources[0].Name)
		_, err = client.ServerResourcesForGroupVersionWithContext(ctx, "metrics.k8s.io/v1beta1")
		require.EqualError(t, err, "stale")
	}
	require.Equal(t, map[string]int{"groups": 1}, server.asked)
}

// A failure that came along and may be gone by now is asked about again, and mends the whole.
func TestATransientFailureInAnAggregatedAnswerHeals(t *testing.T) {
	ctx := t.Context()
	server := newServer()
	busy := schema.GroupVersion{Group: "shop", Version: "v1"}
	client := memory.NewMemCacheClientWithContext(aggregatedServer{server, map[schema.GroupVersion]error{busy: apierrors.NewTooManyRequests("later", 1)}})
	_, _, err := client.ServerGroupsAndResourcesWithContext(ctx)
	require.True(t, discovery.IsGroupDiscoveryFailedError(err))

	server.change(func() { server.lists["shop/v1"] = list("shop/v1", "carts") })
	_, err = client.ServerResourcesForGroupVersionWithContext(ctx, "shop/v1")
	require.NoError(t, err)
	_, _, err = client.ServerGroupsAndResourcesWithContext(ctx)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"groups": 1, "shop/v1": 1}, server.asked)
}

// groupsOnly sends along what failed, but no lists: one root endpoint answered in the plain format.
type groupsOnly struct{ aggregatedServer }

func (s groupsOnly) GroupsAndMaybeResourcesWithContext(ctx context.Context) (
	*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
) {
	groups, _, failed, err := s.aggregatedServer.GroupsAndMaybeResourcesWithContext(ctx)
	return groups, nil, failed, err
}

func TestAFailureThatCameWithoutListsIsReported(t *testing.T) {
	server := newServer()
	away := map[schema.GroupVersion]error{{Group: "metrics.k8s.io", Version: "v1beta1"}: errors.New("stale")}
	client := memory.NewMemCacheClientWithContext(groupsOnly{aggregatedServer{server, away}})
	for range 2 {
		_, lists, err := client.ServerGroupsAndResourcesWithContext(t.Context())
		require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(lists))
		require.EqualError(t, err, "unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: stale")
	}
	_, err := client.ServerResourcesForGroupVersionWithContext(t.Context(), "metrics.k8s.io/v1beta1")
	require.EqualError(t, err, "stale")
	require.Equal(t, map[string]int{"groups": 1, "v1": 1, "apps/v1": 1}, server.asked)
}

// The caller's map is the caller's own.
func TestChangingTheMapsChangesNothing(t *testing.T) {
	client := memory.NewMemCacheClientWithContext(aggregatedServer{newServer(), nil}).(discovery.AggregatedDiscoveryInterface)
	_, resources, failed, err := client.GroupsAndMaybeResources()
	require.NoError(t, err)
	failed[schema.GroupVersion{Group: "apps", Version: "v1"}] = errors.New("made up")
	clear(resources)
	_, resources, failed, err = client.GroupsAndMaybeResources()
	require.NoError(t, err)
	require.Len(t, resources, 2)
	require.Empty(t, failed)
}

func TestCachesAreStacked(t *testing.T) {
	server := newServer()
	inner := memory.NewMemCacheClientWithContext(server)
	outer := memory.NewMemCacheClientWithContext(inner)
	ask := func() {
		_, _, err := outer.ServerGroupsAndResourcesWithContext(t.Context())
		require.NoError(t, err)
	}
	ask()
	ask()
	require.Equal(t, 1, server.count("groups"))
	outer.InvalidateWithContext(t.Context())
	require.False(t, inner.FreshWithContext(t.Context()))
	ask()
	require.Equal(t, 2, server.count("groups"))
}

func TestOpenAPIIsRemembered(t *testing.T) {
	ctx := t.Context()
	server := newServer()
	client := memory.NewMemCacheClientWithContext(server)
	server.errs["api/v1 as json"] = apierrors.NewServiceUnavailable("aggregating")
	read := func(contentType string) (string, error) {
		paths, err := client.OpenAPIV3WithContext(ctx).PathsWithContext(ctx)
		require.NoError(t, err)
		require.Equal(t, "/openapi/v3/api/v1?hash=1", paths["api/v1"].ServerRelativeURL())
		text, err := paths["api/v1"].SchemaWithContext(ctx, contentType)
		return string(text), err
	}
	_, err := read("json")
	require.True(t, apierrors.IsServiceUnavailable(err))
	delete(server.errs, "api/v1 as json")
	for range 3 {
		for _, contentType := range []string{"json", openapi.ContentTypeOpenAPIV3PB} {
			text, err := read(contentType)
			require.NoError(t, err)
			require.Equal(t, contentType, text)
		}
	}
	require.Equal(t, map[string]int{"openapi": 1, "api/v1 as json": 2, "api/v1 as " + openapi.ContentTypeOpenAPIV3PB: 1}, server.asked)

	client.InvalidateWithContext(ctx)
	paths, err := client.(discovery.DiscoveryInterface).OpenAPIV3().Paths()
	require.NoError(t, err)
	_, err = paths["api/v1"].Schema("json")
	require.NoError(t, err)
	require.Equal(t, 2, server.count("openapi"))
	require.Equal(t, 3, server.count("api/v1 as json"))
}

func TestTheVersionIsNotRemembered(t *testing.T) {
	server := newServer()
	client := memory.NewMemCacheClientWithContext(server).(discovery.DiscoveryInterface)
	for range 2 {
		version, err := client.ServerVersion()
		require.NoError(t, err)
		require.Equal(t, "v1.37.2", version.GitVersion)
	}
	require.Equal(t, 2, server.count("version"))
}

// Over HTTP: two requests with aggregated discovery, two and one for each group-version without.
func TestRequestsToAServer(t *testing.T) {
	for name, test := range map[string]struct {
		legacy   bool
		requests []string
	}{
		"aggregated": {false, []string{"get /api", "get /apis"}},
		"legacy":     {true, []string{"get /api", "get /apis", "get /api/v1", "get /apis/apps/v1", "get /apis/events.k8s.io/v1"}},
	} {
		t.Run(name, func(t *testing.T) {
			server := apitest.Start(t, apitest.Config{LegacyDiscovery: test.legacy})
			live := discovery.NewDiscoveryClientForConfigOrDie(&rest.Config{Host: server.URL})
			t.Cleanup(live.RESTClient().(*rest.RESTClient).Client.CloseIdleConnections)
			client := memory.NewMemCacheClient(live)
			for range 2 {
				groups, err := client.ServerGroups()
				require.NoError(t, err)
				require.Len(t, groups.Groups, 3)
				lists, err := client.ServerPreferredResources()
				require.NoError(t, err)
				require.Contains(t, names(lists), "apps/v1 deployments")
				list, err := client.ServerResourcesForGroupVersion("apps/v1")
				require.NoError(t, err)
				require.NotEmpty(t, list.APIResources)
			}
			var requests []string
			for _, r := range server.Requests() {
				requests = append(requests, r.Verb+" "+r.URL.Path)
			}
			require.ElementsMatch(t, test.requests, requests)
		})
	}
}
