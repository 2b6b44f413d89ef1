// Command 04-deltafifo puts the same changes into the two queues that informers have
// stood on, DeltaFIFO and RealFIFO, and looks at what comes out. It needs no cluster.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("DeltaFIFO keeps a line for each object, RealFIFO one for all")
		return s.Play(ctx,
			demo.Step{Verb: "changes", Do: tenChanges},
			demo.Step{Verb: "order", Do: order},
			demo.Step{Verb: "batches", Do: batches},
			demo.Step{Verb: "replace", Do: replace},
			demo.Step{Verb: "resync", Do: resync},
			demo.Step{Verb: "synced", Do: synced},
		)
	})
}

// configMap is an object of which only name and resourceVersion matter.
func configMap(name, version string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: version}}
}

// queue is one of the two, and its name.
type queue struct {
	fifo.Queue
	name string
}

// newQueues returns both queues, set up as informers do. DeltaFIFO looks into its
// consumer's store; RealFIFO leaves that to the consumer.
func newQueues(known fifo.KeyListerGetter) []queue {
	return []queue{
		{fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KnownObjects: known, EmitDeltaTypeReplaced: true}), "DeltaFIFO"},
		{fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true}), "RealFIFO"},
	}
}

// onBoth does the same to both queues, and tells what each Pop takes out of them.
func onBoth(known fifo.KeyListerGetter, do func(fifo.Queue) error) (string, error) {
	var rows [][]string
	for _, q := range newQueues(known) {
		if err := do(q); err != nil {
			return "", err
		}
		popped, err := popAll(q)
		if err != nil {
			return "", err
		}
		for i, deltas := range popped {
			rows = append(rows, []string{onlyFirst(q.name, i), fmt.Sprintf("pop %d", i+1), describe(deltas)})
		}
	}
	return demo.Columns(rows...), nil
}

func onlyFirst(name string, i int) string {
	if i > 0 {
		return ""
	}
	return name
}

// popAll closes the queue, and pops what is in it: that is still possible.
func popAll(q fifo.Queue) ([]fifo.Deltas, error) {
	q.Close()
	var all []fifo.Deltas
	for {
		popped, err := q.Pop(func(any, bool) error { return nil })
		if errors.Is(err, fifo.ErrFIFOClosed) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, popped.(fifo.Deltas))
	}
}

// describe tells deltas as "Added ernie@1, Updated ernie@2 ernie@3".
func describe(deltas fifo.Deltas) string {
	var told strings.Builder
	var last fifo.DeltaType
	for i, d := range deltas {
		switch {
		case i == 0:
			told.WriteString(string(d.Type))
		case d.Type != last:
			told.WriteString(", " + string(d.Type))
		}
		told.WriteString(" " + object(d.Object))
		last = d.Type
	}
	return told.String()
}

func object(obj any) string {
	switch obj := obj.(type) {
	case *corev1.ConfigMap:
		return obj.Name + "@" + obj.ResourceVersion
	case store.DeletedFinalStateUnknown:
		return "tombstone of " + object(obj.Obj)
	case fifo.ReplacedAllInfo:
		var all []string
		for _, o := range obj.Objects {
			all = append(all, object(o))
		}
		return fmt.Sprintf("(%s) at %s", strings.Join(all, " "), obj.ResourceVersion)
	case fifo.SyncAllInfo:
		return "(whatever the consumer knows)"
	}
	return fmt.Sprintf("%T", obj)
}

// tenChanges come to one object before anybody pops. The last two are one deletion: the
// watch told it, and so did a list.
func tenChanges(context.Context) (string, error) {
	told, err := onBoth(nil, func(q fifo.Queue) error {
		errs := []error{q.Add(configMap("ernie", "1"))}
		for version := 2; version <= 8; version++ {
			errs = append(errs, q.Update(configMap("ernie", fmt.Sprint(version))))
		}
		gone := configMap("ernie", "9")
		errs = append(errs, q.Delete(gone), q.Delete(gone))
		return errors.Join(errs...)
	})
	return "one object: created, seven times updated, its deletion told twice\n" + told, err
}

// history is what happens to three objects, in the server's order.
var history = []fifo.Delta{
	{Type: fifo.Added, Object: configMap("ernie", "1")},
	{Type: fifo.Added, Object: configMap("bert", "2")},
	{Type: fifo.Updated, Object: configMap("ernie", "3")},
	{Type: fifo.Deleted, Object: configMap("bert", "4")},
	{Type: fifo.Added, Object: configMap("oscar", "5")},
	{Type: fifo.Updated, Object: configMap("ernie", "6")},
}

