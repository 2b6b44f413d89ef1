package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/textlogger"

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

// ends notes the ends of series, of which nobody but the log tells. All else that is logged goes where it would go.
type ends struct{ demo.Journal }

func (e *ends) logger() klog.Logger {
	return textlogger.NewLogger(textlogger.NewConfig(textlogger.Verbosity(4), textlogger.Output(e)))
}

func (e *ends) Write(line []byte) (int, error) {
	if !bytes.Contains(line, []byte("The series has ended")) {
		return os.Stderr.Write(line)
	}
	e.Note()
	return len(line), nil
}
