package restmapper

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// CategoryExpander knows which resources a category such as "all" stands for.
type CategoryExpander interface {
	// Expand returns the resources of a category, and whether there is such a category.
	Expand(category string) ([]schema.GroupResource, bool)
}

// CategoryExpanderWithContext is CategoryExpander with a context.
type CategoryExpanderWithContext interface {
	// ExpandWithContext returns the resources of a category, and whether there is such a category.
	ExpandWithContext(ctx context.Context, category string) ([]schema.GroupResource, bool)
}

// ToCategoryExpanderWithContext returns c itself if it has both forms, else a wrapper that drops the context; nil
// for nil.
func ToCategoryExpanderWithContext(c CategoryExpander) CategoryExpanderWithContext {
	if both, ok := c.(CategoryExpanderWithContext); ok || c == nil {
		return both
	}
	return contextlessCategories{c}
}

type contextlessCategories struct{ plain CategoryExpander }

func (c contextlessCategories) ExpandWithContext(_ context.Context, category string) ([]schema.GroupResource, bool) {
	return c.plain.Expand(category)
}

// SimpleCategoryExpander is a table of categories. The zero value knows none.
type SimpleCategoryExpander struct {
	Expansions map[string][]schema.GroupResource
}

// Expand looks the category up.
func (e SimpleCategoryExpander) Expand(category string) ([]schema.GroupResource, bool) {
	resources, ok := e.Expansions[category]
	return resources, ok
}

// ExpandWithContext looks the category up.
func (e SimpleCategoryExpander) ExpandWithContext(_ context.Context, category string) ([]schema.GroupResource, bool) {
	return e.Expand(category)
}

// discoveryCategoryExpander asks a server.
type discoveryCategoryExpander struct {
	client DiscoveryInterfaceWithContext
}

// NewDiscoveryCategoryExpander returns an expander that knows the categories that client finds on its resources, each
// resource once, in the server's order. What the server fails to tell is missing. It panics if client is nil.
func NewDiscoveryCategoryExpander(client DiscoveryInterface) CategoryExpander {
	return newDiscoveryCategoryExpander(withContext(client))
}

// NewDiscoveryCategoryExpanderWithContext is NewDiscoveryCategoryExpander for clients with contexts.
func NewDiscoveryCategoryExpanderWithContext(client DiscoveryInterfaceWithContext) CategoryExpanderWithContext {
	return newDiscoveryCategoryExpander(client)
}

func newDiscoveryCategoryExpander(client DiscoveryInterfaceWithContext) discoveryCategoryExpander {
	if client == nil {
		panic("restmapper: a category expander needs a discovery client")
	}
	return discoveryCategoryExpander{client}
}

// Expand is ExpandWithContext with context.Background().
func (e discoveryCategoryExpander) Expand(category string) ([]schema.GroupResource, bool) {
	return e.ExpandWithContext(context.Background(), category)
}

// ExpandWithContext returns the resources that the server puts into the category.
func (e discoveryCategoryExpander) ExpandWithContext(ctx context.Context, category string) ([]schema.GroupResource, bool) {
	_, lists, _ := e.client.ServerGroupsAndResourcesWithContext(ctx) // what there is beside an error is good
	var members []schema.GroupResource
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			continue
		}
		members = appendNew(members, inCategory(gv.Group, list.APIResources, category))
	}
	return members, len(members) > 0
}

func inCategory(group string, resources []metav1.APIResource, category string) []schema.GroupResource {
	var members []schema.GroupResource
	for i := range resources {
		if slices.Contains(resources[i].Categories, category) {
			members = append(members, schema.GroupResource{Group: group, Resource: resources[i].Name})
		}
	}
	return members
}

// UnionCategoryExpander knows what any of its members does.
type UnionCategoryExpander []CategoryExpander

// Expand returns what the members return, in order, each resource once. It is never nil.
func (u UnionCategoryExpander) Expand(category string) ([]schema.GroupResource, bool) {
	union, known := []schema.GroupResource{}, false
	for _, member := range u {
		resources, ok := member.Expand(category)
		union, known = appendNew(union, resources), known || ok
	}
	return union, known
}

// UnionCategoryExpanderWithContext knows what any of its members does.
type UnionCategoryExpanderWithContext []CategoryExpanderWithContext

// ExpandWithContext returns what the members return, in order, each resource once. It is never nil.
func (u UnionCategoryExpanderWithContext) ExpandWithContext(
	ctx context.Context, category string,
) ([]schema.GroupResource, bool) {
	union, known := []schema.GroupResource{}, false
	for _, member := range u {
		resources, ok := member.ExpandWithContext(ctx, category)
		union, known = appendNew(union, resources), known || ok
	}
	return union, known
}

// appendNew appends those of more that aren't in list yet.
func appendNew(list, more []schema.GroupResource) []schema.GroupResource {
	for _, resource := range more {
		if !slices.Contains(list, resource) {
			list = append(list, resource)
		}
	}
	return list
}
