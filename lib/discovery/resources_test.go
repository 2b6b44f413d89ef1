package discovery_test

import (
	"context"
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/discovery"
)

func TestServerResourcesForGroupVersion(t *testing.T) {
	unavailable := reply{http.StatusServiceUnavailable, "application/json",
		`{"kind":"Status","apiVersion":"v1","status":"Failure","code":503,"reason":"ServiceUnavailable","message":"the backend is away"}`}
	server := play(t, map[string]reply{
		"/api/v1":                      plain(resourceList("v1", "pods")),
		"/core/v1":                     plain(resourceList("v1", "from elsewhere")),
		"/apis/v1":                     plain(resourceList("v1", "not special")),
		"/apis/apps/v1":                plain(resourceList("apps/v1", "deployments", "deployments/scale")),
		"/apis/silent/v1":              {http.StatusOK, "application/json", "{}"},
		"/apis/metrics.k8s.io/v1beta1": unavailable,
		"/apis/proxied/v1":             {http.StatusOK, "text/html", "<html>please log in</html>"},
	})
	for name, test := range map[string]struct {
		groupVersion string
		legacyPrefix string // "-": none
		want         []string
		fails        string
		failsWith    func(error) bool
	}{
		"the core group":                  {groupVersion: "v1", want: []string{"v1 pods"}},
		"the core group, at another path": {groupVersion: "v1", legacyPrefix: "/core", want: []string{"v1 from elsewhere"}},
		"the core group, not special":     {groupVersion: "v1", legacyPrefix: "-", want: []string{"v1 not special"}},
		"no core group":                   {groupVersion: "v1", legacyPrefix: "/nowhere", want: []string{}},
		"a group":                         {groupVersion: "apps/v1", want: []string{"apps/v1 deployments", "apps/v1 deployments/scale"}},
		"an unknown group":                {groupVersion: "ops/v1", fails: "discover /apis/ops/v1: ", failsWith: apierrors.IsNotFound},
		"a group that is away":            {groupVersion: "metrics.k8s.io/v1beta1", fails: "discover /apis/metrics.k8s.io/v1beta1: the backend is away", failsWith: apierrors.IsServiceUnavailable},
		"a proxy's login page":            {groupVersion: "proxied/v1", fails: "discover /apis/proxied/v1: the answer, of type \"text/html\", doesn't parse"},
		"nothing":                         {groupVersion: "", fails: "groupVersion shouldn't be empty"},
		"too much":                        {groupVersion: "a/b/c", fails: "unexpected GroupVersion string: a/b/c"},
		"a way out":                       {groupVersion: "../version", fails: `invalid group-version "../version"`},
		"half a group-version":            {groupVersion: "apps/", fails: `invalid group-version "apps/"`},
		"an escaped one":                  {groupVersion: "apps/v1%2F..", fails: `invalid group-version "apps/v1%2F.."`},
	} {
		t.Run(name, func(t *testing.T) {
			client := server.client(t)
			switch test.legacyPrefix {
			case "":
			case "-":
				client.LegacyPrefix = ""
			default:
				client.LegacyPrefix = test.legacyPrefix
			}
			list, err := client.ServerResourcesForGroupVersionWithContext(t.Context(), test.groupVersion)
			if test.fails != "" {
				require.ErrorContains(t, err, test.fails)
				require.Nil(t, list)
				if test.failsWith != nil {
					require.True(t, test.failsWith(err))
				}
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.groupVersion, list.GroupVersion)
			require.Equal(t, test.want, names([]*metav1.APIResourceList{list}))
		})
	}

	list, err := server.client(t).ServerResourcesForGroupVersion("silent/v1")
	require.NoError(t, err)
	require.Equal(t, "silent/v1", list.GroupVersion, "a list that doesn't say what it is")
}

// One group is away: the others are there, and the error says which is not.
func TestAPartialFailureIsSurvivedAndReported(t *testing.T) {
	server := play(t, map[string]reply{
		"/api":                         coreVersions("v1"),
		"/apis":                        groupList(group("apps", "v1", "v1beta1"), group("metrics.k8s.io", "v1beta1")),
		"/api/v1":                      plain(resourceList("v1", "pods")),
		"/apis/apps/v1":                plain(resourceList("apps/v1", "deployments")),
		"/apis/apps/v1beta1":           plain(resourceList("apps/v1beta1", "deployments", "olds")),
		"/apis/metrics.k8s.io/v1beta1": {code: http.StatusForbidden},
	})
	groups, lists, err := server.client(t).ServerGroupsAndResourcesWithContext(t.Context())

	require.Equal(t, []string{"", "apps", "metrics.k8s.io"}, groupNames(groups))
	require.Equal(t, []string{"v1 pods", "apps/v1 deployments", "apps/v1beta1 deployments", "apps/v1beta1 olds"}, names(lists), "in the server's order")
	require.ErrorContains(t, err, "unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: discover /apis/metrics.k8s.io/v1beta1: ")
	failed, ok := discovery.GroupDiscoveryFailedErrorGroups(err)
	require.True(t, ok)
	require.Len(t, failed, 1)
	require.True(t, apierrors.IsForbidden(failed[schema.GroupVersion{Group: "metrics.k8s.io", Version: "v1beta1"}]))

	preferred, err := server.client(t).ServerPreferredResourcesWithContext(t.Context())
	require.Equal(t, []string{"v1 pods", "apps/v1 deployments", "apps/v1beta1 olds"}, names(preferred))
	require.True(t, discovery.IsGroupDiscoveryFailedError(err))
}

