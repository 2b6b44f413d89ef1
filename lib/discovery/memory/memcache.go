// Package memory is a discovery client that remembers what the server has said, until it is told to forget.
//
//	callers ─▶ current ─▶ generation ── root ──────────▶ groups (and, aggregated, the resources with them)
//	              ▲                  ├─ "apps/v1" → cell ▶ its resources, asked for when first wanted
//	Invalidate ───┘ a new, empty one └─ openapi ────────▶ documents by content type
//	              (who still waits on the old one gets its answer; nobody else does)
//
// An answer is kept, and so is an error that would come again, such as a 404. A transient one is not: a server that is
// starting, busy or broken, or a caller that gave up. No lock is held while the server answers.
//
// Upstream: discovery/cached/memory, openapi/cached.
// Left out: fetching every group-version's resources when the first one is asked for, where the server has no
// aggregated discovery: one group that hangs would hold up all. Logging of errors that are returned anyway.
//
// Different: ErrCacheNotFound comes with the group-version: test it by errors.Is, not by ==.
package memory

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/openapi"
	"client-go-workbook/lib/rest"
)

// ErrCacheNotFound says that the server had no such group-version when the cache was filled. It is not asked again
// before Invalidate.
var ErrCacheNotFound = errors.New("not found")

// NewMemCacheClient returns a client that remembers what delegate answers. Call Invalidate to see what is new.
func NewMemCacheClient(delegate discovery.DiscoveryInterface) discovery.CachedDiscoveryInterface {
	return newClient(discovery.ToDiscoveryInterfaceWithContext(delegate))
}

// NewMemCacheClientWithContext is NewMemCacheClient for clients with contexts. What it returns has both forms.
func NewMemCacheClientWithContext(
	delegate discovery.DiscoveryInterfaceWithContext,
) discovery.CachedDiscoveryInterfaceWithContext {
	return newClient(delegate)
}

// client implements every interface of a discovery client. What it returns is shared: look at it, don't change it.
type client struct {
	delegate discovery.DiscoveryInterfaceWithContext
	current  atomic.Pointer[generation]
}

var (
	_ discovery.CachedDiscoveryInterface                = (*client)(nil)
	_ discovery.CachedDiscoveryInterfaceWithContext     = (*client)(nil)
	_ discovery.AggregatedDiscoveryInterface            = (*client)(nil)
	_ discovery.AggregatedDiscoveryInterfaceWithContext = (*client)(nil)
)

func newClient(delegate discovery.DiscoveryInterfaceWithContext) *client {
	c := &client{delegate: delegate}
	c.current.Store(&generation{delegate: delegate})
	return c
}

// FreshWithContext reports whether the groups are known. If they are, asking again gives the same answer.
func (c *client) FreshWithContext(context.Context) bool {
	return c.current.Load().fresh()
}

// InvalidateWithContext forgets everything, and makes the delegate forget if it, too, remembers.
func (c *client) InvalidateWithContext(ctx context.Context) {
	// The delegate first: a new generation must not learn from it what is old.
	if cached, ok := c.delegate.(discovery.CachedDiscoveryInterfaceWithContext); ok {
		cached.InvalidateWithContext(ctx)
	}
	c.current.Store(&generation{delegate: c.delegate})
}

// GroupsAndMaybeResourcesWithContext returns the groups and, if the server sent them along, the resources and the
// group-versions that failed.
func (c *client) GroupsAndMaybeResourcesWithContext(ctx context.Context) (
	*metav1.APIGroupList, map[schema.GroupVersion]*metav1.APIResourceList, map[schema.GroupVersion]error, error,
) {
	root, err := c.current.Load().root(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	resources, failed := root.sentAlong()
	return root.groups, resources, failed, nil
}

// ServerGroupsWithContext returns the groups.
func (c *client) ServerGroupsWithContext(ctx context.Context) (*metav1.APIGroupList, error) {
	root, err := c.current.Load().root(ctx)
	if err != nil {
		return nil, err
	}
	return root.groups, nil
}

// ServerResourcesForGroupVersionWithContext returns the resources of one group-version, ErrCacheNotFound if the groups
// don't have it. An empty list comes with an error: a server that has a group-version and nothing in it is not ready.
func (c *client) ServerResourcesForGroupVersionWithContext(
	ctx context.Context, groupVersion string,
) (*metav1.APIResourceList, error) {
	return c.current.Load().resources(ctx, groupVersion)
}

// ServerGroupsAndResourcesWithContext returns every group and the resources of every version.
func (c *client) ServerGroupsAndResourcesWithContext(
	ctx context.Context,
) ([]*metav1.APIGroup, []*metav1.APIResourceList, error) {
	return discovery.ServerGroupsAndResourcesWithContext(ctx, c)
}

// ServerPreferredResourcesWithContext returns every resource once, in the version that the server prefers.
func (c *client) ServerPreferredResourcesWithContext(ctx context.Context) ([]*metav1.APIResourceList, error) {
	return discovery.ServerPreferredResourcesWithContext(ctx, c)
}

// ServerPreferredNamespacedResourcesWithContext is ServerPreferredResourcesWithContext without those that are
// cluster-wide.
func (c *client) ServerPreferredNamespacedResourcesWithContext(ctx context.Context) ([]*metav1.APIResourceList, error) {
	return discovery.ServerPreferredNamespacedResourcesWithContext(ctx, c)
}

// ServerVersionWithContext asks the delegate each time: a server is upgraded while clients run.
func (c *client) ServerVersionWithContext(ctx context.Context) (*version.Info, error) {
	return c.delegate.ServerVersionWithContext(ctx)
}

// OpenAPIV3WithContext returns a client that remembers documents. It is not told of Invalidate: ask for a new one.
func (c *client) OpenAPIV3WithContext(ctx context.Context) openapi.ClientWithContext {
	return c.current.Load().openAPI(ctx)
}

// RESTClient returns the delegate's.
func (c *client) RESTClient() rest.Interface {
	return c.delegate.RESTClient()
}

// WithLegacyWithContext returns the client itself: what it remembers is the same in both formats.
func (c *client) WithLegacyWithContext(context.Context) discovery.DiscoveryInterfaceWithContext {
	return c
}

// emptyResponseError is the reason for a group-version whose resource list is empty.
type emptyResponseError struct {
	groupVersion string
}

func (e emptyResponseError) Error() string {
	return fmt.Sprintf("received empty response for: %s", e.groupVersion)
}
