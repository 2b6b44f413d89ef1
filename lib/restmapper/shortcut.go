package restmapper

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/klog/v2"
)

// shortcutExpander writes a resource's full name for its short name before it asks the delegate.
type shortcutExpander struct {
	delegate meta.RESTMapperWithContext
	client   DiscoveryInterfaceWithContext
	warn     func(string) // nil: nobody listens
}

var (
	_ meta.ResettableRESTMapper            = shortcutExpander{}
	_ meta.ResettableRESTMapperWithContext = shortcutExpander{}
)

// NewShortcutExpander returns delegate, taught the short names that client finds: "po", "deploy". Where a short name
// belongs to several resources the first in the server's order wins, and warningHandler, if any, hears of the others.
// What is the plural or the singular of a resource is never a short name.
func NewShortcutExpander(delegate meta.RESTMapper, client DiscoveryInterface, warningHandler func(string)) meta.RESTMapper {
	return shortcutExpander{meta.ToRESTMapperWithContext(delegate), withContext(client), warningHandler}
}

// NewShortcutExpanderWithContext is NewShortcutExpander for mappers and clients with contexts.
func NewShortcutExpanderWithContext(
	delegate meta.RESTMapperWithContext, client DiscoveryInterfaceWithContext, warningHandler func(string),
) meta.RESTMapperWithContext {
	return shortcutExpander{delegate, client, warningHandler}
}

// expand returns the resource in full, without a version, if it is a short name; else as it is. A group that is given
// must match; if none does, the beginning of one is enough: "autoscal" for "autoscaling".
func (e shortcutExpander) expand(ctx context.Context, resource schema.GroupVersionResource) schema.GroupVersionResource {
	lists := e.lists(ctx)
	inGroup := func(group string) bool { return resource.Group == "" || group == resource.Group }
	if lists.hasName(resource.Resource, inGroup) {
		return resource
	}
	if found := lists.withShortName(resource.Resource, inGroup); len(found) > 0 {
		for _, other := range found[1:] {
			e.warnf("short name %q could also match lower priority resource %s", resource.Resource, other)
		}
		return found[0].WithVersion("")
	}
	if resource.Group == "" {
		return resource
	}
	beginsSo := func(group string) bool { return strings.HasPrefix(group, resource.Group) }
	if found := lists.withShortName(resource.Resource, beginsSo); len(found) > 0 {
		return found[0].WithVersion(resource.Version)
	}
	return resource
}

func (e shortcutExpander) warnf(format string, args ...any) {
	if e.warn != nil {
		e.warn(fmt.Sprintf(format, args...))
	}
}

// groupList is a resource list with its group.
type groupList struct {
	group     string
	resources []metav1.APIResource
}

// groupLists are in the server's order of preference.
type groupLists []groupList

// lists returns what the server has. What it fails to tell doesn't stop anybody from using the rest.
func (e shortcutExpander) lists(ctx context.Context) groupLists {
	logger := klog.FromContext(ctx).V(1)
	_, all, err := e.client.ServerGroupsAndResourcesWithContext(ctx)
	if err != nil {
		logger.Info("Some short names may be unknown", "err", err)
	}
	lists := make(groupLists, 0, len(all))
	for _, list := range all {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			logger.Info("The server has a group-version that doesn't parse", "groupVersion", list.GroupVersion, "err", err)
			continue
		}
		lists = append(lists, groupList{gv.Group, list.APIResources})
	}
	return lists
}

// hasName reports whether name is the plural or singular of a resource in a group that fits.
func (l groupLists) hasName(name string, fits func(group string) bool) bool {
	for _, list := range l {
		if !fits(list.group) {
			continue
		}
		for i := range list.resources {
			if r := &list.resources[i]; name == r.Name || name == r.SingularName {
				return true
			}
		}
	}
	return false
}

