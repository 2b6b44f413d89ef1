package main

import (
	"context"
	"fmt"

	eventsv1 "k8s.io/api/events/v1"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/events"
)

// sink notes what each write came to.
type sink struct {
	events.EventSink
	demo.Journal
}

func (s *sink) Create(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	created, err := s.EventSink.Create(ctx, event)
	s.note("create", event, err)
	return created, err
}

func (s *sink) Patch(ctx context.Context, event *eventsv1.Event, data []byte) (*eventsv1.Event, error) {
	patched, err := s.EventSink.Patch(ctx, event, data)
	s.note("patch", event, err)
	return patched, err
}

func (s *sink) note(verb string, event *eventsv1.Event, err error) {
	outcome := "no series"
	switch {
	case err != nil:
		outcome = err.Error()
	case event.Series != nil:
		outcome = fmt.Sprint("series ×", event.Series.Count)
	}
	s.Note(verb, event.Regarding.Name, event.Reason, outcome)
}
