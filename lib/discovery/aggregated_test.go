package discovery_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/discovery"
)

func TestSplitGroupsAndResources(t *testing.T) {
	for name, test := range map[string]struct {
		aggregated string
		groups     string // name: versions, the preferred one with a star
		resources  map[string][]metav1.APIResource
		failed     []string
	}{
		"nothing": {aggregated: `{}`},
		"a resource with all it can have": {
			aggregated: `{"items":[{"metadata":{"name":""},"versions":[{"version":"v1","freshness":"Current","resources":[{
				"resource":"pods","singularResource":"pod","scope":"Namespaced","verbs":["get","list"],"shortNames":["po"],"categories":["all"],
				"responseKind":{"group":"","version":"v1","kind":"Pod"}}]}]}]}`,
			groups: `"": v1*`,
			resources: map[string][]metav1.APIResource{"v1": {{
				Name: "pods", SingularName: "pod", Namespaced: true, Version: "v1", Kind: "Pod",
				Verbs: metav1.Verbs{"get", "list"}, ShortNames: []string{"po"}, Categories: []string{"all"},
			}}},
		},
		"subresources stand behind their resource and have its scope": {
			aggregated: `{"items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","resources":[
				{"resource":"deployments","singularResource":"deployment","scope":"Namespaced","responseKind":{"group":"apps","version":"v1","kind":"Deployment"},
				 "subresources":[{"subresource":"scale","verbs":["get"],"responseKind":{"group":"autoscaling","version":"v1","kind":"Scale"}}]},
				{"resource":"nodes","scope":"Cluster","responseKind":{"group":"apps","version":"v1","kind":"Node"}}]}]}]}`,
			groups: `"apps": v1*`,
			resources: map[string][]metav1.APIResource{"apps/v1": {
				{Name: "deployments", SingularName: "deployment", Namespaced: true, Group: "apps", Version: "v1", Kind: "Deployment"},
				{Name: "deployments/scale", SingularName: "deployment", Namespaced: true, Group: "autoscaling", Version: "v1", Kind: "Scale", Verbs: metav1.Verbs{"get"}},
				{Name: "nodes", Group: "apps", Version: "v1", Kind: "Node"},
			}},
		},
		"what has no kind is left out, its subresources are not": {
			aggregated: `{"items":[{"metadata":{"name":"g"},"versions":[{"version":"v1","resources":[
				{"resource":"bare","scope":"Namespaced","subresources":[
					{"subresource":"status","responseKind":{"group":"g","version":"v1","kind":"Bare"}},
					{"subresource":"none"},
					{"subresource":"empty","responseKind":{"group":"","version":"","kind":""}}]},
				{"resource":"empty","scope":"Namespaced","responseKind":{"group":"","version":"","kind":""}}]}]}]}`,
			groups: `"g": v1*`,
			resources: map[string][]metav1.APIResource{"g/v1": {
				{Name: "bare/status", Namespaced: true, Group: "g", Version: "v1", Kind: "Bare"},
			}},
		},
		"a stale version is only among the failed, and not preferred": {
			aggregated: `{"items":[{"metadata":{"name":"g"},"versions":[
				{"version":"v2","freshness":"Stale","resources":[{"resource":"olds","responseKind":{"kind":"Old"}}]},
				{"version":"v1","freshness":"Current"},{"version":"v1beta1","freshness":"Current"}]}]}`,
			groups:    `"g": v1* v1beta1`,
			resources: map[string][]metav1.APIResource{"g/v1": nil, "g/v1beta1": nil},
			failed:    []string{"g/v2"},
		},
		"a group that is stale as a whole keeps its name": {
			aggregated: `{"items":[{"metadata":{"name":"g"},"versions":[{"version":"v1","freshness":"Stale"}]},{"metadata":{"name":"h"}}]}`,
			groups:     `"g": "h":`,
			failed:     []string{"g/v1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var list apidiscovery.APIGroupDiscoveryList
			require.NoError(t, json.Unmarshal([]byte(test.aggregated), &list))
			groups, resources, failed := discovery.SplitGroupsAndResources(list)

			require.Equal(t, test.groups, describe(groups))
			got := map[string][]metav1.APIResource{}
			for gv, list := range resources {
				require.Equal(t, gv.String(), list.GroupVersion)
				got[list.GroupVersion] = list.APIResources
			}
			if test.resources == nil {
				test.resources = map[string][]metav1.APIResource{}
			}
			require.Equal(t, test.resources, got)
			require.Len(t, failed, len(test.failed))
			for _, groupVersion := range test.failed {
				gv, err := schema.ParseGroupVersion(groupVersion)
				require.NoError(t, err)
				require.IsType(t, discovery.StaleGroupVersionError{}, failed[gv])
				require.EqualError(t, failed[gv], "stale GroupVersion discovery: "+groupVersion)
			}
		})
	}
}

