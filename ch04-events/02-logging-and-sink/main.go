// Command 02-logging-and-sink has one broadcaster and three consumers: a structured log, a
// printf log and the API. Each is told everything from when it starts until it stops, and
// each makes something else of it.
package main

import (
	"context"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch04-logging", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{core: client.CoreV1(), ns: s.Namespace}
		d.sink.Next = &clientcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")}
		d.broadcaster = record.NewBroadcaster(record.WithContext(klog.NewContext(ctx, d.structured.Logger())))
		defer d.broadcaster.Shutdown()

		s.Title("EventBroadcaster: each consumer is told everything, and makes of it what it wants")
		return s.Play(ctx,
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "early", Do: d.early},
			demo.Step{Verb: "start", Do: d.start},
			demo.Step{Verb: "record", Do: d.record},
			demo.Step{Verb: "again", Do: d.again},
			demo.Step{Verb: "stop", Do: d.stop},
			demo.Step{Verb: "shutdown", Do: d.shutdown},
			demo.Step{Verb: "get", Do: d.get},
		)
	})
}

type steps struct {
	core        clientcorev1.CoreV1Interface
	ns          string
	broadcaster record.EventBroadcaster
	recorder    record.EventRecorder
	pod         *corev1.Pod

	structured, printed demo.Journal // the lines of the two logs
	sink                demo.Sink    // what reaches the API
	printing            watch.Interface
}

func (d *steps) create(ctx context.Context) (_ string, err error) {
	d.pod, err = d.core.Pods(d.ns).Create(ctx, &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "bert"},
		Spec: corev1.PodSpec{
			SchedulerName: "nobody", // a scheduler would tell its own story in events
			Containers:    []corev1.Container{{Name: "pause", Image: "registry.k8s.io/pause:3.10"}},
		},
	}, metav1.CreateOptions{})
	return "pod bert", err
}

// early records before anybody listens.
func (d *steps) early(context.Context) (string, error) {
	d.recorder = d.broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "painter"}).
		WithLogger(d.structured.Logger()) // for what it can't record
	d.recorder.Event(d.pod, corev1.EventTypeNormal, "Arrived", "Nobody listens yet")
	return "an event is recorded; nobody listens", nil
}

func (d *steps) start(context.Context) (string, error) {
	d.broadcaster.StartStructuredLogging(0)
	d.printing = d.broadcaster.StartLogging(func(format string, args ...any) { d.printed.Note(fmt.Sprintf(format, args...)) })
	d.broadcaster.StartRecordingToSink(&d.sink)
	return "three consumers", nil
}

func (d *steps) record(ctx context.Context) (string, error) {
	d.recorder.Event(d.pod, corev1.EventTypeNormal, "Painted", "It is yellow now")
	return d.told(ctx, 1, 1)
}

// again has the same trouble three times over. The logs have it three times; the API has
// one event, which is counted up.
func (d *steps) again(ctx context.Context) (string, error) {
	for range 3 {
		d.recorder.Event(d.pod, corev1.EventTypeWarning, "PaintDries", "It cracks in the sun")
	}
	return d.told(ctx, 3, 3)
}

// stop ends one consumer. The others go on.
func (d *steps) stop(ctx context.Context) (string, error) {
	d.printing.Stop()
	d.recorder.Event(d.pod, corev1.EventTypeWarning, "PaintDries", "It cracks in the sun")
	told, err := d.told(ctx, 1, 0)
	return "the printf log\n" + told, err
}

// shutdown ends them all, when they have had what was recorded before.
func (d *steps) shutdown(ctx context.Context) (string, error) {
	d.recorder.Event(d.pod, corev1.EventTypeNormal, "Leaves", "It is the last one")
	d.broadcaster.Shutdown()
	told, err := d.told(ctx, 1, 0)
	if err != nil {
		return "", err
	}
	d.recorder.Event(d.pod, corev1.EventTypeNormal, "Left", "Nobody is told")
	logged, err := d.structured.Take(ctx, 1)
	return told + "\nand then another event; the recorder's own log says\n" + demo.Columns(logged...), err
}

func (d *steps) get(ctx context.Context) (string, error) {
	told, err := demo.Table(ctx, d.core.RESTClient().Get().Namespace(d.ns).Resource("events"),
		"Type", "Reason", "Object", "Count", "Message")
	return "$ kubectl get events -o wide, some columns\n" + told, err
}

// told waits until the sink and the structured log have had n events, and the printf log as
// many as printed says. Lines that are equal it tells once.
func (d *steps) told(ctx context.Context, n, printed int) (string, error) {
	var rows [][]string
	for _, consumer := range []struct {
		name string
		take func(context.Context, int) ([][]string, error)
		n    int
	}{
		{"structured", d.structured.Take, n},
		{"printf", d.printed.Take, printed},
		{"sink", d.sink.Take, n},
	} {
		notes, err := consumer.take(ctx, consumer.n)
		if err != nil {
			return "", fmt.Errorf("%s: %w", consumer.name, err)
		}
		lines := strings.Split(tooLong.ReplaceAllString(demo.Columns(notes...), "…"), "\n")
		for len(notes) > 0 && len(lines) > 0 {
			more := slices.IndexFunc(lines, func(line string) bool { return line != lines[0] })
			if more < 0 {
				more = len(lines)
			}
			row := []string{consumer.name, lines[0]}
			if more > 1 {
				row[1] += fmt.Sprintf("  (%d times)", more)
			}
			rows = append(rows, row)
			lines = lines[more:]
		}
	}
	return demo.Columns(rows...), nil
}

// tooLong is what has no room in a line: most of the reference to the pod.
var tooLong = regexp.MustCompile(`object=.*apiVersion="v1"|v1\.ObjectReference\{.*?\}`)
