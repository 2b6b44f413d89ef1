package discovery_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/rand"
	"k8s.io/apimachinery/pkg/util/wait"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/openapi"
	"client-go-workbook/lib/rest"
)

func realClient(t *testing.T) *discovery.DiscoveryClient {
	t.Helper()
	client, err := discovery.NewDiscoveryClientForConfig(cluster.ForTest(t))
	require.NoError(t, err)
	t.Cleanup(client.RESTClient().(*rest.RESTClient).Client.CloseIdleConnections)
	return client
}

func TestClusterTellsTheSameInBothFormats(t *testing.T) {
	client := realClient(t)
	var told [2]map[string]metav1.APIResource
	for i, d := range []discovery.DiscoveryInterfaceWithContext{client, client.WithLegacyWithContext(t.Context())} {
		_, lists, err := d.ServerGroupsAndResourcesWithContext(t.Context())
		if !discovery.IsGroupDiscoveryFailedError(err) { // other tests break groups of their own
			require.NoError(t, err)
		}
		told[i] = builtIn(t, lists)
	}
	require.Greater(t, len(told[0]), 100)
	require.Contains(t, told[0], "apps/v1 deployments/scale")
	require.Equal(t, told[0], told[1])
}

// builtIn returns the resources of Kubernetes' own groups by group-version and name. What only one of the formats says
// is left out.
func builtIn(t *testing.T, lists []*metav1.APIResourceList) map[string]metav1.APIResource {
	all := map[string]metav1.APIResource{}
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(t, err)
		if strings.Contains(gv.Group, ".") && !strings.HasSuffix(gv.Group, ".k8s.io") {
			continue // comes and goes with other tests
		}
		for _, r := range list.APIResources {
			if r.Version == "" { // the plain format leaves out what is the list's own
				r.Group, r.Version = gv.Group, gv.Version
			}
			if strings.Contains(r.Name, "/") {
				r.SingularName = ""
			}
			r.StorageVersionHash = ""
			all[list.GroupVersion+" "+r.Name] = r
		}
	}
	return all
}

func TestClusterAnswersEveryQuestion(t *testing.T) {
	ctx, client := t.Context(), realClient(t)

	version, err := client.ServerVersionWithContext(ctx)
	require.NoError(t, err)
	require.Equal(t, "v1.37.2", version.GitVersion)
	require.NoError(t, discovery.MatchesServerVersion(*version, client))

	groups, err := client.ServerGroupsWithContext(ctx)
	require.NoError(t, err)
	require.Equal(t, "", groups.Groups[0].Name, "the core group goes first")
	require.NoError(t, discovery.ServerSupportsVersion(client, schema.GroupVersion{Group: "apps", Version: "v1"}))
	require.Error(t, discovery.ServerSupportsVersion(client, schema.GroupVersion{Group: "apps", Version: "v1beta1"}))

	for resource, want := range map[schema.GroupVersionResource]bool{
		{Version: "v1", Resource: "pods"}:                       true,
		{Group: "apps", Version: "v1", Resource: "deployments"}: true,
		{Group: "apps", Version: "v1", Resource: "carts"}:       false,
		{Group: "nobody.example", Version: "v1", Resource: "x"}: false,
	} {
		enabled, err := discovery.IsResourceEnabled(client, resource)
		require.NoError(t, err)
		require.Equal(t, want, enabled, "%v", resource)
	}
	_, err = client.ServerResourcesForGroupVersionWithContext(ctx, "nobody.example/v1")
	require.True(t, apierrors.IsNotFound(err), "%v", err)

	lists, _ := client.ServerPreferredNamespacedResourcesWithContext(ctx)
	watchable := names(discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"list", "watch"}}, lists))
	require.Contains(t, watchable, "v1 pods")
	require.Contains(t, watchable, "apps/v1 deployments")
	require.NotContains(t, watchable, "v1 nodes", "cluster-wide")
	require.NotContains(t, watchable, "v1 bindings", "can't be watched")
}

