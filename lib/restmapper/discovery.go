package restmapper

import (
	"context"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// DiscoveryInterface is the part of a discovery client that this package needs.
type DiscoveryInterface interface {
	// ServerGroupsAndResources returns what the server has, in its order of preference, and what it could find beside
	// an error.
	ServerGroupsAndResources() ([]*metav1.APIGroup, []*metav1.APIResourceList, error)
}

// DiscoveryInterfaceWithContext is DiscoveryInterface with a context.
type DiscoveryInterfaceWithContext interface {
	// ServerGroupsAndResourcesWithContext returns what the server has, in its order of preference, and what it could
	// find beside an error.
	ServerGroupsAndResourcesWithContext(ctx context.Context) ([]*metav1.APIGroup, []*metav1.APIResourceList, error)
}

// CachedDiscoveryInterface is the part of a discovery client that remembers which DeferredDiscoveryRESTMapper needs.
type CachedDiscoveryInterface interface {
	DiscoveryInterface
	// Fresh reports whether asking again would be in vain.
	Fresh() bool
	// Invalidate makes the client ask the server again.
	Invalidate()
}

// CachedDiscoveryInterfaceWithContext is CachedDiscoveryInterface with a context.
type CachedDiscoveryInterfaceWithContext interface {
	DiscoveryInterfaceWithContext
	// FreshWithContext reports whether asking again would be in vain.
	FreshWithContext(ctx context.Context) bool
	// InvalidateWithContext makes the client ask the server again.
	InvalidateWithContext(ctx context.Context)
}

// withContext returns cl itself if it has both forms, else a wrapper that drops the context.
func withContext(cl DiscoveryInterface) DiscoveryInterfaceWithContext {
	if both, ok := cl.(DiscoveryInterfaceWithContext); ok || cl == nil {
		return both
	}
	return contextless{cl}
}

// cachedWithContext is withContext for clients that remember.
func cachedWithContext(cl CachedDiscoveryInterface) CachedDiscoveryInterfaceWithContext {
	if both, ok := cl.(CachedDiscoveryInterfaceWithContext); ok || cl == nil {
		return both
	}
	return contextlessCached{contextless{cl}, cl}
}

type contextless struct{ plain DiscoveryInterface }

func (c contextless) ServerGroupsAndResourcesWithContext(
	context.Context,
) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	return c.plain.ServerGroupsAndResources()
}

type contextlessCached struct {
	contextless
	plain CachedDiscoveryInterface
}

func (c contextlessCached) FreshWithContext(context.Context) bool { return c.plain.Fresh() }

func (c contextlessCached) InvalidateWithContext(context.Context) { c.plain.Invalidate() }
