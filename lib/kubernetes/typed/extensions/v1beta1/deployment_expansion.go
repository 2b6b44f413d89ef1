package v1beta1

import (
	"context"

	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/kubernetes/scheme"
)

// DeploymentExpansion is what only deployments of this old version can do. No server since 1.16 serves it; for apps/v1 kubectl
// copies the pod template of an older ReplicaSet instead.
type DeploymentExpansion interface {
	// Rollback sets a deployment back to an older revision.
	Rollback(context.Context, *extensionsv1beta1.DeploymentRollback, metav1.CreateOptions) error
}

func (c *deployments) Rollback(ctx context.Context, rollback *extensionsv1beta1.DeploymentRollback, opts metav1.CreateOptions) error {
	return c.GetClient().Post().
		Namespace(c.GetNamespace()).
		Resource("deployments").
		Name(rollback.Name).
		SubResource("rollback").
		VersionedParams(&opts, scheme.ParameterCodec).
		Body(rollback).
		Do(ctx).
		Error()
}