func TestClusterOpenAPI(t *testing.T) {
	ctx := t.Context()
	paths, err := realClient(t).OpenAPIV3WithContext(ctx).PathsWithContext(ctx)
	require.NoError(t, err)
	require.Contains(t, paths, "api/v1")
	require.Contains(t, paths, "apis/apps/v1")
	apps := paths["apis/apps/v1"]
	require.Contains(t, apps.ServerRelativeURL(), "?hash=")

	document, err := apps.SchemaWithContext(ctx, "application/json")
	require.NoError(t, err)
	var parsed struct {
		Components struct {
			Schemas map[string]json.RawMessage `json:"schemas"`
		} `json:"components"`
	}
	require.NoError(t, json.Unmarshal(document, &parsed))
	require.Contains(t, parsed.Components.Schemas, "io.k8s.api.apps.v1.Deployment")

	document, err = apps.SchemaWithContext(ctx, openapi.ContentTypeOpenAPIV3PB)
	require.NoError(t, err)
	require.Contains(t, string(document), "io.k8s.api.apps.v1.Deployment")
	require.False(t, json.Valid(document))
}

// An APIService points at a service that doesn't exist: its group fails, all others are there.
func TestClusterSurvivesAGroupThatIsAway(t *testing.T) {
	client := realClient(t)
	away := schema.GroupVersion{Group: "away-" + rand.String(6) + ".workbook.example", Version: "v1"}
	installAPIService(t, client.RESTClient(), away)

	for name, d := range map[string]discovery.DiscoveryInterfaceWithContext{
		"aggregated": client, "legacy": client.WithLegacyWithContext(t.Context()),
	} {
		eventually(t, name+" discovery reports the failure", func(ctx context.Context) bool {
			_, lists, err := d.ServerGroupsAndResourcesWithContext(ctx)
			failed, ok := discovery.GroupDiscoveryFailedErrorGroups(err)
			if !ok {
				require.NoError(t, err)
				return false // the server hasn't noticed the APIService yet
			}
			require.NotContains(t, failed, schema.GroupVersion{Version: "v1"})
			require.Contains(t, names(lists), "v1 pods")
			require.Contains(t, names(lists), "apps/v1 deployments")
			_, failedByUs := failed[away]
			return failedByUs
		})
	}
	_, err := client.ServerResourcesForGroupVersionWithContext(t.Context(), away.String())
	require.True(t, apierrors.IsServiceUnavailable(err), "%v", err)
}

// installAPIService registers a group-version with nothing behind it until the test ends.
func installAPIService(t *testing.T, client rest.Interface, gv schema.GroupVersion) {
	t.Helper()
	const path = "/apis/apiregistration.k8s.io/v1/apiservices"
	name := gv.Version + "." + gv.Group
	body := toJSON(map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
		"metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"group": gv.Group, "version": gv.Version, "groupPriorityMinimum": 100, "versionPriority": 1,
			"insecureSkipTLSVerify": true,
			"service":               map[string]any{"namespace": "default", "name": "nobody-is-here"},
		},
	})
	_, err := client.Post().AbsPath(path).SetHeader("Content-Type", "application/json").Body([]byte(body)).DoRaw(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() {
		ctx := context.Background() // the test's own is over
		_, err := client.Delete().AbsPath(path, name).DoRaw(ctx)
		require.NoError(t, err)
		eventually(t, "the group is gone", func(ctx context.Context) bool {
			groups, err := discovery.NewDiscoveryClient(client).ServerGroupsWithContext(ctx)
			require.NoError(t, err)
			return !slices.ContainsFunc(groups.Groups, func(g metav1.APIGroup) bool { return g.Name == gv.Group })
		})
	})
}

// eventually asks the server until it has caught up.
func eventually(t *testing.T, what string, holds func(ctx context.Context) bool) {
	t.Helper()
	err := wait.PollUntilContextTimeout(context.Background(), 50*time.Millisecond, 30*time.Second, true,
		func(ctx context.Context) (bool, error) { return holds(ctx), nil })
	require.NoError(t, err, what)
}
