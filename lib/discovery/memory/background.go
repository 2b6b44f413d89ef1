package memory

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/openapi"
)

// The forms without a context, each its twin with context.Background().

func (c *client) Fresh() bool { return c.FreshWithContext(context.Background()) }

func (c *client) Invalidate() { c.InvalidateWithContext(context.Background()) }

func (c *client) GroupsAndMaybeResources() (
	*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
) {
	return c.GroupsAndMaybeResourcesWithContext(context.Background())
}

func (c *client) ServerGroups() (*metav1.APIGroupList, error) {
	return c.ServerGroupsWithContext(context.Background())
}

func (c *client) ServerResourcesForGroupVersion(groupVersion string) (*metav1.APIResourceList, error) {
	return c.ServerResourcesForGroupVersionWithContext(context.Background(), groupVersion)
}

func (c *client) ServerGroupsAndResources() ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	return c.ServerGroupsAndResourcesWithContext(context.Background())
}

func (c *client) ServerPreferredResources() ([]*metav1.APIResourceList, error) {
	return c.ServerPreferredResourcesWithContext(context.Background())
}

func (c *client) ServerPreferredNamespacedResources() ([]*metav1.APIResourceList, error) {
	return c.ServerPreferredNamespacedResourcesWithContext(context.Background())
}

func (c *client) ServerVersion() (*version.Info, error) {
	return c.ServerVersionWithContext(context.Background())
}

func (c *client) OpenAPIV3() openapi.Client {
	return c.current.Load().openAPI(context.Background())
}

func (c *client) WithLegacy() discovery.DiscoveryInterface { return c }
