package memory

import (
	"context"
	"fmt"
	"maps"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/discovery"
)

// generation is what has been learned since one Invalidate. The next throws it away whole.
type generation struct {
	delegate discovery.DiscoveryInterfaceWithContext
	roots    cell[*root]

	openAPIOnce sync.Once
	documents   *openAPIClient
}

// root is what the root endpoints said.
type root struct {
	groups     *metav1.APIGroupList
	aggregated bool                          // the lists came along with the groups
	failed     map[schema.GroupVersion]error // the group-versions that came along as failed
	lists      map[string]*entry             // by "v1", "apps/v1"; its keys never change
}

// entry is the resource list of one group-version.
type entry struct {
	gv schema.GroupVersion
	cell[*metav1.APIResourceList]
}

// fresh reports whether there are groups to look into.
func (g *generation) fresh() bool {
	known := g.roots.peek()
	return known != nil && known.keep
}

func (g *generation) root(ctx context.Context) (*root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return g.roots.get(ctx, g.askRoot)
}

// askRoot asks for the groups and takes the resources if they come along. Whatever goes wrong here is not remembered,
// nor is a server without a single group, which is one that has just begun to start.
func (g *generation) askRoot(ctx context.Context) answer[*root] {
	r := &root{lists: map[string]*entry{}}
	var resources map[schema.GroupVersion]*metav1.APIResourceList
	var err error
	if whole, ok := g.delegate.(discovery.AggregatedDiscoveryInterfaceWithContext); ok {
		r.groups, resources, r.failed, err = whole.GroupsAndMaybeResourcesWithContext(ctx)
	} else {
		r.groups, err = g.delegate.ServerGroupsWithContext(ctx)
	}
	if err != nil {
		return answer[*root]{err: err}
	}
	if r.groups == nil {
		r.groups = &metav1.APIGroupList{}
	}
	r.fill(resources)
	if r.aggregated = resources != nil; !r.aggregated {
		r.prepare()
	}
	return answer[*root]{value: r, keep: r.aggregated || len(r.groups.Groups) > 0}
}

// fill stores what came along with the groups.
func (r *root) fill(resources map[schema.GroupVersion]*metav1.APIResourceList) {
	store := func(gv schema.GroupVersion, list *metav1.APIResourceList, err error) {
		known := lasting(list, err)
		r.lists[gv.String()] = &entry{gv: gv, cell: cell[*metav1.APIResourceList]{latest: &known}}
	}
	for gv, list := range resources {
		store(gv, list, nil)
	}
	for gv, err := range r.failed {
		store(gv, nil, err)
	}
}

// prepare makes room for the lists that the groups promise.
func (r *root) prepare() {
	for _, group := range r.groups.Groups {
		for _, version := range group.Versions {
			gv := schema.GroupVersion{Group: group.Name, Version: version.Version}
			r.lists[gv.String()] = &entry{gv: gv}
		}
	}
}

// sentAlong returns the lists that came along with the groups, nil if none did, and why others are missing. What has
// been asked about again since is told as it is now.
func (r *root) sentAlong() (map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error) {
	if !r.aggregated {
		return nil, maps.Clone(r.failed)
	}
	resources := make(map[schema.GroupVersion]*metav1.APIResourceList, len(r.lists))
	failed := map[schema.GroupVersion]error{}
	for _, entry := range r.lists {
		if known := entry.peek(); known.err != nil {
			failed[entry.gv] = known.err
		} else {
			resources[entry.gv] = known.value
		}
	}
	return resources, failed
}

// resources returns one group-version's list, and asks for it if it isn't known.
func (g *generation) resources(ctx context.Context, groupVersion string) (*metav1.APIResourceList, error) {
	root, err := g.root(ctx)
	if err != nil {
		return nil, err
	}
	entry, ok := root.lists[groupVersion]
	if !ok {
		return nil, fmt.Errorf("group-version %q: %w", groupVersion, ErrCacheNotFound)
	}
	return entry.get(ctx, func(ctx context.Context) answer[*metav1.APIResourceList] {
		list, err := g.delegate.ServerResourcesForGroupVersionWithContext(ctx, groupVersion)
		if err == nil && len(list.APIResources) == 0 {
			err = emptyResponseError{groupVersion}
		}
		return lasting(list, err)
	})
}

// openAPI returns this generation's documents.
func (g *generation) openAPI(ctx context.Context) *openAPIClient {
	g.openAPIOnce.Do(func() {
		g.documents = &openAPIClient{delegate: g.delegate.OpenAPIV3WithContext(ctx)}
	})
	return g.documents
}
