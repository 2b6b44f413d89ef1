package discovery_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/discovery"
)

// Each of the two root endpoints answers as it likes.
func TestRootEndpointsFallBackEachForItself(t *testing.T) {
	var (
		corePlain      = coreVersions("v1")
		coreAggregated = aggregated(aggregatedGroup("", "v1", "pods"))
		apisPlain      = groupList(group("apps", "v1"))
		apisAggregated = aggregated(aggregatedGroup("apps", "v1", "deployments"))
		status         = func(code int, reason metav1.StatusReason) reply {
			return reply{code, "application/json", toJSON(metav1.Status{
				TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"},
				Status:   metav1.StatusFailure, Code: int32(code), Reason: reason, Message: "so says the server",
			})}
		}
		notFound  = reply{code: http.StatusNotFound}
		forbidden = status(http.StatusForbidden, metav1.StatusReasonForbidden)
	)
	for name, test := range map[string]struct {
		core, apis    reply
		groups        []string
		withResources []string // nil: not sent along
		failsWith     func(error) bool
		says          string
	}{
		"both aggregated":         {core: coreAggregated, apis: apisAggregated, groups: []string{"", "apps"}, withResources: []string{"/v1", "apps/v1"}},
		"both plain":              {core: corePlain, apis: apisPlain, groups: []string{"", "apps"}},
		"only /api aggregated":    {core: coreAggregated, apis: apisPlain, groups: []string{"", "apps"}},
		"only /apis aggregated":   {core: corePlain, apis: apisAggregated, groups: []string{"", "apps"}},
		"no /api, aggregated":     {core: notFound, apis: apisAggregated, groups: []string{"apps"}, withResources: []string{"apps/v1"}},
		"no /api, plain":          {core: notFound, apis: apisPlain, groups: []string{"apps"}},
		"an /api without version": {core: coreVersions(), apis: apisPlain, groups: []string{"", "apps"}},
		"/api forbidden":          {core: forbidden, apis: apisPlain, failsWith: apierrors.IsForbidden, says: "discover /api: so says the server"},
		"no /apis":                {core: corePlain, apis: notFound, failsWith: apierrors.IsNotFound, says: "discover /apis: "},
		"/apis forbidden":         {core: corePlain, apis: forbidden, failsWith: apierrors.IsForbidden, says: "discover /apis: so says the server"},
		"a login page": {core: reply{http.StatusOK, "text/html", "<html>"}, apis: apisPlain,
			says: `discover /api: the answer, of type "text/html", doesn't parse: invalid character '<'`},
		"half an aggregated answer": {core: corePlain, apis: reply{http.StatusOK, discovery.AcceptV2, `{"items":[{`},
			says: "discover /apis: the answer, of type \"application/json"},
		"an answer of the wrong shape": {core: corePlain, apis: reply{http.StatusOK, "application/json", `{"groups":7}`}, says: "discover /apis: "},
	} {
		t.Run(name, func(t *testing.T) {
			client := play(t, map[string]reply{"/api": test.core, "/apis": test.apis}).client(t)
			groups, resources, failed, err := client.GroupsAndMaybeResourcesWithContext(t.Context())
			if test.says != "" {
				require.ErrorContains(t, err, test.says)
				if test.failsWith != nil {
					require.True(t, test.failsWith(err), "%v", err)
				}
				require.Nil(t, groups)
				return
			}
			require.NoError(t, err)
			require.Empty(t, failed)
			require.NotNil(t, failed)
			var names []string
			for _, g := range groups.Groups {
				names = append(names, g.Name)
			}
			require.Equal(t, test.groups, names)
			if test.withResources == nil {
				require.Nil(t, resources, "resources count only if both endpoints sent them")
				return
			}
			var gvs []string
			for gv := range resources {
				gvs = append(gvs, gv.Group+"/"+gv.Version)
			}
			require.ElementsMatch(t, test.withResources, gvs)
		})
	}
}

func TestAcceptHeaderNamesTheFormatsBestFirst(t *testing.T) {
	const v2, json = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", "application/json"
	for name, test := range map[string]struct {
		change func(*discovery.DiscoveryClient)
		want   string
	}{
		"by default":      {func(*discovery.DiscoveryClient) {}, v2 + "," + json},
		"without peers":   {func(d *discovery.DiscoveryClient) { d.NoPeerDiscovery = true }, v2 + ";profile=nopeer," + v2 + "," + json},
		"legacy":          {func(d *discovery.DiscoveryClient) { d.UseLegacyDiscovery = true }, json},
		"legacy wins":     {func(d *discovery.DiscoveryClient) { d.UseLegacyDiscovery, d.NoPeerDiscovery = true, true }, json},
		"by WithLegacy()": {func(d *discovery.DiscoveryClient) { *d = *d.WithLegacy().(*discovery.DiscoveryClient) }, json},
	} {
		t.Run(name, func(t *testing.T) {
			server := play(t, map[string]reply{"/api": coreVersions("v1"), "/apis": groupList()})
			client := server.client(t)
			test.change(client)
			_, err := client.ServerGroupsWithContext(t.Context())
			require.NoError(t, err)
			require.Equal(t, []string{"/api", "/apis"}, server.paths())
			for _, r := range server.asked {
				require.Equal(t, test.want, r.Header.Get("Accept"))
			}
		})
	}
}

func TestWithLegacyLeavesTheClientAlone(t *testing.T) {
	client := play(t, nil).client(t)
	require.True(t, client.WithLegacyWithContext(t.Context()).(*discovery.DiscoveryClient).UseLegacyDiscovery)
	require.False(t, client.UseLegacyDiscovery)
}

func TestACancelledCallerSendsNothing(t *testing.T) {
	server := play(t, nil)
	client := server.client(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()

	_, err := client.ServerGroupsWithContext(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, _, err = client.ServerGroupsAndResourcesWithContext(ctx)
	require.ErrorIs(t, err, context.Canceled)
	_, err = client.ServerPreferredResourcesWithContext(ctx)
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, server.paths())
}

// Against a server that behaves like a real one, both formats tell the same.
func TestBothFormatsTellTheSame(t *testing.T) {
	down := schema.GroupVersion{Group: "events.k8s.io", Version: "v1"}
	for _, broken := range []bool{false, true} {
		var told [2][]string
		for i, legacy := range []bool{false, true} {
			server := apitest.Start(t, apitest.Config{LegacyDiscovery: legacy})
			server.SetDown(down, broken)
			groups, lists, err := newClient(t, server.URL).ServerGroupsAndResourcesWithContext(t.Context())
			failed, partial := discovery.GroupDiscoveryFailedErrorGroups(err)
			require.Equal(t, broken, partial, "%v", err)
			if broken {
				require.Len(t, failed, 1)
				require.Contains(t, failed, down)
			} else {
				require.NoError(t, err)
			}
			require.Equal(t, []string{"", "apps", "events.k8s.io"}, groupNames(groups))
			told[i] = names(lists)
			require.Contains(t, told[i], "apps/v1 deployments")
			require.Contains(t, told[i], "v1 pods/status")
			require.Equal(t, !broken, slices.Contains(told[i], "events.k8s.io/v1 events"))
		}
		require.Equal(t, told[0], told[1], "aggregated against legacy")
	}
}