// A group goes while we ask: the second round doesn't miss it.
func TestAGroupThatGoesMeanwhileIsNoFailure(t *testing.T) {
	replies := map[string]reply{
		"/api":          coreVersions("v1"),
		"/api/v1":       plain(resourceList("v1", "pods")),
		"/apis/apps/v1": plain(resourceList("apps/v1", "deployments")),
	}
	before, after := groupList(group("apps", "v1"), group("gone", "v1")), groupList(group("apps", "v1"))

	server := play(t, replies)
	server.replies["/apis"] = []reply{before, after}
	_, lists, err := server.client(t).ServerGroupsAndResourcesWithContext(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(lists))

	server = play(t, replies)
	server.replies["/apis"] = []reply{before, after}
	preferred, err := server.client(t).ServerPreferredResourcesWithContext(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(preferred))

	// The functions ask once.
	server = play(t, replies)
	server.replies["/apis"] = []reply{before, after}
	_, _, err = discovery.ServerGroupsAndResourcesWithContext(t.Context(), server.client(t))
	require.True(t, discovery.IsGroupDiscoveryFailedError(err))
}

// An aggregated answer in which every version is stale is a failure, not an empty server.
func TestAllStaleIsAFailure(t *testing.T) {
	stale := aggregatedGroup("g", "v1")
	stale.Versions[0].Freshness = "Stale"
	server := play(t, map[string]reply{"/apis": aggregated(stale)})
	groups, lists, err := server.client(t).ServerGroupsAndResources()
	require.Equal(t, []string{"g"}, groupNames(groups))
	require.Empty(t, lists)
	require.EqualError(t, err, "unable to retrieve the complete list of server APIs: g/v1: stale GroupVersion discovery: g/v1")
}

// What one endpoint calls stale is reported also when the other's answer was plain.
func TestStaleVersionsAreReportedInAMixedAnswer(t *testing.T) {
	stale := aggregatedGroup("g", "v1")
	stale.Versions[0].Freshness = "Stale"
	server := play(t, map[string]reply{
		"/api": coreVersions("v1"), "/apis": aggregated(stale, aggregatedGroup("apps", "v1", "deployments")),
		"/api/v1": plain(resourceList("v1", "pods")), "/apis/apps/v1": plain(resourceList("apps/v1", "deployments")),
	})
	_, lists, err := server.client(t).ServerGroupsAndResources()
	require.Equal(t, []string{"v1 pods", "apps/v1 deployments"}, names(lists))
	require.EqualError(t, err, "unable to retrieve the complete list of server APIs: g/v1: stale GroupVersion discovery: g/v1")
}

func TestAggregatedDiscoveryTakesTwoRequests(t *testing.T) {
	server := play(t, map[string]reply{
		"/api":  aggregated(aggregatedGroup("", "v1", "pods")),
		"/apis": aggregated(aggregatedGroup("z", "v1", "zebras"), aggregatedGroup("a", "v1", "apes"), aggregatedGroup("m", "v1", "mice")),
	})
	_, lists, err := server.client(t).ServerGroupsAndResourcesWithContext(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"v1 pods", "z/v1 zebras", "a/v1 apes", "m/v1 mice"}, names(lists), "in the server's order")
	require.Equal(t, []string{"/api", "/apis"}, server.paths())
}

// crowd is a server of many groups that answers nobody until its gate opens.
type crowd struct {
	discovery.DiscoveryInterfaceWithContext
	groups  int
	gate    chan struct{}
	waiting atomic.Int32
}

func (c *crowd) ServerGroupsWithContext(context.Context) (*metav1.APIGroupList, error) {
	list := new(metav1.APIGroupList)
	for i := range c.groups {
		list.Groups = append(list.Groups, group(fmt.Sprintf("g%02d", i), "v1"))
	}
	return list, nil
}

