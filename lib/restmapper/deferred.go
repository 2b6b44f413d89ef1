package restmapper

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/klog/v2"
)

// DeferredDiscoveryRESTMapper asks the server when it is first used. What it then doesn't find it looks up once more
// after Reset, unless the cache says that this is in vain. Whenever mu is free:
//   - delegate is nil, or made from what cl said after the latest Reset;
//   - resets has grown by one with each Reset.
//
// mu is not held while the server answers: that many callers make one request is the cached client's affair.
type DeferredDiscoveryRESTMapper struct {
	cl CachedDiscoveryInterfaceWithContext

	mu       sync.Mutex
	delegate meta.RESTMapperWithContext
	resets   int
}

var (
	_ meta.ResettableRESTMapper            = (*DeferredDiscoveryRESTMapper)(nil)
	_ meta.ResettableRESTMapperWithContext = (*DeferredDiscoveryRESTMapper)(nil)
	_ fmt.Stringer                         = (*DeferredDiscoveryRESTMapper)(nil)
)

// NewDeferredDiscoveryRESTMapper returns a mapper over what cl finds. It asks nothing yet.
func NewDeferredDiscoveryRESTMapper(cl CachedDiscoveryInterface) *DeferredDiscoveryRESTMapper {
	return NewDeferredDiscoveryRESTMapperWithContext(cachedWithContext(cl))
}

// NewDeferredDiscoveryRESTMapperWithContext is NewDeferredDiscoveryRESTMapper for clients with contexts.
func NewDeferredDiscoveryRESTMapperWithContext(cl CachedDiscoveryInterfaceWithContext) *DeferredDiscoveryRESTMapper {
	return &DeferredDiscoveryRESTMapper{cl: cl}
}

// Reset is ResetWithContext with context.Background().
func (d *DeferredDiscoveryRESTMapper) Reset() {
	d.ResetWithContext(context.Background())
}

// ResetWithContext forgets everything, in the discovery client as well. The next call asks the server.
func (d *DeferredDiscoveryRESTMapper) ResetWithContext(ctx context.Context) {
	klog.FromContext(ctx).V(5).Info("Forgetting what was discovered")
	// The client first: who sees the new count must get new answers.
	d.cl.InvalidateWithContext(ctx)
	d.mu.Lock()
	defer d.mu.Unlock()
	d.delegate = nil
	d.resets++
}

// String shows the mapper that is in use, if there is one; it asks nothing.
func (d *DeferredDiscoveryRESTMapper) String() string {
	mapper, _ := d.known()
	if mapper == nil {
		return "DeferredDiscoveryRESTMapper{nothing discovered}"
	}
	return fmt.Sprintf("DeferredDiscoveryRESTMapper{\n\t%v\n}", mapper)
}

func (d *DeferredDiscoveryRESTMapper) known() (meta.RESTMapperWithContext, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.delegate, d.resets
}

// mapper returns the delegate, made from what the server has if there is none.
func (d *DeferredDiscoveryRESTMapper) mapper(ctx context.Context) (meta.RESTMapperWithContext, error) {
	mapper, resets := d.known()
	if mapper != nil {
		return mapper, nil
	}
	groups, err := GetAPIGroupResourcesWithContext(ctx, d.cl)
	if err != nil {
		return nil, err
	}
	mapper = NewDiscoveryRESTMapperWithContext(groups)

	d.mu.Lock()
	defer d.mu.Unlock()
	if d.resets == resets { // else it is already out of date, good for this one call
		d.delegate = mapper
	}
	return mapper, nil
}

// lookUp calls find, and once more on a new mapper if it failed and the cache isn't fresh.
func lookUp[T any](
	ctx context.Context, d *DeferredDiscoveryRESTMapper, find func(meta.RESTMapperWithContext) (T, error),
) (T, error) {
	var none T
	mapper, err := d.mapper(ctx)
	if err != nil {
		return none, err
	}
	found, err := find(mapper)
	if err == nil || d.cl.FreshWithContext(ctx) {
		return found, err
	}
	d.ResetWithContext(ctx)
	if mapper, err = d.mapper(ctx); err != nil {
		return none, err
	}
	return find(mapper)
}

// KindForWithContext returns the kind of a resource that may lack its version or group. If several match, the one
// that goes first.
func (d *DeferredDiscoveryRESTMapper) KindForWithContext(
	ctx context.Context, resource schema.GroupVersionResource,
) (schema.GroupVersionKind, error) {
	return lookUp(ctx, d, func(m meta.RESTMapperWithContext) (schema.GroupVersionKind, error) {
		return m.KindForWithContext(ctx, resource)
	})
}

