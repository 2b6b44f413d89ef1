//lint:file-ignore SA1019 the API is deprecated, but servers still answer it

package v1

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/typed"
)

// ComponentStatusesGetter is what code asks for that needs nothing but component statuses.
type ComponentStatusesGetter interface {
	ComponentStatuses() ComponentStatusInterface
}

// ComponentStatusInterface reads and writes component statuses, which live outside namespaces.
type ComponentStatusInterface interface {
	Create(ctx context.Context, componentStatus *corev1.ComponentStatus, opts metav1.CreateOptions) (*corev1.ComponentStatus, error)
	Update(ctx context.Context, componentStatus *corev1.ComponentStatus, opts metav1.UpdateOptions) (*corev1.ComponentStatus, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.ComponentStatus, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.ComponentStatusList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.ComponentStatus, error)

	ComponentStatusExpansion
}

type componentStatuses struct {
	*typed.ClientWithList[*corev1.ComponentStatus, *corev1.ComponentStatusList]
}

func newComponentStatuses(c *CoreV1Client) *componentStatuses {
	return &componentStatuses{
		typed.NewClientWithList(
			"componentstatuses",
			c.RESTClient(),
			scheme.ParameterCodec,
			"",
			func() *corev1.ComponentStatus { return &corev1.ComponentStatus{} },
			func() *corev1.ComponentStatusList { return &corev1.ComponentStatusList{} },
			typed.PrefersProtobuf[*corev1.ComponentStatus](),
		),
	}
}
