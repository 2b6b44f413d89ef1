package fake

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/testing"
	"client-go-workbook/lib/typed"
)

// Finalize is a create of namespaces/finalize, as in client-go, although the real one is an update.
func (c *fakeNamespaces) Finalize(ctx context.Context, item *corev1.Namespace, opts metav1.UpdateOptions) (*corev1.Namespace, error) {
	action := testing.NewRootCreateSubresourceAction(c.Resource(), item.Name, "finalize", item)
	return typed.Invoke(c.Fake.Fake, action, item)
}
