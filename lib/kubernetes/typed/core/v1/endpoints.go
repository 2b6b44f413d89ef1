//lint:file-ignore SA1019 the API is deprecated, but servers still store it

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

// EndpointsGetter is what code asks for that needs nothing but endpoints.
type EndpointsGetter interface {
	Endpoints(namespace string) EndpointsInterface
}

// EndpointsInterface reads and writes the endpoints of one namespace. With namespace "" it lists and
// watches those of all namespaces.
type EndpointsInterface interface {
	Create(ctx context.Context, endpoints *corev1.Endpoints, opts metav1.CreateOptions) (*corev1.Endpoints, error)
	Update(ctx context.Context, endpoints *corev1.Endpoints, opts metav1.UpdateOptions) (*corev1.Endpoints, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.Endpoints, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.EndpointsList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.Endpoints, error)

	EndpointsExpansion
}

type endpoints struct {
	*typed.ClientWithList[*corev1.Endpoints, *corev1.EndpointsList]
}

func newEndpoints(c *CoreV1Client, namespace string) *endpoints {
	return &endpoints{
		typed.NewClientWithList(
			"endpoints",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *corev1.Endpoints { return &corev1.Endpoints{} },
			func() *corev1.EndpointsList { return &corev1.EndpointsList{} },
			typed.PrefersProtobuf[*corev1.Endpoints](),
		),
	}
}
