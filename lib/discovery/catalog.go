package discovery

import (
	"context"
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// catalog is what a server has said that it serves. The zero catalog has nothing to say.
type catalog struct {
	groups    *metav1.APIGroupList                            // in the server's order of preference
	resources map[schema.GroupVersion]*metav1.APIResourceList // nil: the server named groups only
	failed    map[schema.GroupVersion]error                   // group-versions that are missing in resources
}

// emptyCatalog is the answer of an endpoint that serves nothing, resources included.
func emptyCatalog() catalog {
	return catalog{
		groups:    &metav1.APIGroupList{},
		resources: map[schema.GroupVersion]*metav1.APIResourceList{},
		failed:    map[schema.GroupVersion]error{},
	}
}

// join puts the groups of more behind those of c. If one of the two named groups only, so does the result.
func (c catalog) join(more catalog) catalog {
	c.groups.Groups = append(c.groups.Groups, more.groups.Groups...)
	maps.Copy(c.failed, more.failed)
	if c.resources == nil || more.resources == nil {
		c.resources = nil
	} else {
		maps.Copy(c.resources, more.resources)
	}
	return c
}

// discover asks d for everything: in one step if d can, else group-version by group-version. The catalog is as
// complete as the server lets it be; ErrGroupDiscoveryFailed says what is missing. After any other error it is zero.
func discover(ctx context.Context, d DiscoveryInterfaceWithContext) (catalog, error) {
	if err := ctx.Err(); err != nil {
		return catalog{}, err
	}
	var found catalog
	var err error
	if whole, ok := d.(AggregatedDiscoveryInterfaceWithContext); ok {
		found.groups, found.resources, found.failed, err = whole.GroupsAndMaybeResourcesWithContext(ctx)
	} else {
		found.groups, err = d.ServerGroupsWithContext(ctx)
	}
	if err != nil || found.groups == nil {
		return catalog{}, err
	}
	if found.resources == nil {
		resources, failed := fetchResources(ctx, d, found.groupVersions())
		maps.Copy(failed, found.failed) // stale versions are not in the groups: nobody else speaks of them
		found.resources, found.failed = resources, failed
	}
	if len(found.failed) > 0 {
		return found, &ErrGroupDiscoveryFailed{Groups: found.failed}
	}
	return found, nil
}

// discoverTwice asks again if a group failed: it may have gone between the question for the groups and that for
// its resources, and then it isn't missed.
func discoverTwice(ctx context.Context, d DiscoveryInterfaceWithContext) (catalog, error) {
	found, err := discover(ctx, d)
	if !IsGroupDiscoveryFailedError(err) {
		return found, err
	}
	if ctx.Err() != nil {
		return catalog{}, err
	}
	return discover(ctx, d)
}

// groupVersions lists what the groups offer, in order.
func (c catalog) groupVersions() []schema.GroupVersion {
	var gvs []schema.GroupVersion
	for _, group := range c.groups.Groups {
		for _, version := range group.Versions {
			gvs = append(gvs, schema.GroupVersion{Group: group.Name, Version: version.Version})
		}
	}
	return gvs
}

// split returns the groups and the resource lists, both in the server's order: whoever takes the first match, as
// short names do, must find the same one every time.
func (c catalog) split() ([]*metav1.APIGroup, []*metav1.APIResourceList) {
	if c.groups == nil {
		return nil, nil
	}
	groups := make([]*metav1.APIGroup, len(c.groups.Groups))
	for i := range groups {
		groups[i] = &c.groups.Groups[i]
	}
	lists := make([]*metav1.APIResourceList, 0, len(c.resources))
	for _, gv := range c.groupVersions() {
		if list, ok := c.resources[gv]; ok {
			lists = append(lists, list)
		}
	}
	return groups, lists
}
