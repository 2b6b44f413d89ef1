package demo

import (
	"cmp"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Sink stands before an event sink and notes what each call came to, so that a step can
// wait for events: who records one is never told.
//
//	create  bert  Painted  ×1
//	patch   bert  Painted  ×2
type Sink struct {
	Journal

	// Next is the sink that does the work: a record.EventSink.
	Next interface {
		Create(*corev1.Event) (*corev1.Event, error)
		Update(*corev1.Event) (*corev1.Event, error)
		Patch(*corev1.Event, []byte) (*corev1.Event, error)
	}
}

// Create passes the event on, and notes it.
func (s *Sink) Create(event *corev1.Event) (*corev1.Event, error) {
	stored, err := s.Next.Create(event)
	return s.note("create", event, stored, err)
}

// Update passes the event on, and notes it.
func (s *Sink) Update(event *corev1.Event) (*corev1.Event, error) {
	stored, err := s.Next.Update(event)
	return s.note("update", event, stored, err)
}

// Patch passes the patch on, and notes it.
func (s *Sink) Patch(event *corev1.Event, data []byte) (*corev1.Event, error) {
	stored, err := s.Next.Patch(event, data)
	return s.note("patch", event, stored, err)
}

func (s *Sink) note(verb string, event, stored *corev1.Event, err error) (*corev1.Event, error) {
	outcome := fmt.Sprintf("×%d", event.Count)
	if err != nil {
		outcome = cmp.Or(string(apierrors.ReasonForError(err)), err.Error())
	}
	s.Note(verb, event.InvolvedObject.Name, event.Reason, outcome)
	return stored, err
}