// describe writes groups as `"apps": v1* v1beta1`, with a star at the preferred version.
func describe(groups *metav1.APIGroupList) string {
	var text string
	for _, g := range groups.Groups {
		if text != "" {
			text += " "
		}
		text += `"` + g.Name + `":`
		for _, v := range g.Versions {
			text += " " + v.Version
			if v == g.PreferredVersion {
				text += "*"
			}
		}
	}
	return text
}

func TestContentTypeIsGVK(t *testing.T) {
	v2 := schema.GroupVersionKind{Group: "apidiscovery.k8s.io", Version: "v2", Kind: "APIGroupDiscoveryList"}
	for contentType, want := range map[string]bool{
		"application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList":                    true,
		"application/json; as=APIGroupDiscoveryList; v=v2; g=apidiscovery.k8s.io":                 true,
		"application/json;charset=utf-8;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList":      true,
		"application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList;profile=nopeer":     true,
		"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList":               false,
		"application/json;g=apidiscovery.k8s.io;v=v2;as=Table":                                    false,
		"application/vnd.kubernetes.protobuf;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList": false,
		"application/json":               false,
		"application/json;charset=UTF-8": false,
	} {
		got, err := discovery.ContentTypeIsGVK(contentType, v2)
		require.NoError(t, err, contentType)
		require.Equal(t, want, got, contentType)
	}
	for _, broken := range []string{"", ";;", "application/json;g"} {
		_, err := discovery.ContentTypeIsGVK(broken, v2)
		require.Error(t, err, "%q", broken)
	}
}

// Whatever an aggregated document says, what is made of it fits together.
func FuzzSplitGroupsAndResources(f *testing.F) {
	f.Add(`{"items":[{"metadata":{"name":"apps"},"versions":[{"version":"v1","resources":[{"resource":"deployments","responseKind":{"kind":"Deployment"},"subresources":[{"subresource":"scale","responseKind":{"kind":"Scale"}}]}]}]}]}`)
	f.Add(`{"items":[{"versions":[{"freshness":"Stale"},{"version":"v1"}]},{"versions":[{"version":"v1","resources":[{"subresources":[{}]}]}]}]}`)
	f.Add(`{"items":null}`)
	f.Fuzz(func(t *testing.T, document string) {
		var list apidiscovery.APIGroupDiscoveryList
		if json.Unmarshal([]byte(document), &list) != nil {
			return
		}
		groups, resources, failed := discovery.SplitGroupsAndResources(list)
		require.Len(t, groups.Groups, len(list.Items))
		listed := map[schema.GroupVersion]bool{}
		for _, g := range groups.Groups {
			for _, v := range g.Versions {
				gv := schema.GroupVersion{Group: g.Name, Version: v.Version}
				listed[gv] = true
				require.Equal(t, gv.String(), v.GroupVersion)
				require.Contains(t, resources, gv)
			}
			if len(g.Versions) > 0 {
				require.Equal(t, g.Versions[0], g.PreferredVersion)
			}
		}
		for gv, list := range resources {
			require.True(t, listed[gv], "%v is in no group", gv)
			for _, r := range list.APIResources {
				require.NotEqual(t, schema.GroupVersionKind{}, schema.GroupVersionKind{Group: r.Group, Version: r.Version, Kind: r.Kind})
			}
		}
		for gv, err := range failed {
			require.Error(t, err, "%v", gv)
		}
	})
}
