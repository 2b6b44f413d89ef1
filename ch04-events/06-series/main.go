// Command 06-series records the same thing again and again through events.k8s.io/v1: one
// event in the API, which becomes a series, is counted up now and then, and ends. How the
// writes are noted, and ends, is in sink.go.
package main

import (
	"context"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch04-series", func(ctx context.Context, s *demo.Stage) error {
		clients, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{clients: clients, ns: s.Namespace, stop: func() {}}
		d.sink.EventSink = &events.EventSinkImpl{Interface: clients.EventsV1()}
		defer func() { d.stop() }()
		s.Title("Series: what happens again and again is one event, written now and then")
		return s.Play(ctx,
			demo.Step{Verb: "first", Do: d.first},
			demo.Step{Verb: "second", Do: d.second},
			demo.Step{Verb: "more", Do: d.more},
			demo.Step{Verb: "refresh", Do: d.refresh},
			demo.Step{Verb: "shutdown", Do: d.shutdown},
			demo.Step{Verb: "look", Do: d.look},
			demo.Step{Verb: "finish", Do: d.finish},
			demo.Step{Verb: "get", Do: d.get},
		)
	})
}

// The defaults are 30 and 6 minutes.
const (
	refreshTime = 3 * time.Second
	finishTime  = time.Second
)

type steps struct {
	clients  kubernetes.Interface
	ns       string
	sink     sink
	ends     ends
	recorder events.EventRecorder
	stop     func() // writes what is left
	coats    int
}

// start begins to record.
func (d *steps) start(ctx context.Context, option events.BroadcasterOption) error {
	broadcaster := events.NewBroadcaster(&d.sink, option)
	d.stop = broadcaster.Shutdown
	d.recorder = broadcaster.NewRecorder(nil, "example.com/painter") // no scheme: references know their kind
	return broadcaster.StartRecordingToSinkWithContext(klog.NewContext(ctx, d.ends.logger()))
}

// paint says that bert was painted, with a brush: one regarding, one related object. There
// need be neither.
func (d *steps) paint(times int) {
	bert := &corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: d.ns, Name: "bert"}
	brush := &corev1.ObjectReference{APIVersion: "v1", Kind: "ConfigMap", Namespace: d.ns, Name: "brush"}
	for range times {
		d.coats++
		d.recorder.Eventf(bert, brush, corev1.EventTypeNormal, "Dull", "Paint", "Coat number %d", d.coats)
	}
}

// written waits for the next write and tells it.
func (d *steps) written(ctx context.Context) (string, error) {
	rows, err := d.sink.Take(ctx, 1)
	return demo.Columns(rows...), err
}

func (d *steps) first(ctx context.Context) (string, error) {
	if err := d.start(ctx, events.WithRefreshTime(refreshTime)); err != nil {
		return "", err
	}
	d.paint(1)
	return d.written(ctx)
}

func (d *steps) second(ctx context.Context) (string, error) {
	d.paint(1)
	return d.written(ctx)
}

// more is counted where it is recorded.
func (d *steps) more(ctx context.Context) (string, error) {
	d.paint(98)
	event, err := d.event(ctx)
	if err != nil {
		return "", err
	}
	sent, err := d.sink.Take(ctx, 0)
	return fmt.Sprintf("98 more: %d requests; in the API it is still ×%d", len(sent), event.Series.Count), err
}

// refresh is the heartbeat, without which the API would remove the event after an hour.
func (d *steps) refresh(ctx context.Context) (string, error) {
	told, err := d.written(ctx)
	return told + fmt.Sprintf("\nevery %s here, every 30 minutes by default", refreshTime), err
}

// shutdown writes what was counted since the last write. The next process begins anew.
func (d *steps) shutdown(ctx context.Context) (string, error) {
	d.paint(5)
	d.stop()
	return d.written(ctx)
}

// look shows what events.k8s.io has that an event of core/v1 did not.
func (d *steps) look(ctx context.Context) (string, error) {
	e, err := d.event(ctx)
	if err != nil {
		return "", err
	}
	return demo.Columns(
		[]string{"eventTime", age(e.EventTime.Time), "when the first one happened"},
		[]string{"series", fmt.Sprint("×", e.Series.Count), "and when the latest one did"},
		[]string{"reason", e.Reason, "why"},
		[]string{"action", e.Action, "what the controller did"},
		[]string{"regarding", e.Regarding.Kind + " " + e.Regarding.Name, "to whom"},
		[]string{"related", e.Related.Kind + " " + e.Related.Name, "with whom"},
		[]string{"note", e.Note, "that of the first: others with the same reason, action and objects are counted"},
		[]string{"reportingController", e.ReportingController, "who says so"},
	), nil
}

func age(t time.Time) string { return time.Since(t).Round(time.Second).String() + " ago" }

// finish lets a series end, which it does when nothing happens for a while. What happens
// then begins another one.
func (d *steps) finish(ctx context.Context) (string, error) {
	if err := d.start(ctx, events.WithFinishTime(finishTime)); err != nil {
		return "", err
	}
	var rows [][]string
	for _, act := range []struct {
		coats int
		ends  int // of series then
		why   string
	}{
		{1, 0, ""},
		{1, 0, ""},
		{3, 1, fmt.Sprintf("the end: nothing for %s here, for 6 minutes by default", finishTime)},
		{1, 0, "another one"},
	} {
		d.paint(act.coats)
		sent, err := d.sink.Take(ctx, 1)
		if err != nil {
			return "", err
		}
		rows = append(rows, append(sent[0], act.why))
		if _, err := d.ends.Take(ctx, act.ends); err != nil { // until then, what happens would belong to it
			return "", err
		}
	}
	return demo.Columns(rows...), nil
}

// get shows what kubectl makes of it: it reads core/v1, where the events are the same.
func (d *steps) get(ctx context.Context) (string, error) {
	told, err := demo.Table(ctx, d.clients.CoreV1().RESTClient().Get().Namespace(d.ns).Resource("events"), "Last Seen", "Type", "Reason", "Object", "Count", "Message")
	return "$ kubectl get events -o wide, some columns\n" + told, err
}

// event reads the only one that there is.
func (d *steps) event(ctx context.Context) (*eventsv1.Event, error) {
	list, err := d.clients.EventsV1().Events(d.ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	if len(list.Items) != 1 || list.Items[0].Series == nil {
		return nil, fmt.Errorf("not one series, but %d events", len(list.Items))
	}
	return &list.Items[0], nil
}
