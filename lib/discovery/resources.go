package discovery

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/validate/content"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// fetchers is how many resource lists are fetched at the same time: enough to hide the way to the server and back,
// few enough not to be a burst that it refuses.
const fetchers = 16

// ServerResourcesInterface asks for resources. The methods that return many may return what they have beside
// ErrGroupDiscoveryFailed.
type ServerResourcesInterface interface {
	// ServerResourcesForGroupVersion returns the resources of one group-version, such as "v1" or "apps/v1".
	ServerResourcesForGroupVersion(groupVersion string) (*metav1.APIResourceList, error)
	// ServerGroupsAndResources returns every group and the resources of every version.
	ServerGroupsAndResources() ([]*metav1.APIGroup, []*metav1.APIResourceList, error)
	// ServerPreferredResources returns every resource once, in the version that the server prefers.
	ServerPreferredResources() ([]*metav1.APIResourceList, error)
	// ServerPreferredNamespacedResources is ServerPreferredResources without those that are cluster-wide.
	ServerPreferredNamespacedResources() ([]*metav1.APIResourceList, error)
}

// ServerResourcesInterfaceWithContext is ServerResourcesInterface with a context.
type ServerResourcesInterfaceWithContext interface {
	// ServerResourcesForGroupVersionWithContext returns the resources of one group-version, such as "v1" or "apps/v1".
	ServerResourcesForGroupVersionWithContext(ctx context.Context, groupVersion string) (*metav1.APIResourceList, error)
	// ServerGroupsAndResourcesWithContext returns every group and the resources of every version.
	ServerGroupsAndResourcesWithContext(ctx context.Context) ([]*metav1.APIGroup, []*metav1.APIResourceList, error)
	// ServerPreferredResourcesWithContext returns every resource once, in the version that the server prefers.
	ServerPreferredResourcesWithContext(ctx context.Context) ([]*metav1.APIResourceList, error)
	// ServerPreferredNamespacedResourcesWithContext is ServerPreferredResourcesWithContext without those that are
	// cluster-wide.
	ServerPreferredNamespacedResourcesWithContext(ctx context.Context) ([]*metav1.APIResourceList, error)
}

// ServerResourcesForGroupVersionWithContext reads /api/v1 or /apis/<group>/<version>. An unknown group-version is a
// 404, but for "v1": a server without the core group has an empty list of it.
func (d *DiscoveryClient) ServerResourcesForGroupVersionWithContext(
	ctx context.Context, groupVersion string,
) (*metav1.APIResourceList, error) {
	if err := checkGroupVersion(groupVersion); err != nil {
		return nil, err
	}
	path := "/apis/" + groupVersion
	if groupVersion == "v1" && d.LegacyPrefix != "" {
		path = d.LegacyPrefix + "/v1"
	}
	list := &metav1.APIResourceList{GroupVersion: groupVersion}
	got, err := d.get(ctx, path, AcceptV1)
	if groupVersion == "v1" && apierrors.IsNotFound(err) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	if err := got.decode(list); err != nil {
		return nil, err
	}
	return list, nil
}

// checkGroupVersion refuses what would not be the path of a group-version.
func checkGroupVersion(groupVersion string) error {
	if groupVersion == "" {
		return errors.New("groupVersion shouldn't be empty")
	}
	if _, err := schema.ParseGroupVersion(groupVersion); err != nil {
		return err
	}
	for segment := range strings.SplitSeq(groupVersion, "/") {
		if problems := content.IsPathSegmentName(segment); segment == "" || len(problems) > 0 {
			return fmt.Errorf("invalid group-version %q: it can't be part of a path", groupVersion)
		}
	}
	return nil
}

// ServerGroupsAndResourcesWithContext returns what ServerGroupsAndResourcesWithContext the function does, and tries
// a second time if a group failed.
func (d *DiscoveryClient) ServerGroupsAndResourcesWithContext(
	ctx context.Context,
) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	found, err := discoverTwice(ctx, d)
	groups, lists := found.split()
	return groups, lists, err
}

// ServerGroupsAndResources is ServerGroupsAndResourcesWithContext without a context.
func ServerGroupsAndResources(d DiscoveryInterface) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	return ServerGroupsAndResourcesWithContext(context.Background(), ToDiscoveryInterfaceWithContext(d))
}

// ServerGroupsAndResourcesWithContext returns every group that d finds and the resources of every version, both in the
// server's order of preference. With ErrGroupDiscoveryFailed they are what could be had.
func ServerGroupsAndResourcesWithContext(
	ctx context.Context, d DiscoveryInterfaceWithContext,
) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	found, err := discover(ctx, d)
	groups, lists := found.split()
	return groups, lists, err
}

// fetchResources asks d for each group-version's resources, a few at a time, and returns when the last has answered.
func fetchResources(ctx context.Context, d ServerResourcesInterfaceWithContext, gvs []schema.GroupVersion) (
	map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error,
) {
	lists := make([]*metav1.APIResourceList, len(gvs))
	errs := make([]error, len(gvs))

	todo := make(chan int, len(gvs))
	for i := range gvs {
		todo <- i
	}
	close(todo)
	var running sync.WaitGroup
	for range min(fetchers, len(gvs)) {
		running.Go(func() {
			for i := range todo {
				lists[i], errs[i] = d.ServerResourcesForGroupVersionWithContext(ctx, gvs[i].String())
			}
		})
	}
	running.Wait()

	resources := make(map[schema.GroupVersion]*metav1.APIResourceList, len(gvs))
	failed := map[schema.GroupVersion]error{}
	for i, gv := range gvs {
		if lists[i] != nil { // also beside an error: a cache may have an older answer
			resources[gv] = lists[i]
		}
		if errs[i] != nil {
			failed[gv] = errs[i]
		}
	}
	return resources, failed
}

// IsResourceEnabled reports whether the server has a resource in exactly this group and version. It needs one request.
func IsResourceEnabled(client DiscoveryInterface, resourceToCheck schema.GroupVersionResource) (bool, error) {
	list, err := client.ServerResourcesForGroupVersion(resourceToCheck.GroupVersion().String())
	if apierrors.IsNotFound(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	for i := range list.APIResources {
		if list.APIResources[i].Name == resourceToCheck.Resource {
			return true, nil
		}
	}
	return false, nil
}
