package v1

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/reference"
	"client-go-workbook/lib/rest"
)

// EventExpansion is what only events can do. The …WithEventNamespace… methods take the namespace from the
// event, so that one client of namespace "" can write everywhere; a client of any other namespace refuses
// events of others.
type EventExpansion interface {
	CreateWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error)
	// UpdateWithEventNamespaceWithContext replaces an event. It must have a resourceVersion.
	UpdateWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error)
	// PatchWithEventNamespaceWithContext changes the event of event's name by data, a strategic merge patch.
	PatchWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event, data []byte) (*corev1.Event, error)
	// SearchWithContext lists the events about an object, which may also be an *ObjectReference. The
	// scheme says what kind it is if the object itself doesn't.
	SearchWithContext(ctx context.Context, scheme *runtime.Scheme, objOrRef runtime.Object) (*corev1.EventList, error)
	// GetFieldSelector selects the events about an object, for List and Watch. What is nil may be anything.
	GetFieldSelector(involvedObjectName, involvedObjectNamespace, involvedObjectKind, involvedObjectUID *string) fields.Selector
}

func (c *events) CreateWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error) {
	return c.send(ctx, "create", c.GetClient().Post().Body(event), event)
}

func (c *events) UpdateWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error) {
	return c.send(ctx, "update", c.GetClient().Put().Name(event.Name).Body(event), event)
}

func (c *events) PatchWithEventNamespaceWithContext(ctx context.Context, event *corev1.Event, data []byte) (*corev1.Event, error) {
	return c.send(ctx, "patch", c.GetClient().Patch(types.StrategicMergePatchType).Name(event.Name).Body(data), event)
}

// send sends r to the event's own namespace. One that this client isn't for is a mistake in the request: lib/record tries those
// no second time.
func (c *events) send(ctx context.Context, verb string, r *rest.Request, event *corev1.Event) (*corev1.Event, error) {
	if own := c.GetNamespace(); own != "" && own != event.Namespace {
		mistake := fmt.Errorf("it is in namespace %q, this client in %q", event.Namespace, own)
		return nil, fmt.Errorf("%s event %q: %w", verb, event.Name, &rest.RequestConstructionError{Err: mistake})
	}
	result := &corev1.Event{}
	err := r.NamespaceIfScoped(event.Namespace, event.Namespace != "").Resource("events").Do(ctx).Into(result)
	return result, err
}

func (c *events) SearchWithContext(ctx context.Context, scheme *runtime.Scheme, objOrRef runtime.Object) (*corev1.EventList, error) {
	about, err := reference.GetReference(scheme, objOrRef)
	if err != nil {
		return nil, fmt.Errorf("search events: %w", err)
	}
	if own := c.GetNamespace(); own != "" && own != about.Namespace {
		return nil, fmt.Errorf("search events about %s %q: it is in namespace %q, this client in %q",
			about.Kind, about.Name, about.Namespace, own)
	}
	selector := c.GetFieldSelector(&about.Name, &about.Namespace, unlessEmpty(about.Kind), unlessEmpty(string(about.UID)))
	return c.List(ctx, metav1.ListOptions{FieldSelector: selector.String()})
}

func (c *events) GetFieldSelector(involvedObjectName, involvedObjectNamespace, involvedObjectKind, involvedObjectUID *string) fields.Selector {
	var terms []fields.Selector
	for _, term := range []struct {
		field string
		value *string
	}{
		{"involvedObject.kind", involvedObjectKind},
		{"involvedObject.namespace", involvedObjectNamespace},
		{"involvedObject.name", involvedObjectName},
		{"involvedObject.uid", involvedObjectUID},
	} {
		if term.value != nil {
			terms = append(terms, fields.OneTermEqualSelector(term.field, *term.value))
		}
	}
	return fields.AndSelectors(terms...)
}

func unlessEmpty(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// EventSinkImpl lets an event client serve as the sink of lib/record. What has no context of its own can't be cancelled;
// lib/record calls the …WithContext methods, which upstream doesn't have.
type EventSinkImpl struct {
	Interface EventInterface
}

// Create stores a new event.
func (e *EventSinkImpl) Create(event *corev1.Event) (*corev1.Event, error) {
	return e.CreateWithContext(context.Background(), event)
}

// Update replaces an event.
func (e *EventSinkImpl) Update(event *corev1.Event) (*corev1.Event, error) {
	return e.Interface.UpdateWithEventNamespaceWithContext(context.Background(), event)
}

// Patch changes an event by data, a strategic merge patch.
func (e *EventSinkImpl) Patch(event *corev1.Event, data []byte) (*corev1.Event, error) {
	return e.PatchWithContext(context.Background(), event, data)
}

// CreateWithContext stores a new event.
func (e *EventSinkImpl) CreateWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error) {
	return e.Interface.CreateWithEventNamespaceWithContext(ctx, event)
}

// PatchWithContext changes an event by data, a strategic merge patch.
func (e *EventSinkImpl) PatchWithContext(ctx context.Context, event *corev1.Event, data []byte) (*corev1.Event, error) {
	return e.Interface.PatchWithEventNamespaceWithContext(ctx, event, data)
}