// withShortName returns the resources with this short name in groups that fit, each once: a resource in several
// versions is still one.
func (l groupLists) withShortName(name string, fits func(group string) bool) []schema.GroupResource {
	var found []schema.GroupResource
	for _, list := range l {
		if !fits(list.group) {
			continue
		}
		for i := range list.resources {
			r := &list.resources[i]
			full := schema.GroupResource{Group: list.group, Resource: r.Name}
			if slices.Contains(r.ShortNames, name) && !slices.Contains(found, full) {
				found = append(found, full)
			}
		}
	}
	return found
}

// KindForWithContext expands a second time if nothing matches: the delegate may have discovered the resource, and with
// it the short name, only just now.
func (e shortcutExpander) KindForWithContext(
	ctx context.Context, resource schema.GroupVersionResource,
) (schema.GroupVersionKind, error) {
	kind, err := e.delegate.KindForWithContext(ctx, e.expand(ctx, resource))
	if meta.IsNoMatchError(err) {
		return e.delegate.KindForWithContext(ctx, e.expand(ctx, resource))
	}
	return kind, err
}

func (e shortcutExpander) KindsForWithContext(
	ctx context.Context, resource schema.GroupVersionResource,
) ([]schema.GroupVersionKind, error) {
	return e.delegate.KindsForWithContext(ctx, e.expand(ctx, resource))
}

func (e shortcutExpander) ResourceForWithContext(
	ctx context.Context, resource schema.GroupVersionResource,
) (schema.GroupVersionResource, error) {
	return e.delegate.ResourceForWithContext(ctx, e.expand(ctx, resource))
}

func (e shortcutExpander) ResourcesForWithContext(
	ctx context.Context, resource schema.GroupVersionResource,
) ([]schema.GroupVersionResource, error) {
	return e.delegate.ResourcesForWithContext(ctx, e.expand(ctx, resource))
}

func (e shortcutExpander) ResourceSingularizerWithContext(ctx context.Context, resource string) (string, error) {
	full := e.expand(ctx, schema.GroupVersionResource{Resource: resource})
	return e.delegate.ResourceSingularizerWithContext(ctx, full.Resource)
}

func (e shortcutExpander) RESTMappingWithContext(
	ctx context.Context, gk schema.GroupKind, versions ...string,
) (*meta.RESTMapping, error) {
	return e.delegate.RESTMappingWithContext(ctx, gk, versions...)
}

func (e shortcutExpander) RESTMappingsWithContext(
	ctx context.Context, gk schema.GroupKind, versions ...string,
) ([]*meta.RESTMapping, error) {
	return e.delegate.RESTMappingsWithContext(ctx, gk, versions...)
}

// ResetWithContext resets the delegate if it can be.
func (e shortcutExpander) ResetWithContext(ctx context.Context) {
	meta.MaybeResetRESTMapperWithContext(ctx, e.delegate)
}

// The forms without a context, each its twin with context.Background().

func (e shortcutExpander) KindFor(resource schema.GroupVersionResource) (schema.GroupVersionKind, error) {
	return e.KindForWithContext(context.Background(), resource)
}

func (e shortcutExpander) KindsFor(resource schema.GroupVersionResource) ([]schema.GroupVersionKind, error) {
	return e.KindsForWithContext(context.Background(), resource)
}

func (e shortcutExpander) ResourceFor(resource schema.GroupVersionResource) (schema.GroupVersionResource, error) {
	return e.ResourceForWithContext(context.Background(), resource)
}

func (e shortcutExpander) ResourcesFor(resource schema.GroupVersionResource) ([]schema.GroupVersionResource, error) {
	return e.ResourcesForWithContext(context.Background(), resource)
}

func (e shortcutExpander) ResourceSingularizer(resource string) (string, error) {
	return e.ResourceSingularizerWithContext(context.Background(), resource)
}

func (e shortcutExpander) RESTMapping(gk schema.GroupKind, versions ...string) (*meta.RESTMapping, error) {
	return e.RESTMappingWithContext(context.Background(), gk, versions...)
}

func (e shortcutExpander) RESTMappings(gk schema.GroupKind, versions ...string) ([]*meta.RESTMapping, error) {
	return e.RESTMappingsWithContext(context.Background(), gk, versions...)
}

func (e shortcutExpander) Reset() {
	e.ResetWithContext(context.Background())
}
