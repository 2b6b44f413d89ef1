package fake

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"

	"client-go-workbook/lib/testing"
)

// Evict is a create of pods/eviction, which leaves the pod where it is unless a reactor does more.
func (c *fakeEvictions) Evict(ctx context.Context, eviction *policyv1.Eviction) error {
	pods := corev1.SchemeGroupVersion.WithResource("pods")
	_, err := c.Fake.Invokes(testing.NewCreateSubresourceAction(pods, eviction.Name, "eviction", c.Namespace(), eviction), eviction)
	return err
}
