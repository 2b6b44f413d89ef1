// Package watch turns the frames of a watch response into events, and back.
//
//	frame   {"type":"ADDED","object":{…}}        the envelope: streaming decoder, metav1.WatchEvent
//	          └ type └ object, still bytes  ──▶  the object: the client's own decoder
//	event   watch.Added, *corev1.Pod
//
// Upstream: rest/watch/decoder.go, rest/watch/encoder.go.
package watch

import (
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/streaming"
	"k8s.io/apimachinery/pkg/watch"
)

// Decoder reads events off a stream of frames. It is a watch.Decoder. Decode has one caller at a time; Close may
// come from another.
type Decoder struct {
	envelopes streaming.Decoder
	objects   runtime.Decoder
}

var _ watch.Decoder = (*Decoder)(nil)

var eventTypes = []watch.EventType{watch.Modified, watch.Added, watch.Deleted, watch.Bookmark, watch.Error}

// NewDecoder returns a Decoder that takes envelopes from decoder and reads the objects in them with embeddedDecoder.
func NewDecoder(decoder streaming.Decoder, embeddedDecoder runtime.Decoder) *Decoder {
	return &Decoder{envelopes: decoder, objects: embeddedDecoder}
}

// Decode blocks until there is an event. The stream's own errors come back unwrapped, io.EOF at its regular end
// among them. After any error the stream is of no more use.
func (d *Decoder) Decode() (watch.EventType, runtime.Object, error) {
	event, object, err := d.open()
	if err != nil {
		return "", nil, err
	}
	obj, err := runtime.Decode(d.objects, object)
	if err != nil {
		return "", nil, fmt.Errorf("unable to decode watch event: %w", err)
	}
	return event, obj, nil
}

// open reads the next envelope and returns what is in it.
func (d *Decoder) open() (event watch.EventType, object []byte, err error) {
	envelope := &metav1.WatchEvent{}
	switch decoded, _, err := d.envelopes.Decode(nil, envelope); {
	case err != nil:
		return "", nil, err
	case decoded != envelope:
		return "", nil, fmt.Errorf("expected a watch event, got %T", decoded)
	}
	event = watch.EventType(envelope.Type)
	if !slices.Contains(eventTypes, event) {
		return "", nil, fmt.Errorf("got invalid watch event type: %q", envelope.Type)
	}
	return event, envelope.Object.Raw, nil
}

// Close closes the stream, which ends a Decode that waits for it.
func (d *Decoder) Close() {
	_ = d.envelopes.Close() // nobody is left who could act on the error
}
