// Command 01-recorder has a controller that tells in events what it did to a pod, and what
// it could not do. They are read back as kubectl get events and kubectl describe show them.
package main

import (
	"context"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch04-recorder", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{core: client.CoreV1(), ns: s.Namespace}
		d.sink.Next = &clientcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")}

		broadcaster := record.NewBroadcaster(record.WithContext(ctx))
		defer broadcaster.Shutdown()
		broadcaster.StartRecordingToSink(&d.sink)
		d.recorder = broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "painter"}).WithLogger(d.log.Logger())

		s.Title("EventRecorder: a controller tells what it did, and why")
		return s.Play(ctx,
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "reconcile", Do: d.reconcileBoth},
			demo.Step{Verb: "get", Do: d.get},
			demo.Step{Verb: "look", Do: d.look},
			demo.Step{Verb: "describe", Do: d.describe},
			demo.Step{Verb: "delete", Do: d.delete},
			demo.Step{Verb: "refused", Do: d.refused},
		)
	})
}

type steps struct {
	core     clientcorev1.CoreV1Interface
	ns       string
	recorder record.EventRecorder
	sink     demo.Sink    // notes what reaches the API
	log      demo.Journal // what the recorder logs
}

func (d *steps) create(ctx context.Context) (string, error) {
	for _, pod := range [][]string{{"bert", "yellow"}, {"oscar", "see-through"}} {
		_, err := d.core.Pods(d.ns).Create(ctx, &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: pod[0], Annotations: map[string]string{"paint": pod[1]}},
			Spec: corev1.PodSpec{
				SchedulerName: "nobody", // a scheduler would tell its own story in events
				Containers:    []corev1.Container{{Name: "pause", Image: "registry.k8s.io/pause:3.10"}},
			},
		}, metav1.CreateOptions{})
		if err != nil {
			return "", err
		}
	}
	return "pods bert, to be painted yellow, and oscar, see-through", nil
}

// reconcileBoth lets the controller work, and waits for its events: a recorder's caller is
// never told what becomes of them, nor when.
func (d *steps) reconcileBoth(ctx context.Context) (string, error) {
	var rows [][]string
	for _, name := range []string{"bert", "oscar"} {
		if err := d.reconcile(ctx, name); err != nil {
			return "", err
		}
		sent, err := d.sink.Take(ctx, 1)
		if err != nil {
			return "", err
		}
		rows = append(rows, sent...)
	}
	return demo.Columns(rows...), nil
}

// reconcile is the controller: it paints a pod, and tells about it.
func (d *steps) reconcile(ctx context.Context, name string) error {
	pod, err := d.core.Pods(d.ns).Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return err
	}
	colour := pod.Annotations["paint"]
	if colour == "see-through" {
		d.recorder.Eventf(pod, corev1.EventTypeWarning, "NoSuchPaint", "There is no paint that is %s", colour)
		return nil // to try again would not help; who reads the event can
	}
	patch := fmt.Appendf(nil, `{"metadata":{"labels":{"colour":%q}}}`, colour)
	pod, err = d.core.Pods(d.ns).Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	if err != nil {
		return err
	}
	d.recorder.Event(pod, corev1.EventTypeNormal, "Painted", "It is "+colour+" now")
	return nil
}

// get asks as kubectl does: the server makes the table.
func (d *steps) get(ctx context.Context) (string, error) {
	told, err := demo.Table(ctx, d.core.RESTClient().Get().Namespace(d.ns).Resource("events"))
	return "$ kubectl get events\n" + told, err
}

// look shows what an Event is: an object like any other.
func (d *steps) look(ctx context.Context) (string, error) {
	events, err := d.core.Events(d.ns).List(ctx, metav1.ListOptions{FieldSelector: "reason=Painted"})
	if err != nil {
		return "", err
	}
	if len(events.Items) != 1 {
		return "", fmt.Errorf("%d events with reason Painted", len(events.Items))
	}
	e := events.Items[0]
	about := e.InvolvedObject
	return demo.Columns(
		[]string{"metadata.name", e.Name, "the pod's, and the time in nanoseconds"},
		[]string{"involvedObject", fmt.Sprintf("%s %s %s", about.APIVersion, about.Kind, about.Name), "with namespace, UID, resourceVersion"},
		[]string{"type, reason", e.Type + " " + e.Reason, "for programs"},
		[]string{"message", e.Message, "for people"},
		[]string{"source.component", e.Source.Component, "who says so"},
		[]string{"count", fmt.Sprint(e.Count), "how often"},
		[]string{"first, last", age(e.FirstTimestamp.Time) + ", " + age(e.LastTimestamp.Time), "when"},
	), nil
}

func age(t time.Time) string { return time.Since(t).Round(time.Second).String() + " ago" }

// describe asks for the events about one object, as kubectl describe does.
func (d *steps) describe(ctx context.Context) (string, error) {
	oscar, err := d.core.Pods(d.ns).Get(ctx, "oscar", metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	events, err := d.core.Events(d.ns).SearchWithContext(ctx, scheme.Scheme, oscar)
	if err != nil {
		return "", err
	}
	rows := [][]string{{"Type", "Reason", "From", "Message"}}
	for _, e := range events.Items {
		rows = append(rows, []string{e.Type, e.Reason, e.Source.Component, e.Message})
	}
	return "$ kubectl describe pod oscar, which asks for events by the pod's name and UID\n" + demo.Columns(rows...), nil
}

// delete removes the pod. Its event stays: no event has an owner.
func (d *steps) delete(ctx context.Context) (string, error) {
	if err := d.core.Pods(d.ns).Delete(ctx, "bert", metav1.DeleteOptions{GracePeriodSeconds: new(int64)}); err != nil {
		return "", err
	}
	events, err := d.core.Events(d.ns).List(ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=bert"})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("bert is gone; %d event about it is still there", len(events.Items)), nil
}

// refused records what is no event. The caller learns nothing, the log does.
func (d *steps) refused(ctx context.Context) (string, error) {
	pod, err := d.core.Pods(d.ns).Get(ctx, "oscar", metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	d.recorder.Event(pod, "Disaster", "OutOfPaint", "The type is neither Normal nor Warning")
	logged, err := d.log.Take(ctx, 1)
	if err != nil {
		return "", err
	}
	sent, err := d.sink.Take(ctx, 0)
	return fmt.Sprintf("%d events sent; in the log:\n%s", len(sent), demo.Columns(logged...)), err
}
