package discovery

import (
	"context"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ServerPreferredResourcesWithContext returns what ServerPreferredResourcesWithContext the function does, and tries a
// second time if a group failed.
func (d *DiscoveryClient) ServerPreferredResourcesWithContext(ctx context.Context) ([]*metav1.APIResourceList, error) {
	found, err := discoverTwice(ctx, d)
	return found.preferred(), err
}

// ServerPreferredNamespacedResourcesWithContext returns every namespaced resource once, in the version that the
// server prefers.
func (d *DiscoveryClient) ServerPreferredNamespacedResourcesWithContext(
	ctx context.Context,
) ([]*metav1.APIResourceList, error) {
	return ServerPreferredNamespacedResourcesWithContext(ctx, d)
}

// ServerPreferredResources is ServerPreferredResourcesWithContext without a context.
func ServerPreferredResources(d DiscoveryInterface) ([]*metav1.APIResourceList, error) {
	return ServerPreferredResourcesWithContext(context.Background(), ToDiscoveryInterfaceWithContext(d))
}

// ServerPreferredResourcesWithContext returns every resource that d finds once: in its group's preferred version, or in
// the first version that has it. Subresources are left out. There is a list for each group-version, maybe an empty one.
// With ErrGroupDiscoveryFailed the lists are what could be had.
func ServerPreferredResourcesWithContext(
	ctx context.Context, d DiscoveryInterfaceWithContext,
) ([]*metav1.APIResourceList, error) {
	found, err := discover(ctx, d)
	return found.preferred(), err
}

// ServerPreferredNamespacedResources is ServerPreferredNamespacedResourcesWithContext without a context.
func ServerPreferredNamespacedResources(d DiscoveryInterface) ([]*metav1.APIResourceList, error) {
	return ServerPreferredNamespacedResourcesWithContext(context.Background(), ToDiscoveryInterfaceWithContext(d))
}

// ServerPreferredNamespacedResourcesWithContext is ServerPreferredResourcesWithContext without the cluster-wide
// resources and without lists that are empty then.
func ServerPreferredNamespacedResourcesWithContext(
	ctx context.Context, d DiscoveryInterfaceWithContext,
) ([]*metav1.APIResourceList, error) {
	all, err := ServerPreferredResourcesWithContext(ctx, d)
	namespaced := ResourcePredicateFunc(func(_ string, r *metav1.APIResource) bool { return r.Namespaced })
	return FilteredBy(namespaced, all), err
}

// preferred returns a list for each group-version with the resources that are best taken from there.
func (c catalog) preferred() []*metav1.APIResourceList {
	if c.groups == nil {
		return nil
	}
	lists := make([]*metav1.APIResourceList, 0, len(c.resources))
	for i := range c.groups.Groups {
		group := &c.groups.Groups[i]
		best := c.bestVersions(group)
		for _, version := range group.Versions {
			all, ok := c.resources[schema.GroupVersion{Group: group.Name, Version: version.Version}]
			if !ok {
				continue
			}
			list := &metav1.APIResourceList{GroupVersion: version.GroupVersion}
			for _, resource := range all.APIResources {
				if best[resource.Name] == version.Version {
					list.APIResources = append(list.APIResources, resource)
				}
			}
			lists = append(lists, list)
		}
	}
	return lists
}

// bestVersions maps the name of each of the group's resources to the version to take it from.
func (c catalog) bestVersions(group *metav1.APIGroup) map[string]string {
	best := map[string]string{}
	for _, version := range group.Versions {
		list, ok := c.resources[schema.GroupVersion{Group: group.Name, Version: version.Version}]
		if !ok {
			continue
		}
		for i := range list.APIResources {
			name := list.APIResources[i].Name
			if strings.Contains(name, "/") {
				continue // a subresource
			}
			if _, taken := best[name]; !taken || version.Version == group.PreferredVersion.Version {
				best[name] = version.Version
			}
		}
	}
	return best
}