func (c *crowd) ServerResourcesForGroupVersionWithContext(ctx context.Context, groupVersion string) (*metav1.APIResourceList, error) {
	c.waiting.Add(1)
	defer c.waiting.Add(-1)
	select {
	case <-c.gate:
		list := resourceList(groupVersion, "things")
		return &list, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestLegacyDiscoveryAsksAFewAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &crowd{groups: 40, gate: make(chan struct{})}
		done := make(chan error)
		var lists []*metav1.APIResourceList
		go func() {
			var err error
			_, lists, err = discovery.ServerGroupsAndResourcesWithContext(t.Context(), server)
			done <- err
		}()
		synctest.Wait()
		require.EqualValues(t, 16, server.waiting.Load())
		close(server.gate)
		require.NoError(t, <-done)
		require.Len(t, lists, 40)
		require.Equal(t, "g00/v1", lists[0].GroupVersion)
		require.Equal(t, "g39/v1", lists[39].GroupVersion)
	})
}

// When the caller goes, nobody is left asking.
func TestLegacyDiscoveryEndsWithItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &crowd{groups: 40, gate: make(chan struct{})}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() {
			_, _, err := discovery.ServerGroupsAndResourcesWithContext(ctx, server)
			done <- err
		}()
		synctest.Wait()
		cancel()
		err := <-done
		require.Zero(t, server.waiting.Load())
		failed, _ := discovery.GroupDiscoveryFailedErrorGroups(err)
		require.Len(t, failed, 40)
	})
}

func TestPreferredResources(t *testing.T) {
	cluster := func(list metav1.APIResourceList) metav1.APIResourceList {
		for i := range list.APIResources {
			list.APIResources[i].Namespaced = false
		}
		return list
	}
	preferOther := group("g", "v2", "v1")
	preferOther.PreferredVersion = preferOther.Versions[1]
	for name, test := range map[string]struct {
		group     metav1.APIGroup
		v1, v2    metav1.APIResourceList
		preferred []string
		lists     int
	}{
		"the preferred version wins": {
			group: group("g", "v2", "v1"), lists: 2,
			v1: resourceList("g/v1", "a", "b"), v2: resourceList("g/v2", "a", "b"),
			preferred: []string{"g/v2 a", "g/v2 b"},
		},
		"also when it comes last": {
			group: preferOther, lists: 2,
			v1: resourceList("g/v1", "a", "b"), v2: resourceList("g/v2", "b", "c"),
			preferred: []string{"g/v2 c", "g/v1 a", "g/v1 b"},
		},
		"what only another version has is taken from there": {
			group: group("g", "v2", "v1"), lists: 2,
			v1: resourceList("g/v1", "old", "a"), v2: resourceList("g/v2", "a"),
			preferred: []string{"g/v2 a", "g/v1 old"},
		},
		"subresources don't count": {
			group: group("g", "v1"), lists: 1,
			v1: resourceList("g/v1", "a", "a/status"), preferred: []string{"g/v1 a"},
		},
		"a version that doesn't exist is skipped": {
			group: group("g", "v1", "v3"), lists: 1,
			v1: resourceList("g/v1", "a"), preferred: []string{"g/v1 a"},
		},
		"nothing at all": {group: group("g"), preferred: []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			client := play(t, map[string]reply{
				"/apis":      groupList(test.group, group("cluster", "v1")),
				"/apis/g/v1": plain(test.v1), "/apis/g/v2": plain(test.v2),
				"/apis/cluster/v1": plain(cluster(resourceList("cluster/v1", "nodes"))),
			}).client(t)
			lists, err := client.ServerPreferredResources()
			require.Equal(t, name == "a version that doesn't exist is skipped", discovery.IsGroupDiscoveryFailedError(err))
			require.Equal(t, append(test.preferred, "cluster/v1 nodes"), names(lists))
			require.Len(t, lists, test.lists+1)

			lists, _ = client.ServerPreferredNamespacedResources()
			require.Equal(t, test.preferred, names(lists))
			for _, list := range lists {
				require.NotEmpty(t, list.APIResources, "%s", list.GroupVersion)
			}
		})
	}
}

func TestIsResourceEnabled(t *testing.T) {
	client := play(t, map[string]reply{
		"/apis/apps/v1": plain(resourceList("apps/v1", "deployments")),
		"/apis/down/v1": {code: http.StatusForbidden},
	}).client(t)
	for resource, want := range map[schema.GroupVersionResource]bool{
		{Group: "apps", Version: "v1", Resource: "deployments"}:  true,
		{Group: "apps", Version: "v1", Resource: "deploy"}:       false,
		{Group: "apps", Version: "v2", Resource: "deployments"}:  false,
		{Group: "other", Version: "v1", Resource: "deployments"}: false,
	} {
		enabled, err := discovery.IsResourceEnabled(client, resource)
		require.NoError(t, err)
		require.Equal(t, want, enabled, "%v", resource)
	}
	_, err := discovery.IsResourceEnabled(client, schema.GroupVersionResource{Group: "down", Version: "v1", Resource: "things"})
	require.True(t, apierrors.IsForbidden(err), "not knowing isn't no")
}
