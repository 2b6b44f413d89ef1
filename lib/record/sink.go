package record

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	typedcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/rest"
)

const (
	maxTries             = 12 // for one event, its first one included
	defaultSleepDuration = 10 * time.Second
)

// EventSink stores events, each in the namespace that the event names. typed/core/v1.EventSinkImpl stores them in the API.
// Its errors are those of a client: a *StatusError or *RequestConstructionError is final, and with any other the same
// call comes again. Each method returns the event as it is stored now.
type EventSink interface {
	Create(event *corev1.Event) (*corev1.Event, error)
	Update(event *corev1.Event) (*corev1.Event, error) // no broadcaster calls it
	// Patch changes the event of oldEvent's name by data, a strategic merge patch.
	Patch(oldEvent *corev1.Event, data []byte) (*corev1.Event, error)
}

// contextSink is a sink with requests that can be cancelled.
type contextSink interface {
	CreateWithContext(ctx context.Context, event *corev1.Event) (*corev1.Event, error)
	PatchWithContext(ctx context.Context, oldEvent *corev1.Event, data []byte) (*corev1.Event, error)
}

// withContext returns sink with requests that can be cancelled, if it is the API's own. To ask for the methods would not do:
// a sink that embeds an EventSinkImpl and has a Create of its own has them too, and its Create would never be called.
func withContext(sink EventSink) contextSink {
	if api, ok := sink.(*typedcorev1.EventSinkImpl); ok {
		return api
	}
	return waiting{sink}
}

// waiting is a contextSink made of any other: it can't cancel.
type waiting struct{ EventSink }

func (w waiting) CreateWithContext(_ context.Context, event *corev1.Event) (*corev1.Event, error) {
	return w.Create(event)
}

func (w waiting) PatchWithContext(_ context.Context, oldEvent *corev1.Event, data []byte) (*corev1.Event, error) {
	return w.Patch(oldEvent, data)
}

func (b *broadcaster) StartRecordingToSink(sink EventSink) watch.Interface {
	w := &writer{
		correlator: NewEventCorrelatorWithOptions(b.correlator),
		sink:       withContext(sink),
		sleep:      b.sleepDuration,
		retries:    b.retries,
		requests:   b.requests,
		logger:     b.logger(),
	}
	return b.StartEventWatcher(w.record)
}

// writer takes events to a sink, one after the other, in the goroutine of its handler. While it sleeps, all later events
// wait: they would fare no better.
type writer struct {
	correlator *EventCorrelator
	sink       contextSink
	sleep      time.Duration
	retries    context.Context // over when there is no time to try again
	requests   context.Context // over when there is no time for anything
	logger     klog.Logger
}

// record writes what the correlator makes of event.
func (w *writer) record(event *corev1.Event) {
	if w.requests.Err() != nil {
		w.logger.Error(nil, "Event not written: the broadcaster is shut down", "event", event)
		return
	}
	result, err := w.correlator.EventCorrelate(event)
	if err != nil {
		utilruntime.HandleErrorWithContext(w.requests, err, "Event correlation failed")
	}
	if result.Skip {
		return
	}
	for tries := 1; !w.try(result); tries++ {
		if tries == maxTries {
			w.logger.Error(nil, "Event not written: out of tries", "tries", tries, "event", result.Event)
			return
		}
		if !w.pause(tries) {
			w.logger.Error(nil, "Event not written: the broadcaster is shut down", "event", result.Event)
			return
		}
	}
}

// pause sleeps before the next try. It returns false if there must be none.
func (w *writer) pause(tries int) bool {
	sleep := w.sleep
	if tries == 1 {
		// When an API server comes back, not all its clients shall come at once.
		sleep = time.Duration(rand.Float64() * float64(sleep))
	}
	select {
	case <-w.retries.Done():
	case <-time.After(sleep):
	}
	return w.retries.Err() == nil
}

// try sends one event. It returns true if that is done with, for better or worse.
func (w *writer) try(result *EventCorrelateResult) bool {
	stored, err := w.write(result)
	if err != nil {
		return w.isFinal(err, result.Event)
	}
	if stored != nil { // as any client returns, but maybe not a test's sink
		w.correlator.UpdateState(stored)
	}
	return true
}

// write patches the event that the server has, or creates one. Upstream tells by the count, and so sends an empty patch for a new
// event that was counted before it came here.
func (w *writer) write(result *EventCorrelateResult) (*corev1.Event, error) {
	if result.Patch != nil {
		stored, err := w.sink.PatchWithContext(w.requests, result.Event, result.Patch)
		if !apierrors.IsNotFound(err) {
			return stored, err
		}
		// Its time to live was over: it begins again, with the count that it had.
	}
	result.Event.ResourceVersion = "" // the server takes no new object with one
	return w.sink.CreateWithContext(w.requests, result.Event)
}

// isFinal tells whether to try again is of no use, and logs err.
func (w *writer) isFinal(err error, event *corev1.Event) bool {
	var mistake *rest.RequestConstructionError
	var answer *apierrors.StatusError
	switch {
	case errors.As(err, &mistake):
		w.logger.Error(err, "Event not written: there is no request for it", "event", event)
	case apierrors.IsAlreadyExists(err), apierrors.HasStatusCause(err, corev1.NamespaceTerminatingCause):
		w.logger.V(5).Info("Event not written: the server refused it", "event", event, "err", err)
	case errors.As(err, &answer):
		w.logger.Error(err, "Event not written: the server refused it", "event", event)
	default:
		w.logger.Error(err, "Event not written yet", "event", event)
		return false
	}
	return true
}
