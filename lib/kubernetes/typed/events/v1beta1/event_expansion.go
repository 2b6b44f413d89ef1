package v1beta1

import (
	"context"
	"fmt"

	eventsv1beta1 "k8s.io/api/events/v1beta1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/rest"
)

// EventExpansion is what only events can do. Its methods take the namespace from the event, so that one client of namespace
// "" can write everywhere; a client of any other namespace refuses events of others. They can't be cancelled.
type EventExpansion interface {
	CreateWithEventNamespace(event *eventsv1beta1.Event) (*eventsv1beta1.Event, error)
	// UpdateWithEventNamespace replaces an event. It must have a resourceVersion.
	UpdateWithEventNamespace(event *eventsv1beta1.Event) (*eventsv1beta1.Event, error)
	// PatchWithEventNamespace changes the event of event's name by data, a strategic merge patch.
	PatchWithEventNamespace(event *eventsv1beta1.Event, data []byte) (*eventsv1beta1.Event, error)
}

func (c *events) CreateWithEventNamespace(event *eventsv1beta1.Event) (*eventsv1beta1.Event, error) {
	return c.send("create", c.GetClient().Post().Body(event), event)
}

func (c *events) UpdateWithEventNamespace(event *eventsv1beta1.Event) (*eventsv1beta1.Event, error) {
	return c.send("update", c.GetClient().Put().Name(event.Name).Body(event), event)
}

func (c *events) PatchWithEventNamespace(event *eventsv1beta1.Event, data []byte) (*eventsv1beta1.Event, error) {
	return c.send("patch", c.GetClient().Patch(types.StrategicMergePatchType).Name(event.Name).Body(data), event)
}

// send sends r to the event's own namespace.
func (c *events) send(verb string, r *rest.Request, event *eventsv1beta1.Event) (*eventsv1beta1.Event, error) {
	if own := c.GetNamespace(); own != "" && own != event.Namespace {
		mistake := fmt.Errorf("it is in namespace %q, this client in %q", event.Namespace, own)
		return nil, fmt.Errorf("%s event %q: %w", verb, event.Name, &rest.RequestConstructionError{Err: mistake})
	}
	result := &eventsv1beta1.Event{}
	err := r.NamespaceIfScoped(event.Namespace, event.Namespace != "").Resource("events").Do(context.Background()).Into(result)
	return result, err
}
