// Package restmapper finds the resource of a kind, and the other way round, in what a server says it serves.
//
//	"po" ─ ShortcutExpander ─▶ "pods" ─ DeferredDiscoveryRESTMapper ─▶ pods.v1 ⇄ Pod.v1, namespaced
//	              │                            │ not found, and the cache is not fresh?
//	              │                            └─ invalidate it, look once more
//	              └────────── discovery client ┘        "all" ─ CategoryExpander ─▶ pods, services, deployments.apps …
//
// Where several groups have what is asked for, the core group goes first and the others in the server's order; within
// a group the preferred version goes first. What nothing matches is a meta.NoKindMatchError or NoResourceMatchError.
//
// This package knows discovery clients only by the few methods it calls.
//
// Upstream: restmapper.
// Left out: nothing.
//
// Different: a miss is looked up twice at most; upstream goes on until the cache says that it is fresh.
package restmapper

import (
	"context"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// APIGroupResources is a group and what it has in each of its versions.
type APIGroupResources struct {
	Group metav1.APIGroup
	// VersionedResources maps a version such as "v1" to its resources. Versions that weren't discovered are missing.
	VersionedResources map[string][]metav1.APIResource
}

// GetAPIGroupResources is GetAPIGroupResourcesWithContext without a context.
func GetAPIGroupResources(cl DiscoveryInterface) ([]*APIGroupResources, error) {
	return GetAPIGroupResourcesWithContext(context.Background(), withContext(cl))
}

// GetAPIGroupResourcesWithContext asks cl for all groups and resources. It returns an error only if there are none at
// all: with a group that is down, the others must still be found.
func GetAPIGroupResourcesWithContext(ctx context.Context, cl DiscoveryInterfaceWithContext) ([]*APIGroupResources, error) {
	groups, lists, err := cl.ServerGroupsAndResourcesWithContext(ctx)
	if groups == nil || lists == nil {
		return nil, err
	}
	byGroupVersion := make(map[string][]metav1.APIResource, len(lists))
	for _, list := range lists {
		byGroupVersion[list.GroupVersion] = list.APIResources
	}
	result := make([]*APIGroupResources, 0, len(groups))
	for _, group := range groups {
		versioned := make(map[string][]metav1.APIResource, len(group.Versions))
		for _, version := range group.Versions {
			if resources, ok := byGroupVersion[version.GroupVersion]; ok {
				versioned[version.Version] = resources
			}
		}
		result = append(result, &APIGroupResources{Group: *group, VersionedResources: versioned})
	}
	return result, nil
}

// NewDiscoveryRESTMapper returns a mapper over exactly these groups.
func NewDiscoveryRESTMapper(groupResources []*APIGroupResources) meta.RESTMapper {
	mappers, order := mapVersions(groupResources)
	all := make(meta.MultiRESTMapper, len(mappers))
	for i, mapper := range mappers {
		all[i] = mapper
	}
	return &meta.PriorityRESTMapper{Delegate: all, ResourcePriority: order.resources, KindPriority: order.kinds}
}

// NewDiscoveryRESTMapperWithContext is NewDiscoveryRESTMapper in the form whose methods take a context.
func NewDiscoveryRESTMapperWithContext(groupResources []*APIGroupResources) meta.RESTMapperWithContext {
	mappers, order := mapVersions(groupResources)
	all := make(meta.MultiRESTMapperWithContext, len(mappers))
	for i, mapper := range mappers {
		all[i] = mapper
	}
	return &meta.PriorityRESTMapperWithContext{Delegate: all, ResourcePriority: order.resources, KindPriority: order.kinds}
}

// priority is the order in which one of several matches is chosen, as patterns.
type priority struct {
	resources []schema.GroupVersionResource
	kinds     []schema.GroupVersionKind
}

func (p *priority) add(gv schema.GroupVersion) {
	p.resources = append(p.resources, gv.WithResource(meta.AnyResource))
	p.kinds = append(p.kinds, gv.WithKind(meta.AnyKind))
}

// mapVersions returns a mapper for each group-version, and which of them to prefer: the core group's v1, then group by
// group, the preferred version before the others.
func mapVersions(groupResources []*APIGroupResources) ([]*meta.DefaultRESTMapper, priority) {
	var mappers []*meta.DefaultRESTMapper
	var order priority
	order.add(schema.GroupVersion{Version: "v1"})
	for _, group := range groupResources {
		name, preferred := group.Group.Name, group.Group.PreferredVersion.Version
		if _, ok := group.VersionedResources[preferred]; ok && preferred != "" {
			order.add(schema.GroupVersion{Group: name, Version: preferred})
		}
		for _, version := range group.Group.Versions {
			resources, ok := group.VersionedResources[version.Version]
			if !ok {
				continue
			}
			gv := schema.GroupVersion{Group: name, Version: version.Version}
			if gv.Version != preferred {
				order.add(gv)
			}
			mappers = append(mappers, mapVersion(gv, resources))
		}
	}
	return mappers, order
}

// mapVersion returns a mapper for the resources of one group-version. Kinds are found in lower case, too, for they are
// typed by people. The kinds of lists are mapped to plurals of their own that no server has, as upstream does.
func mapVersion(gv schema.GroupVersion, resources []metav1.APIResource) *meta.DefaultRESTMapper {
	mapper := meta.NewDefaultRESTMapper([]schema.GroupVersion{gv})
	for i := range resources {
		resource := &resources[i]
		if strings.Contains(resource.Name, "/") {
			continue // a subresource has no mapping
		}
		scope := meta.RESTScopeRoot
		if resource.Namespaced {
			scope = meta.RESTScopeNamespace
		}
		kind, plural := gv.WithKind(resource.Kind), gv.WithResource(resource.Name)
		singular := gv.WithResource(resource.SingularName)
		if resource.SingularName == "" { // old servers don't name it
			_, singular = meta.UnsafeGuessKindToResource(kind)
		}
		mapper.AddSpecific(gv.WithKind(strings.ToLower(kind.Kind)), plural, singular, scope)
		mapper.AddSpecific(kind, plural, singular, scope)
		mapper.Add(gv.WithKind(kind.Kind+"List"), scope)
	}
	mapper.Add(gv.WithKind("List"), meta.RESTScopeRoot)
	return mapper
}
