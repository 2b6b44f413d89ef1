// Package fake is the discovery client of a fake clientset: what it says the server has is what the test has put into
// Fake.Resources.
//
//	clientset.Resources = []*metav1.APIResourceList{{GroupVersion: "apps/v1", …}, {GroupVersion: "apps/v1beta1", …}}
//	  ServerGroups                        apps: v1 (preferred), v1beta1
//	  ServerResourcesForGroupVersion      "apps/v1" → the first; another one → apierrors.IsNotFound
//
// Each call is written down as an action: get of "group", "resource" or "version". A reactor for it can make it
// fail; what else a reactor returns counts for nothing.
//
// Upstream: discovery/fake/discovery.go.
// Left out: OpenAPISchema, as lib/discovery has none.
//
// Different from upstream: groups come in the order of Resources, and OpenAPIV3 and WithLegacy return something that
// can be used, where upstream panics.
package fake

import (
	"context"
	"fmt"
	"net/http"
	goruntime "runtime"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/openapi"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/testing"
)

// FakeDiscovery answers from the Resources of its Fake. FakedServerVersion is what ServerVersion says, if it is not nil.
type FakeDiscovery struct {
	*testing.Fake
	FakedServerVersion *version.Info
}

var _ discovery.DiscoveryInterfaces = &FakeDiscovery{}

// ServerGroupsWithContext returns the groups of Resources. The version that comes first in a group is its preferred one.
func (c *FakeDiscovery) ServerGroupsWithContext(context.Context) (*metav1.APIGroupList, error) {
	if err := c.ask("group"); err != nil {
		return nil, err
	}
	list := &metav1.APIGroupList{}
	at := map[string]int{}
	for _, resources := range c.resources() {
		gv, err := schema.ParseGroupVersion(resources.GroupVersion)
		if err != nil {
			return nil, err
		}
		served := metav1.GroupVersionForDiscovery{GroupVersion: resources.GroupVersion, Version: gv.Version}
		i, seen := at[gv.Group]
		if !seen {
			i = len(list.Groups)
			at[gv.Group] = i
			list.Groups = append(list.Groups, metav1.APIGroup{Name: gv.Group, PreferredVersion: served})
		}
		list.Groups[i].Versions = append(list.Groups[i].Versions, served)
	}
	return list, nil
}

// ServerResourcesForGroupVersionWithContext returns the element of Resources for this group and version.
func (c *FakeDiscovery) ServerResourcesForGroupVersionWithContext(_ context.Context, groupVersion string) (*metav1.APIResourceList, error) {
	if err := c.ask("resource"); err != nil {
		return nil, err
	}
	for _, resources := range c.resources() {
		if resources.GroupVersion == groupVersion {
			return resources, nil
		}
	}
	return nil, &apierrors.StatusError{ErrStatus: metav1.Status{
		Status:  metav1.StatusFailure,
		Code:    http.StatusNotFound,
		Reason:  metav1.StatusReasonNotFound,
		Message: fmt.Sprintf("the fake's Resources have no group version %q", groupVersion),
	}}
}

// ServerGroupsAndResourcesWithContext returns the groups and Resources. Where only the second step fails it returns both, and the error.
func (c *FakeDiscovery) ServerGroupsAndResourcesWithContext(ctx context.Context) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	list, err := c.ServerGroupsWithContext(ctx)
	if err != nil {
		return nil, nil, err
	}
	groups := make([]*metav1.APIGroup, len(list.Groups))
	for i := range list.Groups {
		groups[i] = &list.Groups[i]
	}
	return groups, c.resources(), c.ask("resource")
}

// ServerPreferredResourcesWithContext returns nothing, and asks for nothing.
func (c *FakeDiscovery) ServerPreferredResourcesWithContext(context.Context) ([]*metav1.APIResourceList, error) {
	return nil, nil
}

// ServerPreferredNamespacedResourcesWithContext returns nothing, and asks for nothing.
func (c *FakeDiscovery) ServerPreferredNamespacedResourcesWithContext(context.Context) ([]*metav1.APIResourceList, error) {
	return nil, nil
}

// ServerVersionWithContext returns FakedServerVersion, or a version 0 that tells how this program was built.
func (c *FakeDiscovery) ServerVersionWithContext(context.Context) (*version.Info, error) {
	if err := c.ask("version"); err != nil {
		return nil, err
	}
	if c.FakedServerVersion != nil {
		return c.FakedServerVersion, nil
	}
	return &version.Info{
		GitVersion: "v0.0.0-fake",
		GoVersion:  goruntime.Version(),
		Compiler:   goruntime.Compiler,
		Platform:   goruntime.GOOS + "/" + goruntime.GOARCH,
	}, nil
}

// ask writes an action down, and returns the error of a reactor.
func (c *FakeDiscovery) ask(what string) error {
	_, err := c.Invokes(testing.ActionImpl{Verb: "get", Resource: schema.GroupVersionResource{Resource: what}}, nil)
	return err
}

func (c *FakeDiscovery) resources() []*metav1.APIResourceList {
	c.RLock()
	defer c.RUnlock()
	return c.Resources
}

// RESTClient returns nil: there is no server.
func (c *FakeDiscovery) RESTClient() rest.Interface { return nil }

// WithLegacyWithContext returns the same client: it speaks no format at all.
func (c *FakeDiscovery) WithLegacyWithContext(context.Context) discovery.DiscoveryInterfaceWithContext {
	return c
}

// OpenAPIV3WithContext returns a client that knows of no documents.
func (c *FakeDiscovery) OpenAPIV3WithContext(context.Context) openapi.ClientWithContext {
	return noDocuments{}
}

type noDocuments struct{}

func (noDocuments) Paths() (map[string]openapi.GroupVersion, error) {
	return map[string]openapi.GroupVersion{}, nil
}

func (noDocuments) PathsWithContext(context.Context) (map[string]openapi.GroupVersionWithContext, error) {
	return map[string]openapi.GroupVersionWithContext{}, nil
}
