package main

import (
	"context"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/runtime"
	theirevents "k8s.io/client-go/tools/events"

	ourevents "client-go-workbook/lib/events"
)

// seriesRecorder is either library's recorder of events.k8s.io/v1, on its way to a sink.
type seriesRecorder struct {
	eventf   func(regarding, related runtime.Object, eventtype, reason, action, note string, args ...any)
	shutdown func()
}

func theirSeries(ctx context.Context, sink *countingSink) seriesRecorder {
	b := theirevents.NewBroadcaster(sink)
	must(b.StartRecordingToSinkWithContext(ctx))
	return seriesRecorder{b.NewRecorder(nil, "example.com/bench").Eventf, b.Shutdown}
}

func ourSeries(ctx context.Context, sink *countingSink) seriesRecorder {
	b := ourevents.NewBroadcaster(sink)
	must(b.StartRecordingToSinkWithContext(ctx))
	return seriesRecorder{b.NewRecorder(nil, "example.com/bench").Eventf, b.Shutdown}
}

// countingSink takes every event at once.
type countingSink struct{ behind sync.WaitGroup }

func (s *countingSink) Create(_ context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	s.behind.Done()
	return event, nil
}

func (s *countingSink) Update(_ context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	return event, nil
}

func (s *countingSink) Patch(_ context.Context, event *eventsv1.Event, _ []byte) (*eventsv1.Event, error) {
	s.behind.Done()
	return event, nil
}

// recordSeries records n events in bursts, as many as a broadcaster has room for: one about each pod, which is created, and then
// another one, which is patched.
func recordSeries(newRecorder func(context.Context, *countingSink) seriesRecorder, pods []*corev1.ObjectReference, n int) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	sink := &countingSink{}
	recorder := newRecorder(ctx, sink)
	defer recorder.shutdown()
	for burst := range n / len(pods) {
		reason := fmt.Sprint("Pulling", burst/2)
		sink.behind.Add(len(pods))
		for _, pod := range pods {
			recorder.eventf(pod, nil, corev1.EventTypeNormal, reason, "Pull", "image %q", "nginx")
		}
		sink.behind.Wait()
	}
}

func eventsExperiments(s scale) []experiment {
	return []experiment{{
		metrics: []metric{{"events.k8s.io, recorder to sink", perOperation, noWorse}},
		rounds:  s.rounds,
		prepare: func(context.Context, *servers) (pair, error) {
			pods := make([]*corev1.ObjectReference, queued)
			for i := range pods {
				pods[i] = &corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: "shop", Name: fmt.Sprint("web-", i)}
			}
			recording := func(newRecorder func(context.Context, *countingSink) seriesRecorder) contender {
				return timed(s.slice, 2*len(pods), func(n int) { recordSeries(newRecorder, pods, n) })
			}
			return pair{theirs: recording(theirSeries), ours: recording(ourSeries)}, nil
		},
	}}
}
