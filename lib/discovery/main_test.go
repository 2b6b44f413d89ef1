package discovery_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	apidiscovery "k8s.io/api/apidiscovery/v2"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reply is what a scripted server says at one path. The zero reply is a 404 in plain text.
type reply struct {
	code        int
	contentType string
	body        string
}

// script is a server that says what it is told to, and remembers who asked for what.
type script struct {
	URL string

	mu      sync.Mutex
	replies map[string][]reply // by path; the last one is repeated
	asked   []*http.Request
}

func play(t *testing.T, replies map[string]reply) *script {
	s := &script{replies: map[string][]reply{}}
	for path, r := range replies {
		s.replies[path] = []reply{r}
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r)
	left := s.replies[r.URL.Path]
	if len(left) == 0 {
		http.NotFound(w, r)
		return
	}
	if len(left) > 1 {
		s.replies[r.URL.Path] = left[1:]
	}
	if left[0].contentType != "" {
		w.Header().Set("Content-Type", left[0].contentType)
	}
	w.WriteHeader(left[0].code)
	_, _ = w.Write([]byte(left[0].body))
}

// paths lists what was asked for, in order.
func (s *script) paths() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var paths []string
	for _, r := range s.asked {
		paths = append(paths, r.URL.Path)
	}
	return paths
}

func (s *script) client(t *testing.T) *discovery.DiscoveryClient {
	t.Helper()
	return newClient(t, s.URL)
}

func newClient(t *testing.T, host string) *discovery.DiscoveryClient {
	t.Helper()
	config := &rest.Config{Host: host}
	httpClient, err := rest.HTTPClientFor(config)
	require.NoError(t, err)
	t.Cleanup(httpClient.CloseIdleConnections)
	client, err := discovery.NewDiscoveryClientForConfigAndClient(config, httpClient)
	require.NoError(t, err)
	return client
}

// plain is a 200 in JSON.
func plain(v any) reply { return reply{http.StatusOK, "application/json", toJSON(v)} }

// aggregated is a 200 in the aggregated format.
func aggregated(groups ...apidiscovery.APIGroupDiscovery) reply {
	return reply{http.StatusOK, discovery.AcceptV2, toJSON(apidiscovery.APIGroupDiscoveryList{Items: groups})}
}

func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // a mistake in the test
	}
	return string(text)
}

// coreVersions is the plain answer of /api.
func coreVersions(versions ...string) reply { return plain(metav1.APIVersions{Versions: versions}) }

// groupList is the plain answer of /apis.
func groupList(groups ...metav1.APIGroup) reply { return plain(metav1.APIGroupList{Groups: groups}) }

// group has the given versions, the first one preferred.
func group(name string, versions ...string) metav1.APIGroup {
	g := metav1.APIGroup{Name: name}
	for _, version := range versions {
		gv := metav1.GroupVersionForDiscovery{GroupVersion: version, Version: version}
		if name != "" {
			gv.GroupVersion = name + "/" + version
		}
		g.Versions = append(g.Versions, gv)
	}
	if len(versions) > 0 {
		g.PreferredVersion = g.Versions[0]
	}
	return g
}

// resourceList has a namespaced resource of each name.
func resourceList(groupVersion string, names ...string) metav1.APIResourceList {
	list := metav1.APIResourceList{GroupVersion: groupVersion}
	for _, name := range names {
		list.APIResources = append(list.APIResources, metav1.APIResource{Name: name, Namespaced: true, Kind: "Kind of " + name})
	}
	return list
}

// aggregatedGroup has one version with a namespaced resource of each name.
func aggregatedGroup(name, version string, resources ...string) apidiscovery.APIGroupDiscovery {
	v := apidiscovery.APIVersionDiscovery{Version: version, Freshness: apidiscovery.DiscoveryFreshnessCurrent}
	for _, resource := range resources {
		v.Resources = append(v.Resources, apidiscovery.APIResourceDiscovery{
			Resource:     resource,
			ResponseKind: &metav1.GroupVersionKind{Group: name, Version: version, Kind: "Kind of " + resource},
			Scope:        apidiscovery.ScopeNamespace,
		})
	}
	return apidiscovery.APIGroupDiscovery{ObjectMeta: metav1.ObjectMeta{Name: name}, Versions: []apidiscovery.APIVersionDiscovery{v}}
}

// names lists "apps/v1 deployments" for every resource, in order.
func names(lists []*metav1.APIResourceList) []string {
	all := []string{}
	for _, list := range lists {
		for _, resource := range list.APIResources {
			all = append(all, list.GroupVersion+" "+resource.Name)
		}
	}
	return all
}

func groupNames(groups []*metav1.APIGroup) []string {
	all := []string{}
	for _, g := range groups {
		all = append(all, g.Name)
	}
	return all
}
