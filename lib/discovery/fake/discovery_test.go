package fake_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/fake"
	"client-go-workbook/lib/restmapper"
	clienttesting "client-go-workbook/lib/testing"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// newFake is a server with apps/v1, a beta of it, and the core group.
func newFake() *fake.FakeDiscovery {
	return &fake.FakeDiscovery{Fake: &clienttesting.Fake{Resources: []*metav1.APIResourceList{
		{GroupVersion: "apps/v1", APIResources: []metav1.APIResource{{Name: "deployments", SingularName: "deployment", Kind: "Deployment", Namespaced: true}}},
		{GroupVersion: "v1", APIResources: []metav1.APIResource{{Name: "pods", SingularName: "pod", Kind: "Pod", Namespaced: true}}},
		{GroupVersion: "apps/v1beta1"},
	}}}
}

func TestGroups(t *testing.T) {
	got, err := newFake().ServerGroups()
	require.NoError(t, err)
	beta := metav1.GroupVersionForDiscovery{GroupVersion: "apps/v1beta1", Version: "v1beta1"}
	apps := metav1.GroupVersionForDiscovery{GroupVersion: "apps/v1", Version: "v1"}
	core := metav1.GroupVersionForDiscovery{GroupVersion: "v1", Version: "v1"}
	require.Equal(t, []metav1.APIGroup{
		{Name: "apps", PreferredVersion: apps, Versions: []metav1.GroupVersionForDiscovery{apps, beta}},
		{Name: "", PreferredVersion: core, Versions: []metav1.GroupVersionForDiscovery{core}},
	}, got.Groups)
}

func TestResources(t *testing.T) {
	client := newFake()
	got, err := client.ServerResourcesForGroupVersion("apps/v1")
	require.NoError(t, err)
	require.Equal(t, "deployments", got.APIResources[0].Name)
	_, err = client.ServerResourcesForGroupVersion("apps/v2")
	require.True(t, apierrors.IsNotFound(err))
	require.ErrorContains(t, err, "apps/v2")

	groups, all, err := client.ServerGroupsAndResources()
	require.NoError(t, err)
	require.Len(t, groups, 2)
	require.Equal(t, client.Resources, all)

	for _, preferred := range []func() ([]*metav1.APIResourceList, error){client.ServerPreferredResources, client.ServerPreferredNamespacedResources} {
		got, err := preferred()
		require.NoError(t, err)
		require.Empty(t, got)
	}
}

// It is enough for a RESTMapper, so that a test of what maps kinds needs no server.
func TestMapper(t *testing.T) {
	groups, err := restmapper.GetAPIGroupResources(newFake())
	require.NoError(t, err)
	mapping, err := restmapper.NewDiscoveryRESTMapper(groups).RESTMapping(schema.GroupKind{Group: "apps", Kind: "Deployment"})
	require.NoError(t, err)
	require.Equal(t, "deployments", mapping.Resource.Resource)
}

func TestVersion(t *testing.T) {
	client := newFake()
	got, err := client.ServerVersion()
	require.NoError(t, err)
	require.Equal(t, "v0.0.0-fake", got.GitVersion)
	client.FakedServerVersion = &version.Info{Major: "1", Minor: "37"}
	got, err = client.ServerVersion()
	require.NoError(t, err)
	require.Same(t, client.FakedServerVersion, got)
}

// Each question is written down, and a reactor for it makes it fail.
func TestQuestionsAreActions(t *testing.T) {
	boom := errors.New("boom")
	for name, tc := range map[string]struct {
		call func(discovery.DiscoveryInterface) error
		asks []string
	}{
		"groups": {func(c discovery.DiscoveryInterface) error { _, err := c.ServerGroups(); return err }, []string{"group"}},
		"resources": {func(c discovery.DiscoveryInterface) error {
			_, err := c.ServerResourcesForGroupVersion("v1")
			return err
		}, []string{"resource"}},
		"both":    {func(c discovery.DiscoveryInterface) error { _, _, err := c.ServerGroupsAndResources(); return err }, []string{"group", "resource"}},
		"version": {func(c discovery.DiscoveryInterface) error { _, err := c.ServerVersion(); return err }, []string{"version"}},
	} {
		t.Run(name, func(t *testing.T) {
			client := newFake()
			require.NoError(t, tc.call(client))
			var asked []string
			for _, action := range client.Actions() {
				require.Equal(t, "get", action.GetVerb())
				asked = append(asked, action.GetResource().Resource)
			}
			require.Equal(t, tc.asks, asked)

			last := tc.asks[len(tc.asks)-1]
			client.PrependReactor("get", last, func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, boom })
			require.ErrorIs(t, tc.call(client), boom)
		})
	}
}

func TestHalfAnAnswer(t *testing.T) {
	client, boom := newFake(), errors.New("boom")
	client.PrependReactor("get", "resource", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, boom })
	groups, resources, err := client.ServerGroupsAndResources()
	require.ErrorIs(t, err, boom)
	require.Len(t, groups, 2)
	require.Len(t, resources, 3)

	client.Resources = []*metav1.APIResourceList{{GroupVersion: "a/b/c"}}
	groups, resources, err = client.ServerGroupsAndResources()
	require.ErrorContains(t, err, "a/b/c")
	require.Nil(t, groups)
	require.Nil(t, resources)
}

func TestWhatAServerWouldHave(t *testing.T) {
	client := newFake()
	require.Nil(t, client.RESTClient())
	require.Same(t, client, client.WithLegacy())
	require.Same(t, client, client.WithLegacyWithContext(t.Context()))
	paths, err := client.OpenAPIV3().Paths()
	require.NoError(t, err)
	require.Empty(t, paths)
	withContext, err := client.OpenAPIV3WithContext(t.Context()).PathsWithContext(t.Context())
	require.NoError(t, err)
	require.Empty(t, withContext)
}
