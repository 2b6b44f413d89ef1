// Package expiredevent writes what the correlator has made of an event, to an API that forgets events after an hour.
//
//	no patch ──▶ create ─────────────────────────────▶ stored
//	patch ─────▶ patch ──▶ it is there ──────────────▶ stored
//	                  └──▶ not found: create it anew ─▶ stored
package expiredevent

import (
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"client-go-workbook/lib/record"
)

// Write creates the event, if there is no patch: nil, or not a byte in it. If there is one, the event has happened before,
// as often as its count says less one, and the patch tells the API that it has happened once more.
//
// An event that the API should have and doesn't is created anew, as it is here: with its name, its count and its first
// timestamp. Write returns what the API has stored, or the error of the last request. The event is the caller's: it stays as
// it is.
func Write(sink record.EventSink, event *corev1.Event, patch []byte) (stored *corev1.Event, err error) {
	// BEGIN SOLUTION: Patch it if there is a patch. If that can't be, for the event is gone, create it.
	// What is created must not have a resourceVersion: the API refuses it.

	if len(patch) > 0 {
		stored, err := sink.Patch(event, patch)
		if !apierrors.IsNotFound(err) {
			return stored, err
		}
	}
	event = event.DeepCopy()
	event.ResourceVersion = ""
	return sink.Create(event)
	// END SOLUTION
}
