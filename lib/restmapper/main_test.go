package restmapper_test

import (
	"context"
	"slices"
	"sync"
	"testing"

	"go.uber.org/goleak"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/restmapper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeDiscovery is a cached client in the hands of a test.
type fakeDiscovery struct {
	mu          sync.Mutex
	groups      []*metav1.APIGroup
	lists       []*metav1.APIResourceList
	err         error
	fresh       bool
	asked       int
	invalidated int
	next        func(*fakeDiscovery) // what changes at Invalidate
}

func (f *fakeDiscovery) ServerGroupsAndResourcesWithContext(ctx context.Context) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked++
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	return slices.Clone(f.groups), slices.Clone(f.lists), f.err
}

func (f *fakeDiscovery) FreshWithContext(context.Context) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fresh
}

func (f *fakeDiscovery) InvalidateWithContext(context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.invalidated++
	if f.next != nil {
		f.next(f)
	}
}

// add gives the server a group-version; a group's first version is its preferred one.
func (f *fakeDiscovery) add(groupVersion string, resources ...metav1.APIResource) *fakeDiscovery {
	gv, err := schema.ParseGroupVersion(groupVersion)
	if err != nil {
		panic(err) // a mistake in the test
	}
	f.lists = append(f.lists, &metav1.APIResourceList{GroupVersion: groupVersion, APIResources: resources})
	version := metav1.GroupVersionForDiscovery{GroupVersion: groupVersion, Version: gv.Version}
	for _, group := range f.groups {
		if group.Name == gv.Group {
			group.Versions = append(group.Versions, version)
			return f
		}
	}
	f.groups = append(f.groups, &metav1.APIGroup{Name: gv.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version})
	return f
}

// resource is a namespaced one with these short names.
func resource(plural, singular, kind string, shortNames ...string) metav1.APIResource {
	return metav1.APIResource{Name: plural, SingularName: singular, Kind: kind, Namespaced: true, ShortNames: shortNames}
}

func clusterWide(r metav1.APIResource) metav1.APIResource {
	r.Namespaced = false
	return r
}

func in(r metav1.APIResource, categories ...string) metav1.APIResource {
	r.Categories = categories
	return r
}

// smallCluster has what the tests look for.
func smallCluster() *fakeDiscovery {
	return new(fakeDiscovery).
		add("v1",
			in(resource("pods", "pod", "Pod", "po"), "all"),
			resource("pods/log", "pod", "Pod"),
			in(resource("services", "service", "Service", "svc"), "all"),
			clusterWide(resource("nodes", "node", "Node", "no")),
			resource("events", "event", "Event", "ev")).
		add("events.k8s.io/v1", resource("events", "event", "Event", "ev")).
		add("apps/v1", in(resource("deployments", "deployment", "Deployment", "deploy"), "all")).
		add("apps/v1beta1", in(resource("deployments", "deployment", "Deployment", "deploy"), "all"), resource("relics", "relic", "Relic")).
		add("autoscaling/v2", in(resource("horizontalpodautoscalers", "horizontalpodautoscaler", "HorizontalPodAutoscaler", "hpa"), "all", "scaling")).
		add("old.example.com/v1", resource("boxes", "", "Box", "bx"))
}

// plain is a client without contexts.
type plain struct{ f *fakeDiscovery }

func (p plain) ServerGroupsAndResources() ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	return p.f.ServerGroupsAndResourcesWithContext(context.Background())
}
func (p plain) Fresh() bool { return p.f.FreshWithContext(context.Background()) }
func (p plain) Invalidate() { p.f.InvalidateWithContext(context.Background()) }

var _ restmapper.CachedDiscoveryInterface = plain{}
