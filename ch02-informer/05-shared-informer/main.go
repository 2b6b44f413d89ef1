// Command 05-shared-informer has one informer and several handlers: one that is stuck,
// one that comes late, one that wants everything again and again, one that leaves.
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
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	listerscorev1 "client-go-workbook/lib/listers/core/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch02-shared", func(ctx context.Context, s *demo.Stage) error {
		client, err := kubernetes.NewForConfig(s.Config)
		if err != nil {
			return err
		}
		d := &steps{configMaps: client.CoreV1().ConfigMaps(s.Namespace), ns: s.Namespace, gate: make(chan struct{}), stop: func() {}}
		source := reflector.NewListWatchForClient(d.configMaps, func(opts *metav1.ListOptions) { opts.LabelSelector = "street=sesame" })
		d.informer = informer.NewSharedIndexInformerWithOptions(source, &corev1.ConfigMap{},
			informer.SharedIndexInformerOptions{ResyncPeriod: time.Second})

		s.Title("SharedInformer: one cache, many handlers")
		defer func() { d.stop() }()
		return s.Play(ctx,
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "start", Do: d.start},
			demo.Step{Verb: "patch", Do: d.patch},
			demo.Step{Verb: "unstick", Do: d.unstick},
			demo.Step{Verb: "late", Do: d.late},
			demo.Step{Verb: "lister", Do: d.lister},
			demo.Step{Verb: "resync", Do: d.resync},
			demo.Step{Verb: "leave", Do: d.leave},
			demo.Step{Verb: "delete", Do: d.delete},
		)
	})
}

type steps struct {
	configMaps clientcorev1.ConfigMapInterface
	ns         string
	informer   informer.SharedIndexInformer
	stop       func()

	fast, slow, lateComer handler
	gate                  chan struct{} // closed when slow may go on
}

// handler notes what it is told.
type handler struct {
	demo.Journal
	registration informer.ResourceEventHandlerRegistration

	wait func() // before each note, if it is set
	last any    // the object of the last call; read after it was noted
}

func (h *handler) OnAdd(obj any, isInInitialList bool) {
	when := "news"
	if isInInitialList {
		when = "was there before"
	}
	h.note(obj, "OnAdd", name(obj), when)
}

func (h *handler) OnUpdate(oldObj, newObj any) {
	change := "likes " + likes(oldObj) + " → " + likes(newObj)
	if oldObj == newObj {
		change = "the same as before"
	}
	h.note(newObj, "OnUpdate", name(newObj), change)
}

func (h *handler) OnDelete(obj any) { h.note(obj, "OnDelete", name(obj)) }

func (h *handler) note(obj any, cells ...string) {
	if h.wait != nil {
		h.wait()
	}
	h.last = obj
	h.Note(cells...)
}

func name(obj any) string {
	object, err := store.DeletionHandlingObjectToName(obj)
	if err != nil {
		return err.Error()
	}
	return object.Name
}

func likes(obj any) string { return obj.(*corev1.ConfigMap).Data["likes"] }

// told waits for n calls of the handler, and tells them in its column.
func (h *handler) told(ctx context.Context, who string, n int) ([][]string, error) {
	calls, err := h.Take(ctx, n)
	for i, call := range calls {
		calls[i] = append([]string{who}, call...)
	}
	return calls, err
}

func (d *steps) create(ctx context.Context) (string, error) {
	for _, name := range []string{"bert", "ernie"} {
		_, err := d.configMaps.Create(ctx, &corev1.ConfigMap{
			ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"street": "sesame"}},
			Data:       map[string]string{"likes": "cookies"},
		}, metav1.CreateOptions{})
		if err != nil {
			return "", err
		}
	}
	return "2 config maps", nil
}

