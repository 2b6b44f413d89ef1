package discovery

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery/openapi"
	"client-go-workbook/lib/rest"
)

// The To… functions take somebody's client that knows no contexts where one with contexts is wanted. A client that
// has both forms is returned as it is, nil stays nil, and anything else is wrapped: its calls then end in their own
// time, whatever happens to the context.

// ToServerGroupsInterfaceWithContext gives i the form with a context.
func ToServerGroupsInterfaceWithContext(i ServerGroupsInterface) ServerGroupsInterfaceWithContext {
	return withContext(i, func() ServerGroupsInterfaceWithContext { return contextlessGroups{i} })
}

// ToServerResourcesInterfaceWithContext gives i the form with a context.
func ToServerResourcesInterfaceWithContext(i ServerResourcesInterface) ServerResourcesInterfaceWithContext {
	return withContext(i, func() ServerResourcesInterfaceWithContext { return contextlessResources{i} })
}

// ToServerVersionInterfaceWithContext gives i the form with a context.
func ToServerVersionInterfaceWithContext(i ServerVersionInterface) ServerVersionInterfaceWithContext {
	return withContext(i, func() ServerVersionInterfaceWithContext { return contextlessVersion{i} })
}

// OpenAPIV3ToSchemaInterfaceWithContext gives i the form with a context.
func OpenAPIV3ToSchemaInterfaceWithContext(i OpenAPIV3SchemaInterface) OpenAPIV3SchemaInterfaceWithContext {
	return withContext(i, func() OpenAPIV3SchemaInterfaceWithContext { return contextlessOpenAPIV3{i} })
}

// ToDiscoveryInterfaceWithContext gives i the form with a context. A cached or aggregated client stays one.
func ToDiscoveryInterfaceWithContext(i DiscoveryInterface) DiscoveryInterfaceWithContext {
	return withContext(i, func() DiscoveryInterfaceWithContext {
		switch i := i.(type) {
		case CachedDiscoveryInterface:
			return ToCachedDiscoveryInterfaceWithContext(i)
		case AggregatedDiscoveryInterface:
			return ToAggregatedDiscoveryInterfaceWithContext(i)
		}
		return newContextless(i)
	})
}

// ToAggregatedDiscoveryInterfaceWithContext gives i the form with a context.
func ToAggregatedDiscoveryInterfaceWithContext(i AggregatedDiscoveryInterface) AggregatedDiscoveryInterfaceWithContext {
	return withContext(i, func() AggregatedDiscoveryInterfaceWithContext {
		return contextlessAggregated{newContextless(i), i}
	})
}

// ToCachedDiscoveryInterfaceWithContext gives i the form with a context.
func ToCachedDiscoveryInterfaceWithContext(i CachedDiscoveryInterface) CachedDiscoveryInterfaceWithContext {
	return withContext(i, func() CachedDiscoveryInterfaceWithContext {
		return contextlessCached{newContextless(i), i}
	})
}

func withContext[C any](plain any, wrap func() C) C {
	if both, ok := plain.(C); ok || plain == nil {
		return both
	}
	return wrap()
}

type contextlessGroups struct{ plain ServerGroupsInterface }

func (c contextlessGroups) ServerGroupsWithContext(context.Context) (*metav1.APIGroupList, error) {
	return c.plain.ServerGroups()
}

type contextlessResources struct{ plain ServerResourcesInterface }

func (c contextlessResources) ServerResourcesForGroupVersionWithContext(
	_ context.Context, groupVersion string,
) (*metav1.APIResourceList, error) {
	return c.plain.ServerResourcesForGroupVersion(groupVersion)
}

func (c contextlessResources) ServerGroupsAndResourcesWithContext(
	context.Context,
) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	return c.plain.ServerGroupsAndResources()
}

func (c contextlessResources) ServerPreferredResourcesWithContext(context.Context) ([]*metav1.APIResourceList, error) {
	return c.plain.ServerPreferredResources()
}

func (c contextlessResources) ServerPreferredNamespacedResourcesWithContext(
	context.Context,
) ([]*metav1.APIResourceList, error) {
	return c.plain.ServerPreferredNamespacedResources()
}

type contextlessVersion struct{ plain ServerVersionInterface }

func (c contextlessVersion) ServerVersionWithContext(context.Context) (*version.Info, error) {
	return c.plain.ServerVersion()
}

type contextlessOpenAPIV3 struct{ plain OpenAPIV3SchemaInterface }

func (c contextlessOpenAPIV3) OpenAPIV3WithContext(context.Context) openapi.ClientWithContext {
	return openapi.ToClientWithContext(c.plain.OpenAPIV3())
}

// contextless is a whole client without contexts, part by part: a part may have its own form with a context.
type contextless struct {
	ServerGroupsInterfaceWithContext
	ServerResourcesInterfaceWithContext
	ServerVersionInterfaceWithContext
	OpenAPIV3SchemaInterfaceWithContext
	plain DiscoveryInterface
}

func newContextless(i DiscoveryInterface) contextless {
	return contextless{
		ToServerGroupsInterfaceWithContext(i),
		ToServerResourcesInterfaceWithContext(i),
		ToServerVersionInterfaceWithContext(i),
		OpenAPIV3ToSchemaInterfaceWithContext(i),
		i,
	}
}

func (c contextless) RESTClient() rest.Interface { return c.plain.RESTClient() }

func (c contextless) WithLegacyWithContext(context.Context) DiscoveryInterfaceWithContext {
	return ToDiscoveryInterfaceWithContext(c.plain.WithLegacy())
}

type contextlessAggregated struct {
	contextless
	plain AggregatedDiscoveryInterface
}

func (c contextlessAggregated) GroupsAndMaybeResourcesWithContext(context.Context) (
	*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
) {
	return c.plain.GroupsAndMaybeResources()
}

type contextlessCached struct {
	contextless
	plain CachedDiscoveryInterface
}

func (c contextlessCached) FreshWithContext(context.Context) bool { return c.plain.Fresh() }

func (c contextlessCached) InvalidateWithContext(context.Context) { c.plain.Invalidate() }
