package record

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"
)

// FakeRecorder is an EventRecorder for tests: it writes each event as a line, "Normal Pulled the message", to Events.
// With Events nil, as in the zero value, it forgets them. It waits when Events is full.
type FakeRecorder struct {
	Events chan string

	// IncludeObject adds kind and apiVersion, as far as the object itself says them.
	IncludeObject bool
}

// NewFakeRecorder returns a FakeRecorder with room for bufferSize events.
func NewFakeRecorder(bufferSize int) *FakeRecorder {
	return &FakeRecorder{Events: make(chan string, bufferSize)}
}

// Event writes "type reason message" to Events.
func (f *FakeRecorder) Event(object runtime.Object, eventtype, reason, message string) {
	f.write(object, happening{eventtype: eventtype, reason: reason, message: message})
}

// Eventf writes "type reason message" to Events.
func (f *FakeRecorder) Eventf(object runtime.Object, eventtype, reason, messageFmt string, args ...any) {
	f.write(object, happening{eventtype: eventtype, reason: reason, message: fmt.Sprintf(messageFmt, args...)})
}

// AnnotatedEventf writes "type reason message map[annotation:value]" to Events.
func (f *FakeRecorder) AnnotatedEventf(object runtime.Object, annotations map[string]string, eventtype, reason, messageFmt string, args ...any) {
	f.write(object, happening{annotations, eventtype, reason, fmt.Sprintf(messageFmt, args...)})
}

// WithLogger returns f: it logs nothing.
func (f *FakeRecorder) WithLogger(klog.Logger) EventRecorderLogger { return f }

func (f *FakeRecorder) write(object runtime.Object, h happening) {
	if f.Events == nil {
		return
	}
	line := h.eventtype + " " + h.reason + " " + h.message
	if f.IncludeObject && object != nil {
		kind := object.GetObjectKind().GroupVersionKind()
		line += fmt.Sprintf(" involvedObject{kind=%s,apiVersion=%s}", kind.Kind, kind.GroupVersion())
	}
	if len(h.annotations) > 0 {
		line += " " + fmt.Sprint(h.annotations)
	}
	f.Events <- line
}
