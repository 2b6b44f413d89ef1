package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes/scheme"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
)

// line counts what passes the stations from a recorder to the API.
//
//	recorder ──▶ broadcaster ──▶ aggregator ──▶ spam filter ──▶ sink
//	recorded     handedOut       combined       skipped         written
//
// All but recorded is counted by the goroutine of the sink, and read when it has ended.
type line struct {
	recorded, handedOut, combined int

	written [][]string // as demo.Sink tells them

	broadcaster record.EventBroadcaster
	recorder    record.EventRecorder
	arrived     demo.Journal // a note for each event that is handed out
	sink        demo.Sink
}

// openLine joins the stations, as any controller does.
func openLine(ctx context.Context, events clientcorev1.EventInterface) *line {
	l := &line{}
	l.sink.Next = &clientcorev1.EventSinkImpl{Interface: events}
	l.broadcaster = record.NewBroadcaster(record.WithContext(ctx), record.WithCorrelatorOptions(l.watched(limits)))
	l.broadcaster.StartRecordingToSink(&l.sink)
	l.recorder = l.broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "painter"})
	return l
}

// send records n events at once, not more than there is room for, and waits until the last
// of them is handed out.
func (l *line) send(ctx context.Context, namespace string, n int, event func(i int) (pod, message string)) error {
	for i := range n {
		pod, message := event(i)
		l.recorder.Event(&corev1.ObjectReference{ // an event may also be about what isn't there
			APIVersion: "v1", Kind: "Pod", Namespace: namespace, Name: pod,
		}, corev1.EventTypeWarning, "Failed", message)
	}
	l.recorded += n
	for handedOut := 0; handedOut < n; { // the journal's patience is for one event: each may be a request
		notes, err := l.arrived.Take(ctx, 1)
		if err != nil {
			return err
		}
		handedOut += len(notes)
	}
	return nil
}

// close waits until the last event is written.
func (l *line) close(ctx context.Context) (err error) {
	l.broadcaster.Shutdown()
	l.written, err = l.sink.Take(ctx, 0)
	return err
}

// watched returns the options with functions that count besides what they do by default.
func (l *line) watched(o record.CorrelatorOptions) record.CorrelatorOptions {
	o.KeyFunc = func(event *corev1.Event) (string, string) {
		l.handedOut++
		l.arrived.Note()
		return record.EventAggregatorByReasonFunc(event)
	}
	o.MessageFunc = func(event *corev1.Event) string {
		l.combined++
		return record.EventAggregatorByReasonMessageFunc(event)
	}
	o.Clock = l
	return o
}

// Now is the correlator's clock: it goes on by five minutes when the first 1,000 are over.
func (l *line) Now() time.Time {
	if l.handedOut > all {
		return time.Now().Add(5 * time.Minute)
	}
	return time.Now()
}

func (l *line) String() string {
	writes := map[string]int{}
	for _, row := range l.written {
		writes[row[0]]++
	}
	row := func(station string, n int, what string) []string {
		return []string{station, fmt.Sprintf("%5d", n), what}
	}
	return demo.Columns(
		row("recorder", l.recorded, "recorded"),
		row("broadcaster", l.handedOut, "handed out"),
		row("aggregator", l.handedOut-l.combined, "left as they are"),
		row("", l.combined, demo.Changed.Paint("combined with others into one")),
		row("spam filter", l.handedOut-len(l.written), demo.Gone.Paint("skipped")),
		row("", len(l.written), "let through"),
		row("API", writes["create"], demo.Come.Paint("created")),
		row("", writes["patch"], demo.Changed.Paint("patched: counted up")),
	)
}
