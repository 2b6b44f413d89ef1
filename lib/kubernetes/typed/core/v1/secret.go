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

// SecretsGetter is what code asks for that needs nothing but secrets.
type SecretsGetter interface {
	Secrets(namespace string) SecretInterface
}

// SecretInterface reads and writes the secrets of one namespace. With namespace "" it lists and
// watches those of all namespaces.
type SecretInterface interface {
	Create(ctx context.Context, secret *corev1.Secret, opts metav1.CreateOptions) (*corev1.Secret, error)
	Update(ctx context.Context, secret *corev1.Secret, opts metav1.UpdateOptions) (*corev1.Secret, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.Secret, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.SecretList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.Secret, error)

	SecretExpansion
}

type secrets struct {
	*typed.ClientWithList[*corev1.Secret, *corev1.SecretList]
}

func newSecrets(c *CoreV1Client, namespace string) *secrets {
	return &secrets{
		typed.NewClientWithList(
			"secrets",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *corev1.Secret { return &corev1.Secret{} },
			func() *corev1.SecretList { return &corev1.SecretList{} },
			typed.PrefersProtobuf[*corev1.Secret](),
		),
	}
}
