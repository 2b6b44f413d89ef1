package events

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/broadcast"
)

// EventRecorder reports events. It never blocks its caller, and has no error to return: what can't be reported is logged.
type EventRecorder interface {
	// Eventf reports that something happened to regarding, an object or an *ObjectReference to one.
	//   - related is a second object that took part, or nil: what regarding created, the node it was bound to.
	//   - eventtype is "Normal" or "Warning".
	//   - reason says why, action what the controller did about it. Both are for programs: a short UpperCamelCase word. The API
	//     takes no event without them.
	//   - note is for people; it and args are for fmt.Sprintf.
	//
	// Events that differ in nothing but note and time make a series, which has the note of its first event.
	Eventf(regarding runtime.Object, related runtime.Object, eventtype, reason, action, note string, args ...interface{})
}

// AnnotatedEventRecorder is what recorders can do that attach annotations. Every recorder of this package can.
type AnnotatedEventRecorder interface {
	// AnnotatedEventf is Eventf with annotations. A series has those of its first event.
	AnnotatedEventf(regarding runtime.Object, related runtime.Object, annotations map[string]string, eventtype, reason, action, note string, args ...interface{})
}

// EventRecorderLogger is an EventRecorder that can be told where to log what it can't report. Unless told, that is
// klog.Background().
type EventRecorderLogger interface {
	EventRecorder

	// WithLogger returns a recorder that reports to the same place and logs to logger. It costs next to nothing:
	//
	//	recorder.WithLogger(klog.FromContext(ctx)).Eventf(…)
	WithLogger(logger klog.Logger) EventRecorderLogger
}

// recorder makes events of reports and hands them to a broadcaster. It never changes, so it may be copied and shared.
type recorder struct {
	to     *broadcast.Broadcaster
	by     reporter
	logger klog.Logger
}

var (
	_ EventRecorderLogger    = recorder{}
	_ AnnotatedEventRecorder = recorder{}
)

func (r recorder) WithLogger(logger klog.Logger) EventRecorderLogger {
	r.logger = logger
	return r
}

func (r recorder) Eventf(regarding runtime.Object, related runtime.Object, eventtype, reason, action, note string, args ...interface{}) {
	r.AnnotatedEventf(regarding, related, nil, eventtype, reason, action, note, args...)
}

func (r recorder) AnnotatedEventf(regarding runtime.Object, related runtime.Object, annotations map[string]string, eventtype, reason, action, note string, args ...interface{}) {
	r.record(report{
		regarding: regarding, related: related, annotations: annotations,
		eventType: eventtype, reason: reason, action: action, note: fmt.Sprintf(note, args...),
	})
}

func (r recorder) record(what report) {
	event, err := r.by.event(what, time.Now())
	if err == nil {
		err = r.to.Action(watch.Added, event) // under DropIfChannelFull it waits for nobody
	}
	if err != nil {
		// Not the object itself: it may be a secret.
		r.logger.Error(err, "Event isn't reported", "regarding", fmt.Sprintf("%T", what.regarding),
			"type", what.eventType, "reason", what.reason, "action", what.action, "note", what.note)
		return
	}
	if what.related != nil && event.Related == nil {
		r.logger.V(9).Info("Event is reported without its related object, which can't be referred to", "event", klog.KObj(event),
			"related", fmt.Sprintf("%T", what.related))
	}
}