func queueHistory(q fifo.Queue) error {
	for _, d := range history {
		if err := apply(q, d); err != nil {
			return err
		}
	}
	return nil
}

// order follows a consumer's store from change to change, and asks of each state
// whether the server was ever in it.
func order(context.Context) (string, error) {
	server := store.NewStore(store.MetaNamespaceKeyFunc)
	var was []string
	for _, d := range history {
		if err := apply(server, d); err != nil {
			return "", err
		}
		was = append(was, state(server))
	}

	rows := [][]string{{"", "applied", "then the store has", "had the server?"}}
	for _, q := range newQueues(nil) {
		if err := queueHistory(q); err != nil {
			return "", err
		}
		popped, err := popAll(q)
		if err != nil {
			return "", err
		}
		local := store.NewStore(store.MetaNamespaceKeyFunc)
		for i, d := range slices.Concat(popped...) {
			if err := apply(local, d); err != nil {
				return "", err
			}
			now, had := state(local), "never"
			if slices.Contains(was, now) {
				had = "yes"
			}
			rows = append(rows, []string{onlyFirst(q.name, i), describe(fifo.Deltas{d}), now, had})
		}
	}
	return demo.Columns(rows...), nil
}

// changeable is what a queue and a store have in common.
type changeable interface {
	Add(any) error
	Update(any) error
	Delete(any) error
}

func apply(to changeable, d fifo.Delta) error {
	switch d.Type {
	case fifo.Added:
		return to.Add(d.Object)
	case fifo.Updated:
		return to.Update(d.Object)
	default:
		return to.Delete(d.Object)
	}
}

func state(s store.Store) string {
	var all []string
	for _, obj := range s.List() {
		all = append(all, object(obj))
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

// batches are how informers pop: as much at once as names no object twice, so that one
// transaction takes it into the store.
func batches(context.Context) (string, error) {
	queue := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true})
	if err := queueHistory(queue); err != nil {
		return "", err
	}
	queue.Close()
	var rows [][]string
	note := func(deltas fifo.Deltas) error {
		rows = append(rows, []string{onlyFirst("RealFIFO", len(rows)), fmt.Sprintf("batch %d", len(rows)+1), describe(deltas)})
		return nil
	}
	for {
		err := queue.PopBatch(
			func(deltas []fifo.Delta, _ bool) error { return note(deltas) },
			func(one any, _ bool) error { return note(one.(fifo.Deltas)) },
		)
		if errors.Is(err, fifo.ErrFIFOClosed) {
			return demo.Columns(rows...), nil
		}
		if err != nil {
			return "", err
		}
	}
}

// known returns what a consumer has: ernie and bert.
func known() (store.Store, error) {
	s := store.NewStore(store.MetaNamespaceKeyFunc)
	return s, s.Replace([]any{configMap("ernie", "1"), configMap("bert", "2")}, "2")
}

// replace is what a list does: bert is known and not in it.
func replace(context.Context) (string, error) {
	s, err := known()
	if err != nil {
		return "", err
	}
	told, err := onBoth(s, func(q fifo.Queue) error {
		return q.Replace([]any{configMap("ernie", "5"), configMap("oscar", "6")}, "7")
	})
	return "the store has ernie@1 bert@2, a list says ernie@5 oscar@6\n" + told, err
}

// resync tells again what is known, but not before news that wait already.
func resync(context.Context) (string, error) {
	s, err := known()
	if err != nil {
		return "", err
	}
	told, err := onBoth(s, func(q fifo.Queue) error {
		return errors.Join(q.Update(configMap("ernie", "5")), q.Resync())
	})
	return "the store has ernie@1 bert@2, ernie@5 is queued, then comes a resync\n" + told, err
}

// synced says when HasSynced is true: when the first list is processed, not when it is
// queued.
func synced(context.Context) (string, error) {
	rows := [][]string{{"", "new", "list queued", ""}}
	for _, q := range newQueues(nil) {
		row := []string{q.name, fmt.Sprint(q.HasSynced())}
		if err := q.Replace([]any{configMap("ernie", "1"), configMap("bert", "2")}, "2"); err != nil {
			return "", err
		}
		row = append(row, fmt.Sprint(q.HasSynced()))
		for n := 1; !q.HasSynced(); n++ {
			if _, err := q.Pop(func(any, bool) error { return nil }); err != nil {
				return "", err
			}
			row = append(row, fmt.Sprintf("pop %d: %t", n, q.HasSynced()))
		}
		rows = append(rows, row)
	}
	return demo.Columns(rows...), nil
}
