package fake

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/testing"
	"client-go-workbook/lib/typed"
)

func (c *fakeNodes) PatchStatus(ctx context.Context, nodeName string, data []byte) (*corev1.Node, error) {
	action := testing.NewRootPatchSubresourceAction(c.Resource(), nodeName, types.StrategicMergePatchType, data, "status")
	return typed.Invoke(c.Fake.Fake, action, &corev1.Node{})
}
