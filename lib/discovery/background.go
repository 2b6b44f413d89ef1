package discovery

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery/openapi"
)

// What follows implements DiscoveryInterface: each method is its …WithContext twin with context.Background(), so only
// the REST client's timeout ends it.

// ServerGroups is ServerGroupsWithContext without a context.
func (d *DiscoveryClient) ServerGroups() (*metav1.APIGroupList, error) {
	return d.ServerGroupsWithContext(context.Background())
}

// GroupsAndMaybeResources is GroupsAndMaybeResourcesWithContext without a context.
func (d *DiscoveryClient) GroupsAndMaybeResources() (
	*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
) {
	return d.GroupsAndMaybeResourcesWithContext(context.Background())
}

// ServerResourcesForGroupVersion is ServerResourcesForGroupVersionWithContext without a context.
func (d *DiscoveryClient) ServerResourcesForGroupVersion(groupVersion string) (*metav1.APIResourceList, error) {
	return d.ServerResourcesForGroupVersionWithContext(context.Background(), groupVersion)
}

// ServerGroupsAndResources is ServerGroupsAndResourcesWithContext without a context.
func (d *DiscoveryClient) ServerGroupsAndResources() ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	return d.ServerGroupsAndResourcesWithContext(context.Background())
}

// ServerPreferredResources is ServerPreferredResourcesWithContext without a context.
func (d *DiscoveryClient) ServerPreferredResources() ([]*metav1.APIResourceList, error) {
	return d.ServerPreferredResourcesWithContext(context.Background())
}

// ServerPreferredNamespacedResources is ServerPreferredNamespacedResourcesWithContext without a context.
func (d *DiscoveryClient) ServerPreferredNamespacedResources() ([]*metav1.APIResourceList, error) {
	return d.ServerPreferredNamespacedResourcesWithContext(context.Background())
}

// ServerVersion is ServerVersionWithContext without a context.
func (d *DiscoveryClient) ServerVersion() (*version.Info, error) {
	return d.ServerVersionWithContext(context.Background())
}

// OpenAPIV3 returns a client for the server's OpenAPI v3 documents whose calls take no context.
func (d *DiscoveryClient) OpenAPIV3() openapi.Client {
	return openapi.NewClient(d.restClient)
}

// WithLegacy is WithLegacyWithContext without a context.
func (d *DiscoveryClient) WithLegacy() DiscoveryInterface {
	return d.withLegacy()
}
