package events

import (
	"fmt"
	"maps"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/record/limits"
	"client-go-workbook/lib/reference"
)

// The lengths that the API allows, in bytes.
const (
	maxNote = 1024
	maxWord = 128 // of reason, action and reportingInstance
)

// report is what a caller of Eventf says.
type report struct {
	regarding, related        runtime.Object
	annotations               map[string]string
	eventType, reason, action string
	note                      string
}

// reporter is who says it: what all events of a recorder have in common.
type reporter struct {
	scheme     *runtime.Scheme
	controller string
	instance   string
}

func newReporter(scheme *runtime.Scheme, controller string) reporter {
	hostname, _ := os.Hostname() // without one, all instances share a name
	return reporter{scheme, controller, fit(controller+"-"+hostname, maxWord, "")}
}

// event turns a report into an event that the API accepts, as far as that can be done without making anything up. It has
// nothing in common with the caller's objects, who may change them.
func (by reporter) event(what report, now time.Time) (*eventsv1.Event, error) {
	if !limits.ValidateEventType(what.eventType) {
		return nil, fmt.Errorf("event type %q is neither %q nor %q", what.eventType, corev1.EventTypeNormal, corev1.EventTypeWarning)
	}
	regarding, err := by.refer(what.regarding)
	if err != nil {
		return nil, fmt.Errorf("refer to the object that the event is about: %w", err)
	}
	related, _ := by.refer(what.related) // an event without it is better than none
	namespace := regarding.Namespace
	if namespace == "" {
		namespace = metav1.NamespaceDefault // where the API wants events about what is in no namespace
	}
	return &eventsv1.Event{
		ObjectMeta: metav1.ObjectMeta{
			Name:        limits.UniqueEventName(regarding.Name, now),
			Namespace:   namespace,
			Annotations: maps.Clone(what.annotations),
		},
		EventTime:           metav1.NewMicroTime(now),
		ReportingController: by.controller,
		ReportingInstance:   by.instance,
		Action:              fit(what.action, maxWord, ""),
		Reason:              fit(what.reason, maxWord, ""),
		Regarding:           *regarding,
		Related:             related,
		Note:                fit(what.note, maxNote, " ..."),
		Type:                what.eventType,
	}, nil
}

// refer returns a reference of its own to object.
func (by reporter) refer(object runtime.Object) (*corev1.ObjectReference, error) {
	ref, err := reference.GetReference(by.scheme, object)
	if err != nil {
		return nil, err
	}
	own := *ref
	return &own, nil
}

// fit cuts s to at most length bytes, between characters, and says so with mark. What is no UTF-8 in it is replaced first: on
// its way to the API it would be, and become longer.
func fit(s string, length int, mark string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	if len(s) <= length {
		return s
	}
	end := length - len(mark)
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