// start has two handlers from the beginning, which both want no resync. Slow is stuck
// in its first call.
func (d *steps) start(ctx context.Context) (_ string, err error) {
	d.slow.wait = func() {
		select {
		case <-d.gate:
		case <-ctx.Done():
		}
	}
	for _, h := range []*handler{&d.fast, &d.slow} {
		h.registration, err = d.informer.AddEventHandlerWithResyncPeriod(h, 0)
		if err != nil {
			return "", err
		}
	}
	d.stop = demo.Meanwhile(ctx, d.informer.RunWithContext)
	if !informer.WaitFor(ctx, "", d.fast.registration.HasSyncedChecker()) {
		return "", ctx.Err()
	}
	calls, err := d.fast.told(ctx, "fast", 2)
	slices.SortFunc(calls, slices.Compare) // a list has no order
	return demo.Columns(append(calls, []string{"slow", "is stuck in its first call"})...) +
		fmt.Sprintf("\nsynced: informer %t, fast %t, slow %t",
			d.informer.HasSynced(), d.fast.registration.HasSynced(), d.slow.registration.HasSynced()), err
}

func (d *steps) patch(ctx context.Context) (string, error) {
	for _, likes := range []string{"ducks", "baths", "naps"} {
		if err := d.patchErnie(ctx, likes); err != nil {
			return "", err
		}
	}
	calls, err := d.fast.told(ctx, "fast", 3)
	return demo.Columns(append(calls, []string{"slow", "is stuck in its first call"})...), err
}

func (d *steps) patchErnie(ctx context.Context, likes string) error {
	patch := fmt.Appendf(nil, `{"data":{"likes":%q}}`, likes)
	_, err := d.configMaps.Patch(ctx, "ernie", types.MergePatchType, patch, metav1.PatchOptions{})
	return err
}

// unstick opens the gate. Everything has waited in slow's own buffer.
func (d *steps) unstick(ctx context.Context) (string, error) {
	close(d.gate)
	calls, err := d.slow.told(ctx, "slow", 5)
	if err == nil {
		slices.SortFunc(calls[:2], slices.Compare) // a list has no order
	}
	return demo.Columns(calls...), err
}

// late joins when everything has happened. It is told the present, not the past.
func (d *steps) late(ctx context.Context) (_ string, err error) {
	d.lateComer.registration, err = d.informer.AddEventHandlerWithResyncPeriod(&d.lateComer, 0)
	if err != nil {
		return "", err
	}
	calls, err := d.lateComer.told(ctx, "late", 2)
	slices.SortFunc(calls, slices.Compare) // nor has a store
	return demo.Columns(calls...), err
}

// lister reads the cache: no request. What it returns is not a copy.
func (d *steps) lister(context.Context) (string, error) {
	configMaps := listerscorev1.NewConfigMapLister(d.informer.GetIndexer())
	ernie, err := configMaps.ConfigMaps(d.ns).Get("ernie")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("ernie likes %s\nthe very object that fast was given: %t; slow too: %t",
		likes(ernie), d.fast.last == any(ernie), d.slow.last == any(ernie)), nil
}

// resync adds a handler that has the informer's resync period, a second.
func (d *steps) resync(ctx context.Context) (string, error) {
	var eager handler
	registration, err := d.informer.AddEventHandler(&eager)
	if err != nil {
		return "", err
	}
	calls, err := eager.told(ctx, "eager", 4)
	if err != nil {
		return "", err
	}
	if err := informer.ShutDownEventHandler(d.informer, registration); err != nil {
		return "", err
	}
	calls = calls[:4] // the next resync may have come already
	slices.SortFunc(calls, slices.Compare)
	quiet, err := d.fast.Take(ctx, 0)
	return demo.Columns(calls...) + fmt.Sprintf("\nfast, which wants none, was called %d times", len(quiet)), err
}

func (d *steps) leave(ctx context.Context) (string, error) {
	if err := informer.ShutDownEventHandler(d.informer, d.fast.registration); err != nil {
		return "", err
	}
	return "fast has left", nil
}

func (d *steps) delete(ctx context.Context) (string, error) {
	if err := d.configMaps.Delete(ctx, "bert", metav1.DeleteOptions{}); err != nil {
		return "", err
	}
	slow, err1 := d.slow.told(ctx, "slow", 1)
	late, err2 := d.lateComer.told(ctx, "late", 1)
	fast, err3 := d.fast.Take(ctx, 0)
	return demo.Columns(append(slow, late...)...) + fmt.Sprintf("\nfast was called %d times", len(fast)), errors.Join(err1, err2, err3)
}
