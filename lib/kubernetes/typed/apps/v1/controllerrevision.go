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

// ControllerRevisionsGetter is what code asks for that needs nothing but controller revisions.
type ControllerRevisionsGetter interface {
	ControllerRevisions(namespace string) ControllerRevisionInterface
}

// ControllerRevisionInterface reads and writes the controller revisions of one namespace. With namespace "" it lists and
// watches those of all namespaces.
type ControllerRevisionInterface interface {
	Create(ctx context.Context, controllerRevision *appsv1.ControllerRevision, opts metav1.CreateOptions) (*appsv1.ControllerRevision, error)
	Update(ctx context.Context, controllerRevision *appsv1.ControllerRevision, opts metav1.UpdateOptions) (*appsv1.ControllerRevision, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*appsv1.ControllerRevision, error)
	List(ctx context.Context, opts metav1.ListOptions) (*appsv1.ControllerRevisionList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*appsv1.ControllerRevision, error)

	ControllerRevisionExpansion
}

type controllerRevisions struct {
	*typed.ClientWithList[*appsv1.ControllerRevision, *appsv1.ControllerRevisionList]
}

func newControllerRevisions(c *AppsV1Client, namespace string) *controllerRevisions {
	return &controllerRevisions{
		typed.NewClientWithList(
			"controllerrevisions",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *appsv1.ControllerRevision { return &appsv1.ControllerRevision{} },
			func() *appsv1.ControllerRevisionList { return &appsv1.ControllerRevisionList{} },
			typed.PrefersProtobuf[*appsv1.ControllerRevision](),
		),
	}
}
