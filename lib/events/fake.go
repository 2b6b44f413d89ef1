package events

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"
)

// FakeRecorder writes each event as a line into a channel, for tests of what uses a recorder:
//
//	Normal Scaled there are 3 now
//	Normal Scaled ScaleUp there are 3 now {kind=Pod,apiVersion=v1} map[by:test]     Verbose
//
// The kind is that of each object that knows its own. When Events is full, recording waits until the test reads it. When it is
// nil, as in the zero value, events are thrown away.
type FakeRecorder struct {
	Events  chan string
	Verbose bool // with action, objects and annotations
}

var (
	_ EventRecorderLogger    = &FakeRecorder{}
	_ AnnotatedEventRecorder = &FakeRecorder{}
)

// NewFakeRecorder returns a recorder whose channel has room for bufferSize events.
func NewFakeRecorder(bufferSize int) *FakeRecorder {
	return &FakeRecorder{Events: make(chan string, bufferSize)}
}

func (f *FakeRecorder) Eventf(regarding runtime.Object, related runtime.Object, eventtype, reason, action, note string, args ...interface{}) {
	f.AnnotatedEventf(regarding, related, nil, eventtype, reason, action, note, args...)
}

func (f *FakeRecorder) AnnotatedEventf(regarding runtime.Object, related runtime.Object, annotations map[string]string, eventtype, reason, action, note string, args ...interface{}) {
	if f.Events == nil {
		return
	}
	note = fmt.Sprintf(note, args...)
	if !f.Verbose {
		f.Events <- eventtype + " " + reason + " " + note
		return
	}
	line := eventtype + " " + reason + " " + action + " " + note + kindOf(regarding) + kindOf(related)
	if len(annotations) > 0 {
		line += " " + fmt.Sprint(annotations)
	}
	f.Events <- line
}

// WithLogger returns f: it has nothing to log.
func (f *FakeRecorder) WithLogger(klog.Logger) EventRecorderLogger { return f }

func kindOf(object runtime.Object) string {
	if object == nil {
		return ""
	}
	gvk := object.GetObjectKind().GroupVersionKind()
	if gvk.Empty() {
		return ""
	}
	return fmt.Sprintf(" {kind=%s,apiVersion=%s}", gvk.Kind, gvk.GroupVersion())
}
