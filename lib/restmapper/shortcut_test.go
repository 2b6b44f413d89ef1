package restmapper_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/restmapper"
)

// echo is a mapper that returns what it is asked for.
type echo struct{ meta.RESTMapper }

func (echo) ResourceFor(input schema.GroupVersionResource) (schema.GroupVersionResource, error) {
	return input, nil
}

func TestShortNamesAreExpanded(t *testing.T) {
	cluster := smallCluster().
		add("other.example.com/v1", resource("policies", "policy", "Policy", "po", "pol", "sgl")).
		add("other.example.com/v2", resource("policies", "policy", "Policy", "po", "pol", "sgl")).
		add("third.example.com/v1", resource("posts", "post", "Post", "po", "svc"), resource("svc", "", "Confusing"), resource("singles", "sgl", "Single"))
	gvr := func(group, version, resource string) schema.GroupVersionResource {
		return schema.GroupVersionResource{Group: group, Version: version, Resource: resource}
	}
	for name, test := range map[string]struct {
		in, out  schema.GroupVersionResource
		warnings []string
	}{
		"a short name":                    {in: gvr("", "", "deploy"), out: gvr("apps", "", "deployments")},
		"its version is forgotten":        {in: gvr("apps", "v1beta1", "deploy"), out: gvr("apps", "", "deployments")},
		"a plural is none":                {in: gvr("", "", "pods"), out: gvr("", "", "pods")},
		"a singular is none":              {in: gvr("", "", "pod"), out: gvr("", "", "pod")},
		"a name goes before a short name": {in: gvr("", "", "svc"), out: gvr("", "", "svc")},
		"a singular does as well":         {in: gvr("", "", "sgl"), out: gvr("", "", "sgl")},
		"but not one of another group":    {in: gvr("third.example.com", "", "po"), out: gvr("third.example.com", "", "posts")},
		"an unknown one stays":            {in: gvr("", "v1", "xyz"), out: gvr("", "v1", "xyz")},
		"in a group that lacks it":        {in: gvr("apps", "v1", "po"), out: gvr("apps", "v1", "po")},
		"in the beginning of a group":     {in: gvr("autoscal", "v2", "hpa"), out: gvr("autoscaling", "v2", "horizontalpodautoscalers")},
		"in two versions":                 {in: gvr("", "", "pol"), out: gvr("other.example.com", "", "policies")},
		"in three groups, the first wins": {in: gvr("", "", "po"), out: gvr("", "", "pods"), warnings: []string{
			`short name "po" could also match lower priority resource policies.other.example.com`,
			`short name "po" could also match lower priority resource posts.third.example.com`,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var warnings []string
			m := restmapper.NewShortcutExpander(echo{}, plain{cluster}, func(text string) { warnings = append(warnings, text) })
			out, err := m.ResourceFor(test.in)
			require.NoError(t, err)
			require.Equal(t, test.out, out)
			require.Equal(t, test.warnings, warnings)

			out, err = restmapper.NewShortcutExpander(echo{}, plain{cluster}, nil).ResourceFor(test.in)
			require.NoError(t, err)
			require.Equal(t, test.out, out, "nobody has to listen")
		})
	}
}

// Through the whole chain: every kind of question understands short names.
func TestShortNamesInEveryQuestion(t *testing.T) {
	ctx := t.Context()
	f := smallCluster()
	f.fresh = true
	deferred := restmapper.NewDeferredDiscoveryRESTMapperWithContext(f)
	withContext := restmapper.NewShortcutExpanderWithContext(deferred, f, nil)
	m := restmapper.NewShortcutExpander(deferred, plain{f}, nil)
	deploy := schema.GroupVersionResource{Resource: "deploy"}
	deployments := schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	kind := schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: "Deployment"}

	for name, test := range map[string]struct {
		ask  func() (any, error)
		want any
	}{
		"KindFor":                         {func() (any, error) { return m.KindFor(deploy) }, kind},
		"KindForWithContext":              {func() (any, error) { return withContext.KindForWithContext(ctx, deploy) }, kind},
		"ResourceFor":                     {func() (any, error) { return m.ResourceFor(deploy) }, deployments},
		"ResourceForWithContext":          {func() (any, error) { return withContext.ResourceForWithContext(ctx, deploy) }, deployments},
		"ResourceSingularizer":            {func() (any, error) { return m.ResourceSingularizer("deploy") }, "deployment"},
		"ResourceSingularizerWithContext": {func() (any, error) { return withContext.ResourceSingularizerWithContext(ctx, "deploy") }, "deployment"},
		"KindsFor": {func() (any, error) { return m.KindsFor(deploy) },
			[]schema.GroupVersionKind{kind, kind.GroupKind().WithVersion("v1beta1")}},
		"ResourcesFor": {func() (any, error) { return m.ResourcesFor(deploy) },
			[]schema.GroupVersionResource{deployments, deployments.GroupResource().WithVersion("v1beta1")}},
	} {
		got, err := test.ask()
		require.NoError(t, err, name)
		require.Equal(t, test.want, got, name)
	}
	mapping, err := m.RESTMapping(kind.GroupKind())
	require.NoError(t, err)
	require.Equal(t, deployments, mapping.Resource)
	mappings, err := m.RESTMappings(kind.GroupKind())
	require.NoError(t, err)
	require.Len(t, mappings, 2)

	_, err = m.KindFor(schema.GroupVersionResource{Resource: "dpl"})
	require.EqualError(t, err, `no matches for /, Resource=dpl`)
}

// The short name comes with a resource that is discovered only after the first miss.
func TestAShortNameThatIsNew(t *testing.T) {
	f := smallCluster()
	f.next = installCarts
	m := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapperWithContext(f), plain{f}, nil)
	kind, err := m.KindFor(schema.GroupVersionResource{Resource: "ct"})
	require.NoError(t, err)
	require.Equal(t, cartKind, kind)
}

func TestResetReachesTheDelegate(t *testing.T) {
	f := smallCluster()
	m := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapperWithContext(f), plain{f}, nil)
	meta.MaybeResetRESTMapper(m)
	require.Equal(t, 1, f.invalidated)
}

// A group that is down, or one whose name is broken, doesn't hide the short names of others.
func TestShortNamesSurviveAPartialFailure(t *testing.T) {
	f := smallCluster()
	f.lists[0].GroupVersion = "not/a/group-version"
	f.err = errors.New("metrics.k8s.io is away")
	m := restmapper.NewShortcutExpander(echo{}, plain{f}, nil)
	out, err := m.ResourceFor(schema.GroupVersionResource{Resource: "hpa"})
	require.NoError(t, err)
	require.Equal(t, "horizontalpodautoscalers", out.Resource)
	out, err = m.ResourceFor(schema.GroupVersionResource{Resource: "svc"})
	require.NoError(t, err)
	require.Equal(t, "svc", out.Resource, "not known any more")
}
