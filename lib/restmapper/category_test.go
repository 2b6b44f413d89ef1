package restmapper_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/restmapper"
)

var (
	pods        = schema.GroupResource{Resource: "pods"}
	services    = schema.GroupResource{Resource: "services"}
	deployments = schema.GroupResource{Group: "apps", Resource: "deployments"}
	hpas        = schema.GroupResource{Group: "autoscaling", Resource: "horizontalpodautoscalers"}
)

func TestCategoriesThatTheServerKnows(t *testing.T) {
	f := smallCluster()
	f.err = errors.New("metrics.k8s.io is away")
	f.add("v2").lists[len(f.lists)-1].GroupVersion = "not/a/group-version"
	expanders := map[string]restmapper.CategoryExpanderWithContext{
		"with contexts":    restmapper.NewDiscoveryCategoryExpanderWithContext(f),
		"without contexts": restmapper.ToCategoryExpanderWithContext(restmapper.NewDiscoveryCategoryExpander(plain{f})),
	}
	for name, expander := range expanders {
		all, ok := expander.ExpandWithContext(t.Context(), "all")
		require.True(t, ok, name)
		require.Equal(t, []schema.GroupResource{pods, services, deployments, hpas}, all, "%s: each once, in the server's order", name)
		_, ok = expander.ExpandWithContext(t.Context(), "none")
		require.False(t, ok, name)
	}
	_, ok := restmapper.NewDiscoveryCategoryExpander(plain{new(fakeDiscovery)}).Expand("all")
	require.False(t, ok)
	require.Panics(t, func() { restmapper.NewDiscoveryCategoryExpander(nil) })
}

// onlyPlain hides that a SimpleCategoryExpander has both forms.
type onlyPlain struct{ restmapper.CategoryExpander }

func TestUnionOfCategories(t *testing.T) {
	first := restmapper.SimpleCategoryExpander{Expansions: map[string][]schema.GroupResource{
		"all": {pods, services}, "first": {pods}, "empty": nil,
	}}
	second := restmapper.SimpleCategoryExpander{Expansions: map[string][]schema.GroupResource{"all": {deployments, pods}}}
	plainly := restmapper.UnionCategoryExpander{first, onlyPlain{second}}
	withContext := restmapper.UnionCategoryExpanderWithContext{first, restmapper.ToCategoryExpanderWithContext(onlyPlain{second})}
	for category, want := range map[string]struct {
		resources []schema.GroupResource
		known     bool
	}{
		"all":   {[]schema.GroupResource{pods, services, deployments}, true},
		"first": {[]schema.GroupResource{pods}, true},
		"empty": {[]schema.GroupResource{}, true},
		"other": {[]schema.GroupResource{}, false},
	} {
		got, known := plainly.Expand(category)
		require.Equal(t, want.resources, got, category)
		require.Equal(t, want.known, known, category)
		got, known = withContext.ExpandWithContext(t.Context(), category)
		require.Equal(t, want.resources, got, category)
		require.Equal(t, want.known, known, category)
	}
	require.True(t, restmapper.ToCategoryExpanderWithContext(nil) == nil)
}
