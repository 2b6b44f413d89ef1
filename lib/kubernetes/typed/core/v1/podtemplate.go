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

// PodTemplatesGetter is what code asks for that needs nothing but pod templates.
type PodTemplatesGetter interface {
	PodTemplates(namespace string) PodTemplateInterface
}

// PodTemplateInterface reads and writes the pod templates of one namespace. With namespace "" it lists and
// watches those of all namespaces.
type PodTemplateInterface interface {
	Create(ctx context.Context, podTemplate *corev1.PodTemplate, opts metav1.CreateOptions) (*corev1.PodTemplate, error)
	Update(ctx context.Context, podTemplate *corev1.PodTemplate, opts metav1.UpdateOptions) (*corev1.PodTemplate, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.PodTemplate, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.PodTemplateList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.PodTemplate, error)

	PodTemplateExpansion
}

type podTemplates struct {
	*typed.ClientWithList[*corev1.PodTemplate, *corev1.PodTemplateList]
}

func newPodTemplates(c *CoreV1Client, namespace string) *podTemplates {
	return &podTemplates{
		typed.NewClientWithList(
			"podtemplates",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *corev1.PodTemplate { return &corev1.PodTemplate{} },
			func() *corev1.PodTemplateList { return &corev1.PodTemplateList{} },
			typed.PrefersProtobuf[*corev1.PodTemplate](),
		),
	}
}
