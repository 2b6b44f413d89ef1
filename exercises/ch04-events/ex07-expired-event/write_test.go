package expiredevent_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	expiredevent "client-go-workbook/exercises/ch04-events/ex07-expired-event"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	created = invariant.Invariant{
		Says: "without a patch the event is created, and nothing else is asked",
		Read: "README.md, Task; lib/record/sink.go, write",
	}
	patched = invariant.Invariant{
		Says: "with a patch it is patched, and nothing else is asked while it is there",
		Read: "README.md, Task; lib/record/sink.go, write",
	}
	anew = invariant.Invariant{
		Says: "an event that is gone is created anew, with its name, its count and its first time",
		Read: "README.md, Invariant; lib/record/sink.go, write",
	}
	errorsPass = invariant.Invariant{
		Says: "that the event is gone is no error; any other error is the caller's business",
		Read: "README.md, What the tests verify; lib/record/sink.go, isFinal",
	}
	callers = invariant.Invariant{
		Says: "what the API has stored is returned, and the caller's event stays as it is",
		Read: "write.go, Write",
	}
)

var resource = schema.GroupResource{Resource: "events"}

// api is a sink that notes requests, and answers as it is told.
type api struct {
	requests         []string
	patching, making error // what these requests fail with
}

func (a *api) note(verb string, e *corev1.Event, data []byte) {
	a.requests = append(a.requests, strings.TrimSpace(fmt.Sprintf("%s %s %s", verb, story(e), data)))
}

// story is an event in a line.
func story(e *corev1.Event) string {
	text := fmt.Sprintf("%s ×%d %s–%s", e.Name, e.Count, e.FirstTimestamp.UTC().Format("15:04"), e.LastTimestamp.UTC().Format("15:04"))
	if e.ResourceVersion != "" {
		text += " version " + e.ResourceVersion
	}
	return text
}

var stored = &corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: "web.17ad", ResourceVersion: "stored"}, Count: 99}

func (a *api) Create(e *corev1.Event) (*corev1.Event, error) {
	a.note("create", e, nil)
	if a.making != nil {
		return nil, a.making
	}
	return stored, nil
}

func (a *api) Update(e *corev1.Event) (*corev1.Event, error) {
	a.note("update", e, nil)
	return stored, nil
}

func (a *api) Patch(e *corev1.Event, data []byte) (*corev1.Event, error) {
	a.note("patch", e, data)
	if a.patching != nil {
		return nil, a.patching
	}
	return stored, nil
}

// event has happened five times, from 9:00 to 10:30.
func event() *corev1.Event {
	at := func(hour, minute int) metav1.Time {
		return metav1.NewTime(time.Date(2026, 5, 4, hour, minute, 0, 0, time.UTC))
	}
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: "web.17ad", ResourceVersion: "7"},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web"},
		Type:           corev1.EventTypeWarning, Reason: "BackOff", Message: "restarting",
		Count: 5, FirstTimestamp: at(9, 0), LastTimestamp: at(10, 30),
	}
}

// first is the event when it has happened once. It has never been in the API.
func first() *corev1.Event {
	e := event()
	e.Count, e.LastTimestamp, e.ResourceVersion = 1, e.FirstTimestamp, ""
	return e
}

var patch = []byte(`{"count":5}`)

func TestFirstTimeIsCreated(t *testing.T) {
	for _, nothing := range [][]byte{nil, {}} {
		a := &api{}
		_, err := expiredevent.Write(a, first(), nothing)
		created.NoError(t, err, "write an event with the patch %#v, which is none", nothing)
		created.Equal(t, []string{"create web.17ad ×1 09:00–09:00"}, a.requests,
			"write an event with the patch %#v, which is none: what is asked of the API", nothing)
	}
}

func TestRepetitionIsPatched(t *testing.T) {
	a := &api{}
	_, err := expiredevent.Write(a, event(), patch)
	patched.NoError(t, err, "write an event with a patch")
	patched.Equal(t, []string{`patch web.17ad ×5 09:00–10:30 version 7 {"count":5}`}, a.requests, "write an event with a patch: what is asked of the API")
}

func TestEventIsGone(t *testing.T) {
	for _, gone := range []error{
		apierrors.NewNotFound(resource, "web.17ad"),
		fmt.Errorf("patch event: %w", apierrors.NewNotFound(resource, "web.17ad")),
	} {
		a := &api{patching: gone}
		_, err := expiredevent.Write(a, event(), patch)
		anew.NoError(t, err, "write an event with a patch, which fails with %q", gone)
		anew.Equal(t, []string{
			`patch web.17ad ×5 09:00–10:30 version 7 {"count":5}`,
			"create web.17ad ×5 09:00–10:30",
		}, a.requests, "write an event with a patch, which fails with %q: what is asked of the API", gone)
	}
}

func TestOtherErrorsOfThePatch(t *testing.T) {
	for _, bad := range []error{
		errors.New("connection refused"),
		apierrors.NewForbidden(resource, "web.17ad", errors.New("no")),
		apierrors.NewConflict(resource, "web.17ad", errors.New("changed")),
		apierrors.NewResourceExpired("too old"),
	} {
		a := &api{patching: bad}
		_, err := expiredevent.Write(a, event(), patch)
		errorsPass.Equal(t, bad, err, "write an event with a patch, which fails with %q: what is the error", bad)
		errorsPass.Equal(t, 1, len(a.requests), "write an event with a patch, which fails with %q: how much is asked of the API", bad)
	}
}

func TestErrorsOfTheCreation(t *testing.T) {
	for _, bad := range []error{
		errors.New("connection refused"),
		apierrors.NewAlreadyExists(resource, "web.17ad"),
		apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "shop"),
	} {
		a := &api{making: bad}
		_, err := expiredevent.Write(a, first(), nil)
		errorsPass.Equal(t, bad, err, "create an event, which fails with %q: what is the error", bad)
		errorsPass.Equal(t, 1, len(a.requests), "create an event, which fails with %q: how much is asked of the API", bad)

		a = &api{making: bad, patching: apierrors.NewNotFound(resource, "web.17ad")}
		_, err = expiredevent.Write(a, event(), patch)
		errorsPass.Equal(t, bad, err, "patch an event that is gone, and create it anew, which fails with %q: what is the error", bad)
		errorsPass.Equal(t, 2, len(a.requests), "patch an event that is gone, and create it anew, which fails with %q: how much is asked of the API", bad)
	}
}

func TestWhatIsStoredIsReturned(t *testing.T) {
	for _, test := range []struct {
		name  string
		api   *api
		event *corev1.Event
		patch []byte
	}{
		{"create an event", &api{}, first(), nil},
		{"patch an event", &api{}, event(), patch},
		{"patch an event that is gone", &api{patching: apierrors.NewNotFound(resource, "web.17ad")}, event(), patch},
	} {
		before := story(test.event)
		got, err := expiredevent.Write(test.api, test.event, test.patch)
		callers.NoError(t, err, "%s", test.name)
		callers.Equal(t, stored, got, "%s: what is returned", test.name)
		callers.Equal(t, before, story(test.event), "%s, and look at the caller's event", test.name)
	}
}