// KindsForWithContext returns every kind that matches.
func (d *DeferredDiscoveryRESTMapper) KindsForWithContext(
	ctx context.Context, resource schema.GroupVersionResource,
) ([]schema.GroupVersionKind, error) {
	return lookUp(ctx, d, func(m meta.RESTMapperWithContext) ([]schema.GroupVersionKind, error) {
		return m.KindsForWithContext(ctx, resource)
	})
}

// ResourceForWithContext completes a resource that may lack its version or group, or be a singular.
func (d *DeferredDiscoveryRESTMapper) ResourceForWithContext(
	ctx context.Context, input schema.GroupVersionResource,
) (schema.GroupVersionResource, error) {
	return lookUp(ctx, d, func(m meta.RESTMapperWithContext) (schema.GroupVersionResource, error) {
		return m.ResourceForWithContext(ctx, input)
	})
}

// ResourcesForWithContext returns every resource that matches.
func (d *DeferredDiscoveryRESTMapper) ResourcesForWithContext(
	ctx context.Context, input schema.GroupVersionResource,
) ([]schema.GroupVersionResource, error) {
	return lookUp(ctx, d, func(m meta.RESTMapperWithContext) ([]schema.GroupVersionResource, error) {
		return m.ResourcesForWithContext(ctx, input)
	})
}

// RESTMappingWithContext returns the resource and scope of a kind, in one of versions if there are any.
func (d *DeferredDiscoveryRESTMapper) RESTMappingWithContext(
	ctx context.Context, gk schema.GroupKind, versions ...string,
) (*meta.RESTMapping, error) {
	return lookUp(ctx, d, func(m meta.RESTMapperWithContext) (*meta.RESTMapping, error) {
		return m.RESTMappingWithContext(ctx, gk, versions...)
	})
}

// RESTMappingsWithContext returns the resource and scope of a kind in each version that has it.
func (d *DeferredDiscoveryRESTMapper) RESTMappingsWithContext(
	ctx context.Context, gk schema.GroupKind, versions ...string,
) ([]*meta.RESTMapping, error) {
	return lookUp(ctx, d, func(m meta.RESTMapperWithContext) ([]*meta.RESTMapping, error) {
		return m.RESTMappingsWithContext(ctx, gk, versions...)
	})
}

// ResourceSingularizerWithContext returns "pod" for "pods". What it can't find it returns as it is, beside the error.
func (d *DeferredDiscoveryRESTMapper) ResourceSingularizerWithContext(ctx context.Context, resource string) (string, error) {
	singular, err := lookUp(ctx, d, func(m meta.RESTMapperWithContext) (string, error) {
		return m.ResourceSingularizerWithContext(ctx, resource)
	})
	if err != nil {
		return resource, err
	}
	return singular, nil
}

// The forms without a context, each its twin with context.Background().

func (d *DeferredDiscoveryRESTMapper) KindFor(resource schema.GroupVersionResource) (schema.GroupVersionKind, error) {
	return d.KindForWithContext(context.Background(), resource)
}

func (d *DeferredDiscoveryRESTMapper) KindsFor(resource schema.GroupVersionResource) ([]schema.GroupVersionKind, error) {
	return d.KindsForWithContext(context.Background(), resource)
}

func (d *DeferredDiscoveryRESTMapper) ResourceFor(input schema.GroupVersionResource) (schema.GroupVersionResource, error) {
	return d.ResourceForWithContext(context.Background(), input)
}

func (d *DeferredDiscoveryRESTMapper) ResourcesFor(
	input schema.GroupVersionResource,
) ([]schema.GroupVersionResource, error) {
	return d.ResourcesForWithContext(context.Background(), input)
}

func (d *DeferredDiscoveryRESTMapper) RESTMapping(gk schema.GroupKind, versions ...string) (*meta.RESTMapping, error) {
	return d.RESTMappingWithContext(context.Background(), gk, versions...)
}

func (d *DeferredDiscoveryRESTMapper) RESTMappings(gk schema.GroupKind, versions ...string) ([]*meta.RESTMapping, error) {
	return d.RESTMappingsWithContext(context.Background(), gk, versions...)
}

func (d *DeferredDiscoveryRESTMapper) ResourceSingularizer(resource string) (string, error) {
	return d.ResourceSingularizerWithContext(context.Background(), resource)
}
