package v1

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/kubernetes/scheme"
)

// NamespaceExpansion is what only namespaces can do.
type NamespaceExpansion interface {
	// Finalize replaces spec.finalizers with those of item. A namespace that is being deleted goes when none are
	// left, whatever is still in it.
	Finalize(ctx context.Context, item *corev1.Namespace, opts metav1.UpdateOptions) (*corev1.Namespace, error)
}

func (c *namespaces) Finalize(ctx context.Context, item *corev1.Namespace, opts metav1.UpdateOptions) (*corev1.Namespace, error) {
	result := &corev1.Namespace{}
	err := c.GetClient().Put().
		Resource("namespaces").
		Name(item.Name).
		SubResource("finalize").
		VersionedParams(&opts, scheme.ParameterCodec).
		Body(item).
		Do(ctx).
		Into(result)
	return result, err
}
