package fake

import (
	"context"

	extensionsv1beta1 "k8s.io/api/extensions/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/testing"
)

// Rollback is a create of deployments/rollback, which changes no deployment unless a reactor does. A rollback is no object of
// the API, without metadata, so the object tracker refuses it: a test needs that reactor.
func (c *fakeDeployments) Rollback(ctx context.Context, rollback *extensionsv1beta1.DeploymentRollback, opts metav1.CreateOptions) error {
	action := testing.NewCreateSubresourceActionWithOptions(c.Resource(), rollback.Name, "rollback", c.Namespace(), rollback, opts)
	_, err := c.Fake.Invokes(action, rollback)
	return err
}
