// Package recorderneverwaits records events for a controller that has better things to do.
//
//	Reconcile ── Event ──▶ [a room for events] ──▶ log, API: when they come to it
//	          ◀── at once         │
//	                              └─ no room, or shut down ──▶ Lost
package recorderneverwaits

import (
	"errors"

	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/broadcast"
)

// ErrFull is what Lost is told if an event can't be sent without waiting.
var ErrFull = errors.New("too many events are waiting")

// Recorder says what happens to objects. It is safe for use by many goroutines.
type Recorder struct {
	Source corev1.EventSource
	To     *broadcast.Broadcaster
	Lost   func(event *corev1.Event, why error) // hears of each event that is not sent. It doesn't wait either
}

// Event records that something has just happened to the object that is referred to: once, at this moment, in that object's
// namespace, or in "default" if it has none. When it has returned, the reference is the caller's again, who may change it.
//
// It never waits, for nobody: what can't be sent at once is lost, with ErrFull, or what the broadcaster says.
func (r *Recorder) Event(object *corev1.ObjectReference, eventtype, reason, message string) {
	// TODO: Make an event, and send it, as watch.Added, if that can be done at once.
	// limits.GenerateEventName makes a name for it that the API accepts.
	// You may need: cmp, k8s.io/apimachinery/pkg/apis/meta/v1, k8s.io/apimachinery/pkg/watch, client-go-workbook/lib/record/limits
	panic("TODO ch04/ex05: fill in Recorder.Event")
}
