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

// PersistentVolumesGetter is what code asks for that needs nothing but persistent volumes.
type PersistentVolumesGetter interface {
	PersistentVolumes() PersistentVolumeInterface
}

// PersistentVolumeInterface reads and writes persistent volumes, which live outside namespaces.
type PersistentVolumeInterface interface {
	Create(ctx context.Context, persistentVolume *corev1.PersistentVolume, opts metav1.CreateOptions) (*corev1.PersistentVolume, error)
	Update(ctx context.Context, persistentVolume *corev1.PersistentVolume, opts metav1.UpdateOptions) (*corev1.PersistentVolume, error)
	UpdateStatus(ctx context.Context, persistentVolume *corev1.PersistentVolume, opts metav1.UpdateOptions) (*corev1.PersistentVolume, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.PersistentVolume, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.PersistentVolumeList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.PersistentVolume, error)

	PersistentVolumeExpansion
}

type persistentVolumes struct {
	*typed.ClientWithList[*corev1.PersistentVolume, *corev1.PersistentVolumeList]
}

func newPersistentVolumes(c *CoreV1Client) *persistentVolumes {
	return &persistentVolumes{
		typed.NewClientWithList(
			"persistentvolumes",
			c.RESTClient(),
			scheme.ParameterCodec,
			"",
			func() *corev1.PersistentVolume { return &corev1.PersistentVolume{} },
			func() *corev1.PersistentVolumeList { return &corev1.PersistentVolumeList{} },
			typed.PrefersProtobuf[*corev1.PersistentVolume](),
		),
	}
}
