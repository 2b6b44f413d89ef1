package record

import (
	"fmt"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/broadcast"
	"client-go-workbook/lib/record/limits"
	"client-go-workbook/lib/reference"
)

// EventRecorder says in the name of one source what happens to objects. None of its methods waits, or returns an error:
// what can't be recorded is logged.
type EventRecorder interface {
	// Event records that something happened to object, which may also be an *ObjectReference. The event is in the
	// namespace of object, or in "default" if it has none. eventtype is "Normal" or "Warning". reason is for
	// machines: short, UpperCamelCase, from a fixed set. message is for people.
	Event(object runtime.Object, eventtype, reason, message string)

	// Eventf is Event with a message made by fmt.Sprintf.
	Eventf(object runtime.Object, eventtype, reason, messageFmt string, args ...any)

	// AnnotatedEventf is Eventf for an event with annotations.
	AnnotatedEventf(object runtime.Object, annotations map[string]string, eventtype, reason, messageFmt string, args ...any)
}

// EventRecorderLogger is an EventRecorder that can be told where to log what it can't record. klog.Background is where
// it does until then.
type EventRecorderLogger interface {
	EventRecorder

	// WithLogger returns the same recorder with another logger. It costs little enough to be called for each event.
	WithLogger(logger klog.Logger) EventRecorderLogger
}

// recorder makes events and gives them to a broadcaster. Nothing in it changes.
type recorder struct {
	scheme *runtime.Scheme
	source corev1.EventSource
	to     *broadcast.Broadcaster
	logger klog.Logger
}

func (r *recorder) Event(object runtime.Object, eventtype, reason, message string) {
	r.record(object, happening{eventtype: eventtype, reason: reason, message: message})
}

func (r *recorder) Eventf(object runtime.Object, eventtype, reason, messageFmt string, args ...any) {
	r.record(object, happening{eventtype: eventtype, reason: reason, message: fmt.Sprintf(messageFmt, args...)})
}

func (r *recorder) AnnotatedEventf(object runtime.Object, annotations map[string]string, eventtype, reason, messageFmt string, args ...any) {
	r.record(object, happening{annotations, eventtype, reason, fmt.Sprintf(messageFmt, args...)})
}

func (r *recorder) WithLogger(logger klog.Logger) EventRecorderLogger {
	other := *r
	other.logger = logger
	return &other
}

// happening is what the caller says about an object.
type happening struct {
	annotations                map[string]string
	eventtype, reason, message string
}

func (r *recorder) record(object runtime.Object, h happening) {
	about, err := reference.GetReference(r.scheme, object)
	if err != nil {
		// Not the object itself: it may be a secret.
		r.logger.Error(err, "Event not recorded: there is no way to refer to its object",
			"object", fmt.Sprintf("%T", object), "eventType", h.eventtype, "reason", h.reason, "message", h.message)
		return
	}
	if !limits.ValidateEventType(h.eventtype) {
		r.logger.Error(nil, "Event not recorded: its type is neither Normal nor Warning", "eventType", h.eventtype)
		return
	}
	event := r.event(about, h, time.Now())
	if err := r.to.Action(watch.Added, event); err != nil { // under DropIfChannelFull it waits for nobody
		r.logger.Error(err, "Event not recorded")
	}
}

func (r *recorder) event(about *corev1.ObjectReference, h happening, at time.Time) *corev1.Event {
	now := metav1.NewTime(at)
	namespace := about.Namespace
	if namespace == "" {
		namespace = metav1.NamespaceDefault // the server wants one, also for a node's events
	}
	return &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{
			Namespace:   namespace,
			Name:        limits.UniqueEventName(about.Name, at),
			Annotations: maps.Clone(h.annotations),
		},
		InvolvedObject:      *about,
		Type:                h.eventtype,
		Reason:              h.reason,
		Message:             h.message,
		Count:               1,
		FirstTimestamp:      now,
		LastTimestamp:       now,
		Source:              r.source,
		ReportingController: r.source.Component,
		ReportingInstance:   r.source.Host,
	}
}
