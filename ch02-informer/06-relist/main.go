// Command 06-relist takes from an informer what it lives on: its connection, the past
// that etcd keeps, the API server. Each time its cache and its handler end up right.
package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	err := demo.AloneOnCluster(ctx, out, "ch02-relist", play)
	if errors.Is(err, cluster.ErrNotOurs) {
		fmt.Fprintln(out, "This demo kills the API server: it plays on the workbook's own clusters only.")
		return nil
	}
	return err
}

func play(ctx context.Context, s *demo.Stage) error {
	writer, err := kubernetes.NewForConfig(s.Config)
	if err != nil {
		return err
	}
	d := &steps{configMaps: writer.CoreV1().ConfigMaps(s.Namespace), cable: newCable(), stop: func() {}}
	defer func() { d.stop() }()
	reader, err := kubernetes.NewForConfig(d.cable.connect(s.Config))
	if err != nil {
		return err
	}
	d.informer = informer.NewSharedIndexInformerWithOptions(d.source(reader.CoreV1().ConfigMaps(s.Namespace)),
		&corev1.ConfigMap{}, informer.SharedIndexInformerOptions{})
	s.Title("Relist: what a cache does when nobody can tell it the changes")
	return s.Play(ctx,
		demo.Step{Verb: "create", Do: d.create},
		demo.Step{Verb: "sync", Do: d.sync},
		demo.Step{Verb: "patch", Do: d.patchOne},
		demo.Step{Verb: "cut", Do: d.cut},
		demo.Step{Verb: "compact", Do: d.compact},
		demo.Step{Verb: "restart", Do: d.restart},
		demo.Step{Verb: "compare", Do: d.compare},
	)
}

type steps struct {
	configMaps clientcorev1.ConfigMapInterface // without the cable
	cable      *cable
	informer   informer.SharedIndexInformer
	journal    demo.Journal // of what the handler is told, and of watches
	stop       func()
}

const street = "street=sesame"

// source lists and watches, the way in which a relist can be seen as one; 07-watchlist
// has the other. It notes where a watch begins, and if the server ends it with an error.
func (d *steps) source(configMaps clientcorev1.ConfigMapInterface) *reflector.ListWatch {
	source := reflector.NewListWatchForClient(configMaps, func(opts *metav1.ListOptions) { opts.LabelSelector = street })
	source.DisableWatchList = true
	start := source.WatchFuncWithContext
	source.WatchFuncWithContext = func(ctx context.Context, opts metav1.ListOptions) (watch.Interface, error) {
		w, err := start(ctx, opts)
		if err != nil {
			return nil, err
		}
		d.journal.Note("(watch)", "from resourceVersion="+opts.ResourceVersion)
		return watch.Filter(w, func(event watch.Event) (watch.Event, bool) {
			if event.Type == watch.Error {
				if status, ok := event.Object.(*metav1.Status); ok {
					d.journal.Note("(error)", fmt.Sprintf("%d %s", status.Code, status.Reason))
				}
			}
			return event, true
		}), nil
	}
	return source
}

func (d *steps) create(ctx context.Context) (string, error) {
	for _, name := range []string{"bert", "elmo", "ernie", "oscar"} {
		if err := d.createOne(ctx, name, "cookies"); err != nil {
			return "", err
		}
	}
	return "4 config maps", nil
}

func (d *steps) sync(ctx context.Context) (string, error) {
	if _, err := d.informer.AddEventHandler(d.handler()); err != nil {
		return "", err
	}
	d.stop = demo.Meanwhile(ctx, d.informer.RunWithContext)
	return d.told(ctx, 5)
}

func (d *steps) handler() informer.ResourceEventHandler {
	return informer.ResourceEventHandlerFuncs{
		AddFunc: func(obj any) { d.journal.Note("OnAdd", name(obj), "likes "+likes(obj)) },
		UpdateFunc: func(oldObj, newObj any) {
			change := likes(oldObj) + " → " + likes(newObj)
			if uid(oldObj) != uid(newObj) {
				change += ", and is another object: its UID differs"
			}
			d.journal.Note("OnUpdate", name(newObj), "likes "+change)
		},
		DeleteFunc: func(obj any) {
			tombstone, missed := obj.(store.DeletedFinalStateUnknown)
			if missed {
				d.journal.Note("OnDelete", name(obj), "DeletedFinalStateUnknown: it liked "+likes(tombstone.Obj)+" when last seen")
				return
			}
			d.journal.Note("OnDelete", name(obj), "liked "+likes(obj))
		},
	}
}

