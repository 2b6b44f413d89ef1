package discovery_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/discovery"
)

func TestFilteredBy(t *testing.T) {
	lists := []*metav1.APIResourceList{
		{GroupVersion: "v1", APIResources: []metav1.APIResource{
			{Name: "pods", Verbs: metav1.Verbs{"get", "list", "watch"}},
			{Name: "bindings", Verbs: metav1.Verbs{"create"}},
		}},
		{GroupVersion: "authorization.k8s.io/v1", APIResources: []metav1.APIResource{{Name: "reviews", Verbs: metav1.Verbs{"create"}}}},
	}
	for name, test := range map[string]struct {
		predicate discovery.ResourcePredicate
		want      []string
	}{
		"all verbs":       {discovery.SupportsAllVerbs{Verbs: []string{"watch", "list"}}, []string{"v1 pods"}},
		"not all of them": {discovery.SupportsAllVerbs{Verbs: []string{"list", "delete"}}, []string{}},
		"no verbs":        {discovery.SupportsAllVerbs{}, []string{"v1 pods", "v1 bindings", "authorization.k8s.io/v1 reviews"}},
		"a function": {discovery.ResourcePredicateFunc(func(groupVersion string, r *metav1.APIResource) bool {
			return groupVersion != "v1" || r.Name == "bindings"
		}), []string{"v1 bindings", "authorization.k8s.io/v1 reviews"}},
	} {
		t.Run(name, func(t *testing.T) {
			kept := discovery.FilteredBy(test.predicate, lists)
			require.Equal(t, test.want, names(kept))
			for _, list := range kept {
				require.NotEmpty(t, list.APIResources, "no list is empty")
			}
		})
	}
	require.Len(t, lists[0].APIResources, 2, "the lists given are as they were")
}

func TestGroupVersionResources(t *testing.T) {
	core, apps := resourceList("v1", "pods", "pods/log"), resourceList("apps/v1", "deployments")
	set, err := discovery.GroupVersionResources([]*metav1.APIResourceList{&core, &apps})
	require.NoError(t, err)
	require.Equal(t, map[schema.GroupVersionResource]struct{}{
		{Version: "v1", Resource: "pods"}:                       {},
		{Version: "v1", Resource: "pods/log"}:                   {},
		{Group: "apps", Version: "v1", Resource: "deployments"}: {},
	}, set)

	broken := resourceList("a/b/c", "things")
	_, err = discovery.GroupVersionResources([]*metav1.APIResourceList{&core, &broken})
	require.ErrorContains(t, err, "a/b/c")
}
