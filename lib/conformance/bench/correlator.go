package main

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	theirrecord "k8s.io/client-go/tools/record"

	ourrecord "client-go-workbook/lib/record"
)

// newCorrelator makes one of either library. What it returns tells the correlator of an event, and of the server's answer
// if the event is to be written.
type newCorrelator func(burst int) (correlate func(event *corev1.Event))

func theirCorrelator(burst int) func(*corev1.Event) {
	c := theirrecord.NewEventCorrelatorWithOptions(theirrecord.CorrelatorOptions{BurstSize: burst})
	return func(event *corev1.Event) {
		result, err := c.EventCorrelate(event)
		if must(err); !result.Skip {
			c.UpdateState(result.Event)
		}
	}
}

func ourCorrelator(burst int) func(*corev1.Event) {
	c := ourrecord.NewEventCorrelatorWithOptions(ourrecord.CorrelatorOptions{BurstSize: burst})
	return func(event *corev1.Event) {
		result, err := c.EventCorrelate(event)
		if must(err); !result.Skip {
			c.UpdateState(result.Event)
		}
	}
}

// What correlators promise.
const (
	patchedOnes = 5.0  // one that the server has, so that a patch counts it
	spamIsCheap = 10.0 // one that nobody will see
)

// noBurst is one that no script uses up.
const noBurst = 1 << 30

// eventKinds are the scripts. Each plays its events over and over again.
var eventKinds = []struct {
	name              string
	objects, messages int // how many objects, and how many different messages about each
	burst             int
	target            float64
}{
	{"new events", 10_000, 1, noBurst, noWorse}, // about more objects than a correlator remembers
	{"repeated events", 100, 1, noBurst, patchedOnes},
	{"similar events", 1, 10_000, noBurst, patchedOnes}, // from the tenth on they are combined
	{"spam", 100, 1, 1, spamIsCheap},
}

func newEventsAbout(objects, messages int) (events []*corev1.Event) {
	now := metav1.Now()
	for i := range objects {
		pod := corev1.ObjectReference{Kind: "Pod", APIVersion: "v1", Namespace: "shop", Name: fmt.Sprintf("web-5d9c7f6b8-%05d", i), UID: types.UID(fmt.Sprintf("5c9a6b6e-22f4-4f0e-9d5b-0000000%05d", i))}
		for j := range messages {
			events = append(events, &corev1.Event{
				ObjectMeta:     metav1.ObjectMeta{Namespace: pod.Namespace, Name: fmt.Sprintf("%s.%x", pod.Name, now.UnixNano())},
				InvolvedObject: pod, Source: corev1.EventSource{Component: "kubelet", Host: "node-17"}, ReportingController: "kubelet", ReportingInstance: "node-17",
				Type: corev1.EventTypeWarning, Reason: "BackOff", Message: fmt.Sprintf("Back-off %ds restarting failed container web in pod %s", j, pod.Name),
				FirstTimestamp: now, LastTimestamp: now, Count: 1,
			})
		}
	}
	return events
}

func correlatorExperiments(s scale) (out []experiment) {
	for _, kind := range eventKinds {
		out = append(out, experiment{
			metrics: []metric{{"correlator, " + kind.name, perOperation, kind.target}},
			rounds:  s.rounds,
			prepare: func(context.Context, *servers) (pair, error) {
				events := newEventsAbout(kind.objects, kind.messages)
				telling := func(newOne newCorrelator) contender {
					correlate, told := newOne(kind.burst), 0
					tell := func(n int) {
						for range n {
							correlate(events[told%len(events)])
							told++
						}
					}
					tell(len(events)) // each object's bucket of one token is empty now, if it is about spam
					return timed(s.slice, 1, tell)
				}
				return pair{theirs: telling(theirCorrelator), ours: telling(ourCorrelator)}, nil
			},
		})
	}
	return out
}
