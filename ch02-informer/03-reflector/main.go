// Command 03-reflector lets a Reflector bring config maps to a store that only prints
// what it is told: first by list and watch, then by a streamed list, then in vain.
package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/reflector"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch02-reflector", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{core: client.CoreV1(), configMaps: client.CoreV1().ConfigMaps(s.Namespace), ns: s.Namespace, stop: func() {}}
		defer func() { d.stop() }()
		s.Title("Reflector: from the server to a store")
		return s.Play(ctx,
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "list", Do: d.list},
			demo.Step{Verb: "watch", Do: d.watch},
			demo.Step{Verb: "version", Do: d.version},
			demo.Step{Verb: "stream", Do: d.stream},
			demo.Step{Verb: "in vain", Do: d.inVain},
		)
	})
}

type steps struct {
	core       clientcorev1.CoreV1Interface
	configMaps clientcorev1.ConfigMapInterface
	ns         string

	store     journal // of all reflectors, one after the other
	reflector *reflector.Reflector
	stop      func()
}

// journal is a store that keeps nothing: it notes what a reflector tells it.
type journal struct{ demo.Journal }

func (j *journal) Add(obj any) error    { return j.change("Add", obj) }
func (j *journal) Update(obj any) error { return j.change("Update", obj) }
func (j *journal) Delete(obj any) error { return j.change("Delete", obj) }

func (j *journal) change(method string, obj any) error {
	j.Note(method, obj.(*corev1.ConfigMap).Name)
	return nil
}

func (j *journal) Replace(list []any, resourceVersion string) error {
	names := make([]string, len(list))
	for i, obj := range list {
		names[i] = obj.(*corev1.ConfigMap).Name
	}
	slices.Sort(names)
	j.Note("Replace", strings.Join(names, " ")+", resourceVersion="+resourceVersion)
	return nil
}

// Resync is for queues: they tell again what they told. The server isn't asked.
func (j *journal) Resync() error { return nil }

func (d *steps) create(ctx context.Context) (string, error) {
	for _, name := range []string{"bert", "elmo", "ernie"} {
		if err := d.createOne(ctx, name); err != nil {
			return "", err
		}
	}
	return "3 config maps", nil
}

func (d *steps) createOne(ctx context.Context, name string) error {
	cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"street": "sesame"}}}
	_, err := d.configMaps.Create(ctx, cm, metav1.CreateOptions{})
	return err
}

// source returns where a reflector reads from. It notes that a watch begins, since that
// is told to no store.
func (d *steps) source() *reflector.ListWatch {
	source := reflector.NewListWatchForClient(d.configMaps, func(opts *metav1.ListOptions) { opts.LabelSelector = "street=sesame" })
	start := source.WatchFuncWithContext
	source.WatchFuncWithContext = func(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
		w, err := start(ctx, opts)
		if opts.SendInitialEvents == nil {
			d.store.Note("(watch)", "from resourceVersion="+opts.ResourceVersion)
		}
		return w, err
	}
	return source
}

// start ends the reflector before, if there is one, and starts another.
func (d *steps) start(ctx context.Context, source *reflector.ListWatch) {
	d.stop()
	d.reflector = reflector.NewReflectorWithOptions(source, &corev1.ConfigMap{}, &d.store, reflector.ReflectorOptions{})
	d.reflector.WatchErrorHandler = func(_ context.Context, _ *reflector.Reflector, err error) {
		d.store.Note("(error)", err.Error())
	}
	d.stop = demo.Meanwhile(ctx, d.reflector.RunWithContext)
}

// told waits until the store has been told n things.
func (d *steps) told(ctx context.Context, n int) (string, error) {
	calls, err := d.store.Take(ctx, n)
	return demo.Columns(calls...), err
}

// list is what a Reflector did for ten years: everything at once, then the changes.
func (d *steps) list(ctx context.Context) (string, error) {
	source := d.source()
	source.DisableWatchList = true
	d.start(ctx, source)
	return d.told(ctx, 2)
}

func (d *steps) watch(ctx context.Context) (string, error) {
	_, err := d.configMaps.Patch(ctx, "ernie", types.MergePatchType, []byte(`{"data":{"likes":"ducks"}}`), metav1.PatchOptions{})
	if err != nil {
		return "", err
	}
	if err := d.configMaps.Delete(ctx, "bert", metav1.DeleteOptions{}); err != nil {
		return "", err
	}
	if err := d.createOne(ctx, "oscar"); err != nil {
		return "", err
	}
	return d.told(ctx, 3)
}

// version compares where the reflector stands with the object that changed last.
func (d *steps) version(ctx context.Context) (string, error) {
	oscar, err := d.configMaps.Get(ctx, "oscar", metav1.GetOptions{})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("LastSyncResourceVersion is that of oscar, the last change: %t",
		d.reflector.LastSyncResourceVersion() == oscar.ResourceVersion), nil
}

// stream is what it does now: one watch, which begins with everything. The store sees
// no difference.
func (d *steps) stream(ctx context.Context) (string, error) {
	d.start(ctx, d.source())
	told, err := d.told(ctx, 1)
	if err != nil {
		return "", err
	}
	if err := d.createOne(ctx, "bert"); err != nil {
		return "", err
	}
	more, err := d.told(ctx, 1)
	return told + "\n" + more, err
}

// inVain reflects what doesn't exist. The store never hears of it, and whoever waits for
// the first sync waits for ever: only the watch error handler knows why.
func (d *steps) inVain(ctx context.Context) (string, error) {
	d.start(ctx, reflector.NewListWatchFromClient(d.core.RESTClient(), "puppets", d.ns, fields.Everything()))
	defer d.stop()
	return d.told(ctx, 1)
}
