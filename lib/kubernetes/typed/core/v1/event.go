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

// EventsGetter is what code asks for that needs nothing but events.
type EventsGetter interface {
	Events(namespace string) EventInterface
}

// EventInterface reads and writes the events of one namespace. With namespace "" it lists and
// watches those of all namespaces.
type EventInterface interface {
	Create(ctx context.Context, event *corev1.Event, opts metav1.CreateOptions) (*corev1.Event, error)
	Update(ctx context.Context, event *corev1.Event, opts metav1.UpdateOptions) (*corev1.Event, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*corev1.Event, error)
	List(ctx context.Context, opts metav1.ListOptions) (*corev1.EventList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*corev1.Event, error)

	EventExpansion
}

type events struct {
	*typed.ClientWithList[*corev1.Event, *corev1.EventList]
}

func newEvents(c *CoreV1Client, namespace string) *events {
	return &events{
		typed.NewClientWithList(
			"events",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *corev1.Event { return &corev1.Event{} },
			func() *corev1.EventList { return &corev1.EventList{} },
			typed.PrefersProtobuf[*corev1.Event](),
		),
	}
}
