package main

import (
	"context"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	theirscheme "k8s.io/client-go/kubernetes/scheme"
	theirrecord "k8s.io/client-go/tools/record"

	ourscheme "client-go-workbook/lib/kubernetes/scheme"
	ourrecord "client-go-workbook/lib/record"
)

// recorder is either library's recorder of v1 events, on its way to a sink.
type recorder struct {
	eventf   func(object runtime.Object, eventtype, reason, messageFmt string, args ...any)
	shutdown func()
}

// unfiltered lets each event reach the sink, for what the spam filter skips is soon done with.
const unfiltered = 1 << 30

var benchSource = corev1.EventSource{Component: "bench", Host: "node-1"}

func theirRecorder(sink *storingSink) recorder {
	b := theirrecord.NewBroadcaster(theirrecord.WithCorrelatorOptions(theirrecord.CorrelatorOptions{BurstSize: unfiltered}))
	b.StartRecordingToSink(sink)
	return recorder{b.NewRecorder(theirscheme.Scheme, benchSource).Eventf, b.Shutdown}
}

func ourRecorder(sink *storingSink) recorder {
	b := ourrecord.NewBroadcaster(ourrecord.WithCorrelatorOptions(ourrecord.CorrelatorOptions{BurstSize: unfiltered}))
	b.StartRecordingToSink(sink)
	return recorder{b.NewRecorder(ourscheme.Scheme, benchSource).Eventf, b.Shutdown}
}

// storingSink takes every event at once.
type storingSink struct{ behind sync.WaitGroup }

func (s *storingSink) Create(event *corev1.Event) (*corev1.Event, error) {
	s.behind.Done()
	return event, nil
}

func (s *storingSink) Update(event *corev1.Event) (*corev1.Event, error) { return event, nil }

func (s *storingSink) Patch(event *corev1.Event, _ []byte) (*corev1.Event, error) {
	s.behind.Done()
	return event, nil
}

// recordAll records n events about the pods in bursts, as many as a broadcaster has room for. Every repeats-th burst has a new
// reason: its events are created, those of the others are counted on them.
func recordAll(newRecorder func(*storingSink) recorder, pods []*corev1.Pod, repeats, n int) {
	sink := &storingSink{}
	r := newRecorder(sink)
	defer r.shutdown()
	for burst := range n / len(pods) {
		reason := fmt.Sprint("Pulling", burst/repeats)
		sink.behind.Add(len(pods))
		for _, pod := range pods {
			r.eventf(pod, corev1.EventTypeNormal, reason, "image %q", "nginx")
		}
		sink.behind.Wait()
	}
}

func recordExperiments(s scale) (out []experiment) {
	for _, kind := range []struct {
		name    string
		repeats int
	}{
		{"new events", 1},
		{"each of them twice", 2},
	} {
		out = append(out, experiment{
			metrics: []metric{{"recorder to sink, " + kind.name, perSecond, noWorse}},
			rounds:  s.rounds,
			prepare: func(context.Context, *servers) (pair, error) {
				pods := make([]*corev1.Pod, queued)
				for i := range pods {
					pods[i] = newPod(i, "1")
				}
				recording := func(newRecorder func(*storingSink) recorder) contender {
					each := timed(s.slice, kind.repeats*len(pods), func(n int) { recordAll(newRecorder, pods, kind.repeats, n) })
					return func() ([]float64, error) {
						ns, err := each()
						return []float64{1e9 / ns[0]}, err
					}
				}
				return pair{theirs: recording(theirRecorder), ours: recording(ourRecorder)}, nil
			},
		})
	}
	return out
}
