// Command 04-deltafifo puts the same changes into the two queues that informers have
// stood on, DeltaFIFO and RealFIFO, and looks at what comes out. It needs no cluster.
// How the queues are made and emptied, and put into words, is in queues.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

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
