package events

import (
	"context"
	"errors"
	"fmt"

	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	typedeventsv1 "client-go-workbook/lib/kubernetes/typed/events/v1"
	"client-go-workbook/lib/rest"
)

// EventSink is where a broadcaster writes events: the API, or what stands in for it. It has to write them to the event's own
// namespace, and to return errors as lib/rest does, since these decide whether a write is tried again. It may keep the
// events, but not change them. It is called from several goroutines, though never from two for the same series.
type EventSink interface {
	Create(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error)
	// Update replaces an event. No broadcaster of this package calls it.
	Update(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error)
	// Patch changes an event by data, a strategic merge patch. oldEvent says which; it has changed already.
	Patch(ctx context.Context, oldEvent *eventsv1.Event, data []byte) (*eventsv1.Event, error)
}

// EventSinkImpl writes events to the API.
type EventSinkImpl struct {
	Interface typedeventsv1.EventsV1Interface
}

var _ EventSink = &EventSinkImpl{}

// Create stores a new event.
func (e *EventSinkImpl) Create(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	client, err := e.clientFor("create", event)
	if err != nil {
		return nil, err
	}
	return client.Create(ctx, event, metav1.CreateOptions{})
}

// Update replaces an event. It must have a resourceVersion.
func (e *EventSinkImpl) Update(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	client, err := e.clientFor("update", event)
	if err != nil {
		return nil, err
	}
	return client.Update(ctx, event, metav1.UpdateOptions{})
}

// Patch changes the event of event's name by data, a strategic merge patch.
func (e *EventSinkImpl) Patch(ctx context.Context, event *eventsv1.Event, data []byte) (*eventsv1.Event, error) {
	client, err := e.clientFor("patch", event)
	if err != nil {
		return nil, err
	}
	return client.Patch(ctx, event.Name, types.StrategicMergePatchType, data, metav1.PatchOptions{})
}

// clientFor returns the client for event's namespace. An event without one would go to a path that no server has.
func (e *EventSinkImpl) clientFor(verb string, event *eventsv1.Event) (typedeventsv1.EventInterface, error) {
	if event.Namespace == "" {
		return nil, fmt.Errorf("%s event %q: %w", verb, event.Name, &rest.RequestConstructionError{Err: errors.New("it has no namespace")})
	}
	return e.Interface.Events(event.Namespace), nil
}
