package watch

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/watch"
)

// Encoder writes events as frames: what a server does, and a test in its place.
type Encoder struct {
	envelopes streaming.Encoder
	objects   runtime.Encoder
}

// NewEncoder returns an Encoder that writes objects with embeddedEncoder, and the envelopes around them with encoder.
func NewEncoder(encoder streaming.Encoder, embeddedEncoder runtime.Encoder) *Encoder {
	return &Encoder{envelopes: encoder, objects: embeddedEncoder}
}

// Encode writes one event. If it fails, the frame may have been written in part.
func (e *Encoder) Encode(event *watch.Event) error {
	object, err := runtime.Encode(e.objects, event.Object)
	if err != nil {
		return fmt.Errorf("encode the object of a %s event: %w", event.Type, err)
	}
	return e.envelopes.Encode(&metav1.WatchEvent{
		Type:   string(event.Type),
		Object: runtime.RawExtension{Raw: object},
	})
}
