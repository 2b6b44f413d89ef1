package memory_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/openapi"
	"client-go-workbook/lib/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// server is a delegate that a test fills, and that counts what it is asked.
type server struct {
	mu     sync.Mutex
	groups []metav1.APIGroup
	lists  map[string]*metav1.APIResourceList
	errs   map[string]error // by "groups", "openapi", a group-version or a document's path
	asked  map[string]int   // by the same
	gate   chan struct{}    // nil: answer at once; else when it is closed
}

func newServer() *server {
	return &server{
		groups: []metav1.APIGroup{group("", "v1"), group("apps", "v1")},
		lists:  map[string]*metav1.APIResourceList{"v1": list("v1", "pods"), "apps/v1": list("apps/v1", "deployments")},
		errs:   map[string]error{},
		asked:  map[string]int{},
	}
}

func group(name, ver string) metav1.APIGroup {
	gv := schema.GroupVersion{Group: name, Version: ver}
	v := metav1.GroupVersionForDiscovery{GroupVersion: gv.String(), Version: ver}
	return metav1.APIGroup{Name: name, Versions: []metav1.GroupVersionForDiscovery{v}, PreferredVersion: v}
}

func list(groupVersion string, names ...string) *metav1.APIResourceList {
	l := &metav1.APIResourceList{GroupVersion: groupVersion}
	for _, name := range names {
		l.APIResources = append(l.APIResources, metav1.APIResource{Name: name, Kind: name, Namespaced: true})
	}
	return l
}

// ask counts a question, waits for the gate and returns what stands in the way of an answer.
func (s *server) ask(ctx context.Context, what string) error {
	s.mu.Lock()
	s.asked[what]++
	gate := s.gate
	s.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.errs[what]
}

func (s *server) count(what string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.asked[what]
}

func (s *server) change(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *server) ServerGroupsWithContext(ctx context.Context) (*metav1.APIGroupList, error) {
	if err := s.ask(ctx, "groups"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return &metav1.APIGroupList{Groups: slices.Clone(s.groups)}, nil
}

func (s *server) ServerResourcesForGroupVersionWithContext(ctx context.Context, groupVersion string) (*metav1.APIResourceList, error) {
	if err := s.ask(ctx, groupVersion); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lists[groupVersion], nil
}

func (s *server) ServerGroupsAndResourcesWithContext(context.Context) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	panic("the cache must find this in what it has")
}

func (s *server) ServerPreferredResourcesWithContext(context.Context) ([]*metav1.APIResourceList, error) {
	panic("the cache must find this in what it has")
}

func (s *server) ServerPreferredNamespacedResourcesWithContext(context.Context) ([]*metav1.APIResourceList, error) {
	panic("the cache must find this in what it has")
}

func (s *server) ServerVersionWithContext(ctx context.Context) (*version.Info, error) {
	return &version.Info{GitVersion: "v1.37.2"}, s.ask(ctx, "version")
}

func (s *server) RESTClient() rest.Interface { return nil }

func (s *server) WithLegacyWithContext(context.Context) discovery.DiscoveryInterfaceWithContext {
	return s
}

func (s *server) OpenAPIV3WithContext(context.Context) openapi.ClientWithContext { return documents{s} }

// documents has one OpenAPI document.
type documents struct{ s *server }

func (d documents) PathsWithContext(ctx context.Context) (map[string]openapi.GroupVersionWithContext, error) {
	if err := d.s.ask(ctx, "openapi"); err != nil {
		return nil, err
	}
	return map[string]openapi.GroupVersionWithContext{"api/v1": document(d)}, nil
}

type document struct{ s *server }

func (d document) SchemaWithContext(ctx context.Context, contentType string) ([]byte, error) {
	if err := d.s.ask(ctx, "api/v1 as "+contentType); err != nil {
		return nil, err
	}
	return []byte(contentType), nil
}

func (d document) ServerRelativeURL() string { return "/openapi/v3/api/v1?hash=1" }

// aggregatedServer sends the resources along with the groups.
type aggregatedServer struct {
	*server
	failed map[schema.GroupVersion]error
}

func (s aggregatedServer) GroupsAndMaybeResourcesWithContext(ctx context.Context) (*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error) {
	groups, err := s.ServerGroupsWithContext(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	resources := map[schema.GroupVersion]*metav1.APIResourceList{}
	for _, l := range s.lists {
		gv, _ := schema.ParseGroupVersion(l.GroupVersion)
		resources[gv] = l
	}
	return groups, resources, s.failed, nil
}

func names(lists []*metav1.APIResourceList) []string {
	all := []string{}
	for _, l := range lists {
		for _, r := range l.APIResources {
			all = append(all, l.GroupVersion+" "+r.Name)
		}
	}
	return all
}
