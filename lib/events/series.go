package events

import (
	"math"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// eventKey is what the events of a series have in common: all but note, annotations, name and time.
type eventKey struct {
	eventType  string
	action     string
	reason     string
	controller string
	instance   string
	regarding  corev1.ObjectReference
	related    corev1.ObjectReference
}

func keyOf(event *eventsv1.Event) eventKey {
	key := eventKey{
		eventType:  event.Type,
		action:     event.Action,
		reason:     event.Reason,
		controller: event.ReportingController,
		instance:   event.ReportingInstance,
		regarding:  event.Regarding,
	}
	if event.Related != nil {
		key.related = *event.Related
	}
	// An object whose status changes stays the same object.
	key.regarding.ResourceVersion, key.related.ResourceVersion = "", ""
	return key
}

// series is events that are alike, or a single event so far.
type series struct {
	event *eventsv1.Event // the first; others have it too, so it is never changed
	count int32
	last  metav1.MicroTime // when the latest happened

	wanted  bool  // to be written
	writing int32 // the count that is on its way to the API; 0: none
	tries   int   // that failed, since the last that didn't
	written int32 // the count that the API has; 0: it may not have the event
	ending  bool  // to be forgotten when it is written
}

// add counts event.
func (s *series) add(event *eventsv1.Event) {
	if s.count < math.MaxInt32 {
		s.count++
	}
	if s.last.Before(&event.EventTime) {
		s.last = event.EventTime
	}
	s.ending = false
}

func (s *series) repeats() bool { return s.count > 1 }

// incomplete tells whether the API has yet to hear of some of the events.
func (s *series) incomplete() bool { return s.wanted || max(s.written, s.writing) < s.count }

// toWrite returns a copy of the event, as the API should have it.
func (s *series) toWrite() *eventsv1.Event {
	event := s.event.DeepCopy()
	if s.repeats() {
		event.Series = &eventsv1.EventSeries{Count: s.count, LastObservedTime: s.last}
	}
	return event
}

// countOf returns how often event has happened.
func countOf(event *eventsv1.Event) int32 {
	if event.Series == nil {
		return 1
	}
	return event.Series.Count
}
