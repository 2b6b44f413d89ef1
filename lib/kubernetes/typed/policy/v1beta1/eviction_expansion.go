package v1beta1

import (
	"context"

	policyv1beta1 "k8s.io/api/policy/v1beta1"
)

// EvictionExpansion is all that evictions can do: the server keeps none.
type EvictionExpansion interface {
	// Evict deletes the pod that eviction names, in eviction's namespace, if its disruption budgets allow it. If they don't, the error
	// is one that apierrors.IsTooManyRequests knows.
	Evict(ctx context.Context, eviction *policyv1beta1.Eviction) error
}

func (c *evictions) Evict(ctx context.Context, eviction *policyv1beta1.Eviction) error {
	return c.GetClient().Post().
		AbsPath("/api/v1").
		Namespace(eviction.Namespace).
		Resource("pods").
		Name(eviction.Name).
		SubResource("eviction").
		Body(eviction).
		Do(ctx).
		Error()
}
