package v1

import (
	"context"

	eventsv1 "k8s.io/api/events/v1"
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
	Create(ctx context.Context, event *eventsv1.Event, opts metav1.CreateOptions) (*eventsv1.Event, error)
	Update(ctx context.Context, event *eventsv1.Event, opts metav1.UpdateOptions) (*eventsv1.Event, error)
	Delete(ctx context.Context, name string, opts metav1.DeleteOptions) error
	DeleteCollection(ctx context.Context, opts metav1.DeleteOptions, listOpts metav1.ListOptions) error
	Get(ctx context.Context, name string, opts metav1.GetOptions) (*eventsv1.Event, error)
	List(ctx context.Context, opts metav1.ListOptions) (*eventsv1.EventList, error)
	Watch(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error)
	Patch(ctx context.Context, name string, pt types.PatchType, data []byte, opts metav1.PatchOptions, subresources ...string) (*eventsv1.Event, error)

	EventExpansion
}

type events struct {
	*typed.ClientWithList[*eventsv1.Event, *eventsv1.EventList]
}

func newEvents(c *EventsV1Client, namespace string) *events {
	return &events{
		typed.NewClientWithList(
			"events",
			c.RESTClient(),
			scheme.ParameterCodec,
			namespace,
			func() *eventsv1.Event { return &eventsv1.Event{} },
			func() *eventsv1.EventList { return &eventsv1.EventList{} },
			typed.PrefersProtobuf[*eventsv1.Event](),
		),
	}
}
