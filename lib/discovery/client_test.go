package discovery_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/rest"
)

func TestConfigDefaults(t *testing.T) {
	config := &rest.Config{Host: "http://127.0.0.1:1", APIPath: "/apis", ContentConfig: rest.ContentConfig{GroupVersion: &schema.GroupVersion{Group: "apps", Version: "v1"}}}
	given := *config
	client, err := discovery.NewDiscoveryClientForConfig(config)
	require.NoError(t, err)
	require.Equal(t, &given, config, "the caller's config is as it was")

	restClient := client.RESTClient().(*rest.RESTClient)
	require.Equal(t, 32*time.Second, restClient.Client.Timeout)
	require.Equal(t, "/", restClient.Get().URL().Path, "a client of no group-version")
	for i := range 300 {
		require.True(t, restClient.GetRateLimiter().TryAccept(), "request %d of a burst", i+1)
	}

	config.Timeout, config.Burst, config.QPS = time.Second, 1, 0.001
	client, err = discovery.NewDiscoveryClientForConfig(config)
	require.NoError(t, err)
	restClient = client.RESTClient().(*rest.RESTClient)
	require.Equal(t, time.Second, restClient.Client.Timeout)
	require.True(t, restClient.GetRateLimiter().TryAccept())
	require.False(t, restClient.GetRateLimiter().TryAccept(), "the caller's burst counts")
}

func TestABrokenConfig(t *testing.T) {
	broken := &rest.Config{Host: "http://127.0.0.1:1", TLSClientConfig: rest.TLSClientConfig{CAFile: "no such file"}}
	_, err := discovery.NewDiscoveryClientForConfig(broken)
	require.ErrorContains(t, err, "no such file")
	require.Panics(t, func() { discovery.NewDiscoveryClientForConfigOrDie(broken) })

	client, err := discovery.NewDiscoveryClientForConfigAndClient(&rest.Config{Host: "http://%zz"}, http.DefaultClient)
	require.Error(t, err)
	require.Nil(t, client)
}

func TestANilClientHasNoRESTClient(t *testing.T) {
	require.Nil(t, (*discovery.DiscoveryClient)(nil).RESTClient())
}

// The forms without a context ask the same questions.
func TestFormsWithoutContext(t *testing.T) {
	client := play(t, map[string]reply{
		"/api":        aggregated(aggregatedGroup("", "v1", "pods")),
		"/apis":       aggregated(aggregatedGroup("apps", "v1", "deployments")),
		"/openapi/v3": {http.StatusOK, "application/json", `{"paths":{"api/v1":{"serverRelativeURL":"/openapi/v3/api/v1?hash=1"}}}`},
	}).client(t)

	groups, err := client.ServerGroups()
	require.NoError(t, err)
	require.Equal(t, `"": v1* "apps": v1*`, describe(groups))
	_, resources, failed, err := client.GroupsAndMaybeResources()
	require.NoError(t, err)
	require.Len(t, resources, 2)
	require.Empty(t, failed)

	want := []string{"v1 pods", "apps/v1 deployments"}
	for name, list := range map[string]func() ([]*metav1.APIResourceList, error){
		"all": func() ([]*metav1.APIResourceList, error) {
			_, l, err := discovery.ServerGroupsAndResources(client)
			return l, err
		},
		"preferred":                func() ([]*metav1.APIResourceList, error) { return discovery.ServerPreferredResources(client) },
		"preferred and namespaced": func() ([]*metav1.APIResourceList, error) { return discovery.ServerPreferredNamespacedResources(client) },
	} {
		lists, err := list()
		require.NoError(t, err, name)
		require.Equal(t, want, names(lists), name)
	}
	paths, err := client.OpenAPIV3().Paths()
	require.NoError(t, err)
	require.Contains(t, paths, "api/v1")
}
