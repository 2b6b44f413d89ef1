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

// LimitRangesGetter is what code asks for that needs nothing but limit ranges.
type LimitRangesGetter interface {
	LimitRanges(namespace string) LimitRangeInterface
}

// LimitRangeInterface reads and writes the limit ranges of one namespace. With namespace "" it lists and
// watches those of all namespaces.
type LimitRangeInterface interface {
	Create(ctx context.Context, limitRange *corev1.LimitRange, opts metav1.CreateOptions) (*corev1.LimitRange, error)
	Update(ctx context.Context, limitRange *corev1.LimitRange, opts metav1.UpdateOptions) (*corev1.LimitRange, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.LimitRange, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.LimitRangeList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.LimitRange, error)

	LimitRangeExpansion
}

type limitRanges struct {
	*typed.ClientWithList[*corev1.LimitRange, *corev1.LimitRangeList]
}

func newLimitRanges(c *CoreV1Client, namespace string) *limitRanges {
	return &limitRanges{
		typed.NewClientWithList(
			"limitranges",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *corev1.LimitRange { return &corev1.LimitRange{} },
			func() *corev1.LimitRangeList { return &corev1.LimitRangeList{} },
			typed.PrefersProtobuf[*corev1.LimitRange](),
		),
	}
}
