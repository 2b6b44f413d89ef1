package discovery

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ServerGroupsInterface asks for the groups.
type ServerGroupsInterface interface {
	// ServerGroups returns the groups with their versions and the preferred one, in the server's order.
	ServerGroups() (*metav1.APIGroupList, error)
}

// ServerGroupsInterfaceWithContext is ServerGroupsInterface with a context.
type ServerGroupsInterfaceWithContext interface {
	// ServerGroupsWithContext returns the groups with their versions and the preferred one, in the server's order.
	ServerGroupsWithContext(ctx context.Context) (*metav1.APIGroupList, error)
}

// ServerGroupsWithContext returns the groups, the core group first. Versions that the server marks as stale are not
// in them.
func (d *DiscoveryClient) ServerGroupsWithContext(ctx context.Context) (*metav1.APIGroupList, error) {
	groups, _, _, err := d.GroupsAndMaybeResourcesWithContext(ctx)
	return groups, err
}

// GroupsAndMaybeResourcesWithContext asks both root endpoints and joins what they say, the core group first.
// The resources are nil unless both answers were aggregated. What failed is never nil without an error.
func (d *DiscoveryClient) GroupsAndMaybeResourcesWithContext(ctx context.Context) (
	*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
) {
	core, err := d.coreRoot(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	apis, err := d.root(ctx, "/apis", decodeAPIGroupList)
	if err != nil {
		return nil, nil, nil, err
	}
	all := core.join(apis)
	return all.groups, all.resources, all.failed, nil
}

// coreRoot asks /api. An aggregated API server has no core group and says 404.
func (d *DiscoveryClient) coreRoot(ctx context.Context) (catalog, error) {
	core, err := d.root(ctx, "/api", decodeAPIVersions)
	if apierrors.IsNotFound(err) {
		return emptyCatalog(), nil
	}
	return core, err
}

// root asks one of the two root endpoints; decodePlain reads an answer that is not aggregated.
func (d *DiscoveryClient) root(
	ctx context.Context, path string, decodePlain func(answer) (catalog, error),
) (catalog, error) {
	if err := ctx.Err(); err != nil {
		return catalog{}, err
	}
	got, err := d.get(ctx, path, d.accept())
	if err != nil {
		return catalog{}, err
	}
	if got.isAggregated() {
		return decodeAggregated(got)
	}
	return decodePlain(got)
}
