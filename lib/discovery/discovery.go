package discovery

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/rest"
)

// DiscoveryInterface asks a server what it serves. Its methods are those of DiscoveryInterfaceWithContext with
// context.Background(): they end with the client's own timeout.
type DiscoveryInterface interface {
	RESTClient() rest.Interface
	ServerGroupsInterface
	ServerResourcesInterface
	ServerVersionInterface
	OpenAPIV3SchemaInterface
	// WithLegacy returns a client that doesn't ask for the aggregated format; the same one if it can't choose.
	WithLegacy() DiscoveryInterface
}

// DiscoveryInterfaceWithContext asks a server what it serves.
type DiscoveryInterfaceWithContext interface {
	RESTClient() rest.Interface
	ServerGroupsInterfaceWithContext
	ServerResourcesInterfaceWithContext
	ServerVersionInterfaceWithContext
	OpenAPIV3SchemaInterfaceWithContext
	// WithLegacyWithContext returns a client that doesn't ask for the aggregated format; itself if it can't choose.
	WithLegacyWithContext(ctx context.Context) DiscoveryInterfaceWithContext
}

// DiscoveryInterfaces has both forms.
type DiscoveryInterfaces interface {
	DiscoveryInterface
	DiscoveryInterfaceWithContext
}

// AggregatedDiscoveryInterface is a client that may learn groups and resources in one step.
type AggregatedDiscoveryInterface interface {
	DiscoveryInterface

	// GroupsAndMaybeResources returns the groups and, if they came along, the resources of each group-version and
	// the group-versions that failed. Nil resources: ask for them one by one.
	GroupsAndMaybeResources() (
		*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
	)
}

// AggregatedDiscoveryInterfaceWithContext is AggregatedDiscoveryInterface with a context.
type AggregatedDiscoveryInterfaceWithContext interface {
	DiscoveryInterfaceWithContext

	// GroupsAndMaybeResourcesWithContext returns the groups and, if they came along, the resources of each
	// group-version and the group-versions that failed. Nil resources: ask for them one by one.
	GroupsAndMaybeResourcesWithContext(ctx context.Context) (
		*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
	)
}

// CachedDiscoveryInterface remembers what it has learned until Invalidate. That holds for a "not found", too.
type CachedDiscoveryInterface interface {
	DiscoveryInterface
	// Fresh tells a caller who misses something whether to give up (true) or to call Invalidate and look again (false).
	Fresh() bool
	// Invalidate forgets everything: what is asked from now on is at least as new as this call.
	Invalidate()
}

// CachedDiscoveryInterfaceWithContext is CachedDiscoveryInterface with a context.
type CachedDiscoveryInterfaceWithContext interface {
	DiscoveryInterfaceWithContext
	// FreshWithContext tells a caller who misses something whether to give up (true), or to invalidate and look
	// again (false).
	FreshWithContext(ctx context.Context) bool
	// InvalidateWithContext forgets everything: what is asked from now on is at least as new as this call.
	InvalidateWithContext(ctx context.Context)
}
