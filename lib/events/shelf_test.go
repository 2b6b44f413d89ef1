package events_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes/scheme"
)

// failure is asked before a request: the error that it returns is the answer.
type failure func(ctx context.Context, verb string) error

// shelf is a sink that keeps events as the API server does, and tells what was asked of it:
//
//	0s create web-0 Pulled
//	2m0s patch web-0 Pulled ×2
type shelf struct {
	opened time.Time

	mu     sync.Mutex
	fail   failure
	events map[string]*eventsv1.Event // by name
	log    []string
}

func newShelf() *shelf {
	return &shelf{opened: time.Now(), events: map[string]*eventsv1.Event{}}
}

var events_ = eventsv1.Resource("events")

func (s *shelf) Create(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	return s.serve(ctx, "create", event, func() (*eventsv1.Event, error) {
		if s.events[event.Name] != nil {
			return nil, apierrors.NewAlreadyExists(events_, event.Name)
		}
		return event.DeepCopy(), nil
	})
}

func (s *shelf) Update(context.Context, *eventsv1.Event) (*eventsv1.Event, error) {
	panic("nobody calls it")
}

func (s *shelf) Patch(ctx context.Context, event *eventsv1.Event, data []byte) (*eventsv1.Event, error) {
	return s.serve(ctx, "patch", event, func() (*eventsv1.Event, error) {
		there := s.events[event.Name]
		if there == nil {
			return nil, apierrors.NewNotFound(events_, event.Name)
		}
		patched := there.DeepCopy()
		return patched, json.Unmarshal(data, patched)
	})
}

// serve answers one request.
func (s *shelf) serve(ctx context.Context, verb string, event *eventsv1.Event, do func() (*eventsv1.Event, error)) (*eventsv1.Event, error) {
	about := fmt.Sprintf("%s %s %s", verb, event.Regarding.Name, event.Reason)
	if event.Series != nil {
		about += fmt.Sprint(" ×", event.Series.Count)
	}
	s.note(about)
	if fail := s.failure(); fail != nil {
		if err := fail(ctx, verb); err != nil {
			return nil, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	stored, err := do()
	if err != nil {
		return nil, err
	}
	s.events[stored.Name] = stored
	return stored.DeepCopy(), nil
}

func (s *shelf) note(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, time.Since(s.opened).Round(time.Second).String()+" "+what)
}

// failWith has all requests fail from now on; nil heals the shelf.
func (s *shelf) failWith(fail failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

func (s *shelf) failure() failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fail
}

// told returns what was asked since the last call.
func (s *shelf) told() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer func() { s.log = nil }()
	return strings.Join(s.log, "\n")
}

// lines is told as a list.
func lines(told string) []string {
	if told == "" {
		return nil
	}
	return strings.Split(told, "\n")
}

// all returns the events that are there.
func (s *shelf) all() []*eventsv1.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []*eventsv1.Event
	for _, event := range s.events {
		all = append(all, event.DeepCopy())
	}
	return all
}

// sum returns how often something happened, as far as the sink knows.
func (s *shelf) sum() int {
	n := 0
	for _, event := range s.all() {
		if event.Series == nil {
			n++
		} else {
			n += int(event.Series.Count)
		}
	}
	return n
}

// expire removes all events, as the API server does an hour after the last write of each.
func (s *shelf) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.events)
}

// start returns a recorder that writes to s until the test ends or stop is called, which is Shutdown.
func start(t *testing.T, s events.EventSink, options ...events.BroadcasterOption) (recorder events.EventRecorderLogger, stop func()) {
	t.Helper()
	broadcaster := events.NewBroadcaster(s, options...)
	stop = sync.OnceFunc(broadcaster.Shutdown)
	t.Cleanup(stop)
	require.NoError(t, broadcaster.StartRecordingToSinkWithContext(t.Context()))
	return broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet"), stop
}

func pod(name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: types.UID("uid of " + name), ResourceVersion: "1"}}
}

const normal = corev1.EventTypeNormal