// told waits for n notes, and tells first what the reflector went through, then what the
// handler was told of it. The two come from different goroutines.
func (d *steps) told(ctx context.Context, n int) (string, error) {
	notes, err := d.journal.Take(ctx, n)
	slices.SortStableFunc(notes, func(a, b []string) int { return cmp.Compare(station(a), station(b)) })
	return demo.Columns(notes...), err
}

func station(note []string) int {
	if strings.HasPrefix(note[0], "(") {
		return 0
	}
	return 1
}

// patchOne shows that the watch works.
func (d *steps) patchOne(ctx context.Context) (string, error) {
	if err := d.patch(ctx, "ernie", "ducks"); err != nil {
		return "", err
	}
	return d.told(ctx, 1)
}

// cut breaks the connection. The next watch begins where the last one was, and the
// server tells what came after it.
func (d *steps) cut(ctx context.Context) (string, error) {
	return d.unplugged(ctx, "the connection; meanwhile ernie changes twice, oscar is deleted", 4, func() error {
		return errors.Join(d.patch(ctx, "ernie", "baths"), d.patch(ctx, "ernie", "naps"), d.delete(ctx, "oscar"))
	})
}

// compact makes etcd forget what the watch has not seen yet. The API server has it in
// memory: the watch goes on all the same.
func (d *steps) compact(ctx context.Context) (string, error) {
	return d.unplugged(ctx, "etcd while the connection is cut; bert has changed just before", 2, func() error {
		return errors.Join(d.patch(ctx, "bert", "pigeons"), cluster.CompactEtcd(ctx))
	})
}

// restart takes that memory too. Now nobody knows what happened after the last event:
// 410 Gone. The informer lists, and finds out what differs.
func (d *steps) restart(ctx context.Context) (string, error) {
	return d.unplugged(ctx, "the API server, after a compaction, while the connection is cut;\n"+
		"ernie changes twice, bert goes, elmo is made anew, grover comes", 7, func() error {
		return errors.Join(
			d.patch(ctx, "ernie", "soap"), d.patch(ctx, "ernie", "saxophones"),
			d.delete(ctx, "bert"),
			d.delete(ctx, "elmo"), d.createOne(ctx, "elmo", "goldfish"),
			d.createOne(ctx, "grover", "flying"),
			cluster.CompactEtcd(ctx), cluster.RestartAPIServer(ctx),
		)
	})
}

// unplugged does something while the informer is cut off, connects it again, and waits
// for n notes. What it does is told in words.
func (d *steps) unplugged(ctx context.Context, words string, n int, do func() error) (string, error) {
	d.cable.unplug()
	err := do()
	d.cable.plug()
	if err != nil {
		return "", err
	}
	told, err := d.told(ctx, n)
	return words + "\n" + told, err
}

// compare holds the cache against a list.
func (d *steps) compare(ctx context.Context) (string, error) {
	list, err := d.configMaps.List(ctx, metav1.ListOptions{LabelSelector: street})
	if err != nil {
		return "", err
	}
	equal := len(list.Items) == len(d.informer.GetStore().ListKeys())
	for i := range list.Items {
		cached, _, err := d.informer.GetStore().Get(&list.Items[i])
		if err != nil {
			return "", err
		}
		equal = equal && equality.Semantic.DeepEqual(cached, &list.Items[i])
	}
	return fmt.Sprintf("the cache is the server's state, %d config maps: %t", len(list.Items), equal), nil
}

func (d *steps) createOne(ctx context.Context, name, likes string) error {
	_, err := d.configMaps.Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"street": "sesame"}},
		Data:       map[string]string{"likes": likes},
	}, metav1.CreateOptions{})
	return err
}

func (d *steps) patch(ctx context.Context, name, likes string) error {
	patch := fmt.Appendf(nil, `{"data":{"likes":%q}}`, likes)
	_, err := d.configMaps.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

func (d *steps) delete(ctx context.Context, name string) error {
	return d.configMaps.Delete(ctx, name, metav1.DeleteOptions{})
}

func name(obj any) string {
	object, err := store.DeletionHandlingObjectToName(obj)
	if err != nil {
		return err.Error()
	}
	return object.Name
}

func likes(obj any) string { return obj.(*corev1.ConfigMap).Data["likes"] }

func uid(obj any) types.UID { return obj.(*corev1.ConfigMap).UID }
