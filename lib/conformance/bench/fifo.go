package main

import (
	"context"
	"fmt"
	"sync"

	"k8s.io/client-go/tools/cache"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// queue is what a producer and a consumer do with either FIFO.
type queue struct {
	add func(obj any) error
	pop func() (popped int, err error) // at least one change; waits for it
}

func theirDeltaFIFO() queue {
	q := cache.NewDeltaFIFOWithOptions(cache.DeltaFIFOOptions{KeyFunction: cache.MetaNamespaceKeyFunc, KnownObjects: cache.NewStore(cache.MetaNamespaceKeyFunc)})
	popped := 0
	process := func(obj any, _ bool) error { popped = len(obj.(cache.Deltas)); return nil }
	return queue{q.Add, func() (int, error) { _, err := q.Pop(process); return popped, err }}
}

func ourDeltaFIFO() queue {
	q := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: store.MetaNamespaceKeyFunc, KnownObjects: store.NewStore(store.MetaNamespaceKeyFunc)})
	popped := 0
	process := func(obj any, _ bool) error { popped = len(obj.(fifo.Deltas)); return nil }
	return queue{q.Add, func() (int, error) { _, err := q.Pop(process); return popped, err }}
}

// The RealFIFOs are as an informer has them.
func theirRealFIFO() queue {
	q := cache.NewRealFIFOWithOptions(cache.RealFIFOOptions{KeyFunction: cache.MetaNamespaceKeyFunc, AtomicEvents: true, UnlockWhileProcessing: true, EmitDeltaTypeBookmark: true})
	popped := 0
	one := func(obj any, _ bool) error { popped = len(obj.(cache.Deltas)); return nil }
	many := func(deltas []cache.Delta, _ bool) error { popped = len(deltas); return nil }
	return queue{q.Add, func() (int, error) { err := q.PopBatch(many, one); return popped, err }}
}

func ourRealFIFO() queue {
	q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{KeyFunction: store.MetaNamespaceKeyFunc, AtomicEvents: true, UnlockWhileProcessing: true, EmitDeltaTypeBookmark: true})
	popped := 0
	one := func(obj any, _ bool) error { popped = len(obj.(fifo.Deltas)); return nil }
	many := func(deltas []fifo.Delta, _ bool) error { popped = len(deltas); return nil }
	return queue{q.Add, func() (int, error) { err := q.PopBatch(many, one); return popped, err }}
}

// Two ways to pass n changes through a queue.
var passages = []struct {
	name string
	pass func(q queue, changes []any, n int)
}{
	{"add, then pop", func(q queue, changes []any, n int) {
		add(q, changes, n)
		pop(q, n)
	}},
	{"add beside pop", func(q queue, changes []any, n int) {
		var wg sync.WaitGroup
		wg.Go(func() { add(q, changes, n) })
		pop(q, n)
		wg.Wait()
	}},
}

func add(q queue, changes []any, n int) {
	for i := range n {
		must(q.add(changes[i%len(changes)]))
	}
}

func pop(q queue, n int) {
	for n > 0 {
		popped, err := q.pop()
		must(err)
		n -= popped
	}
}

func fifoExperiments(s scale) (out []experiment) {
	for _, kind := range []struct {
		name         string
		theirs, ours func() queue
	}{
		{"DeltaFIFO", theirDeltaFIFO, ourDeltaFIFO},
		{"RealFIFO in batches", theirRealFIFO, ourRealFIFO},
	} {
		for _, passage := range passages {
			out = append(out, experiment{
				metrics: []metric{{fmt.Sprintf("%s, %s, %s changes", kind.name, passage.name, short(s.changes)), perOperation, noWorse}},
				rounds:  s.rounds,
				prepare: func(context.Context, *servers) (pair, error) {
					changes := newPopulation(s.changes).pods
					passing := func(newQueue func() queue) contender {
						return timed(s.slice, s.changes, func(n int) {
							for range n / s.changes {
								passage.pass(newQueue(), changes, s.changes)
							}
						})
					}
					return pair{theirs: passing(kind.theirs), ours: passing(kind.ours)}, nil
				},
			})
		}
	}
	return out
}
