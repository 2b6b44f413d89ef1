// Command 05-ttl looks up how long the store keeps an event, and sees it expire where that
// is short: EVENT_TTL=10s scripts/embedded-up.sh starts a cluster like that.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/record"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch04-ttl", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{core: client.CoreV1(), ns: s.Namespace, stop: func() {}}
		d.sink.Next = &clientcorev1.EventSinkImpl{Interface: client.CoreV1().Events("")}
		broadcaster := record.NewBroadcaster(record.WithContext(ctx))
		defer broadcaster.Shutdown()
		broadcaster.StartRecordingToSink(&d.sink)
		d.recorder = broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "painter"})
		defer func() { d.stop() }()

		s.Title("TTL: events go by themselves")
		return s.Play(ctx,
			demo.Step{Verb: "watch", Do: d.watch},
			demo.Step{Verb: "record", Do: d.record},
			demo.Step{Verb: "lease", Do: d.lease},
			demo.Step{Verb: "again", Do: d.again},
			demo.Step{Verb: "lease", Do: d.lease},
			demo.Step{Verb: "wait", Do: d.wait},
			demo.Step{Verb: "get", Do: d.get},
		)
	})
}

type steps struct {
	core     clientcorev1.CoreV1Interface
	ns       string
	recorder record.EventRecorder
	sink     demo.Sink

	gone  demo.Journal // what the watch tells
	begin time.Time    // of the watch
	stop  func()       // the watch

	names  map[string]string // of the events, by reason
	leases []cluster.Lease   // as last seen, in the order of reasons; none if they can't be read
}

var reasons = []string{"Painted", "PaintDries"}

// patience is how long this demo waits for an event to expire.
const patience = 20 * time.Second

// watch has the API tell when an event goes.
func (d *steps) watch(ctx context.Context) (string, error) {
	w, err := d.core.Events(d.ns).Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	d.begin = time.Now()
	d.stop = demo.Meanwhile(ctx, func(ctx context.Context) {
		defer context.AfterFunc(ctx, w.Stop)()
		for event := range w.ResultChan() {
			if e, ok := event.Object.(*corev1.Event); ok && event.Type == watch.Deleted {
				d.gone.Note("DELETED", e.Reason, fmt.Sprintf("%.1f s after the watch began", time.Since(d.begin).Seconds()))
			}
		}
	})
	return "events, for those that are deleted", nil
}

func (d *steps) record(ctx context.Context) (string, error) {
	for _, reason := range reasons {
		d.about(reason)
	}
	sent, err := d.sink.Take(ctx, len(reasons))
	if err != nil {
		return "", err
	}
	events, err := d.core.Events(d.ns).List(ctx, metav1.ListOptions{})
	if err != nil {
		return "", err
	}
	d.names = map[string]string{}
	for _, e := range events.Items {
		d.names[e.Reason] = e.Name
	}
	return demo.Columns(sent...), nil
}

// about records an event about a pod. There need not be one.
func (d *steps) about(reason string) {
	bert := &corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: d.ns, Name: "bert"}
	d.recorder.Event(bert, corev1.EventTypeNormal, reason, "Paint is like that")
}

// lease asks etcd: nothing in the API says how long an event lives.
func (d *steps) lease(ctx context.Context) (string, error) {
	d.leases = nil
	var rows [][]string
	for _, reason := range reasons {
		lease, err := cluster.EventLease(ctx, d.ns, d.names[reason])
		if errors.Is(err, cluster.ErrNotOurs) {
			return "not known: it stands in etcd, and this cluster's is not for the workbook to open", nil
		}
		if err != nil {
			return "", err
		}
		d.leases = append(d.leases, lease)
		rows = append(rows, []string{reason, fmt.Sprintf("%.0f s granted", lease.Granted.Seconds()), fmt.Sprintf("%.0f s left", lease.Left.Seconds())})
	}
	return "etcd removes what these are about when they end\n" + demo.Columns(rows...), nil
}

// again records one of the two once more, a little later.
func (d *steps) again(ctx context.Context) (string, error) {
	pause := 2 * time.Second
	for _, lease := range d.leases {
		pause = min(pause, lease.Left/3)
	}
	select {
	case <-time.After(pause):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	d.about("PaintDries")
	sent, err := d.sink.Take(ctx, 1)
	return demo.Columns(sent...), err
}

// wait sees the events expire, if that is soon. Nobody sends a DELETE.
func (d *steps) wait(ctx context.Context) (string, error) {
	soon := func(lease cluster.Lease) bool { return lease.Left <= patience }
	if len(d.leases) == 0 || !slices.ContainsFunc(d.leases, soon) {
		return `not here: the events outlive this demo. A cluster that forgets sooner:
EVENT_TTL=10s scripts/embedded-up.sh                        and 1h to have it back
scripts/kind-down.sh; EVENT_TTL=10s scripts/kind-up.sh      the same with kind`, nil
	}
	gone, err := d.gone.Take(ctx, len(reasons))
	return demo.Columns(gone...), err
}

func (d *steps) get(ctx context.Context) (string, error) {
	told, err := demo.Table(ctx, d.core.RESTClient().Get().Namespace(d.ns).Resource("events"))
	return "$ kubectl get events\n" + told, err
}
