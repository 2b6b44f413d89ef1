package v1

import (
	"context"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/typed"
)

// DaemonSetsGetter is what code asks for that needs nothing but daemon sets.
type DaemonSetsGetter interface {
	DaemonSets(namespace string) DaemonSetInterface
}

// DaemonSetInterface reads and writes the daemon sets of one namespace. With namespace "" it lists and
// watches those of all namespaces.
type DaemonSetInterface interface {
	Create(ctx context.Context, daemonSet *appsv1.DaemonSet, opts metav1.CreateOptions) (*appsv1.DaemonSet, error)
	Update(ctx context.Context, daemonSet *appsv1.DaemonSet, opts metav1.UpdateOptions) (*appsv1.DaemonSet, error)
	UpdateStatus(ctx context.Context, daemonSet *appsv1.DaemonSet, opts metav1.UpdateOptions) (*appsv1.DaemonSet, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*appsv1.DaemonSet, error)
	List(ctx context.Context, opts metav1.ListOptions) (*appsv1.DaemonSetList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*appsv1.DaemonSet, error)

	DaemonSetExpansion
}

type daemonSets struct {
	*typed.ClientWithList[*appsv1.DaemonSet, *appsv1.DaemonSetList]
}

func newDaemonSets(c *AppsV1Client, namespace string) *daemonSets {
	return &daemonSets{
		typed.NewClientWithList(
			"daemonsets",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *appsv1.DaemonSet { return &appsv1.DaemonSet{} },
			func() *appsv1.DaemonSetList { return &appsv1.DaemonSetList{} },
			typed.PrefersProtobuf[*appsv1.DaemonSet](),
		),
	}
}
