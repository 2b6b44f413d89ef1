// Command 01-fifo adds keys to a queue, takes them out, and shows after each step what the
// queue knows: who waits, who is dirty, who is in work. It needs no cluster.
package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/workqueue"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("FIFO: a key waits once, and is in one hand at a time")
		return s.Play(ctx,
			demo.Step{Verb: "order", Do: order},
			demo.Step{Verb: "twice", Do: twice},
			demo.Step{Verb: "re-add", Do: readd},
			demo.Step{Verb: "wait", Do: wait},
			demo.Step{Verb: "drain", Do: drain},
			demo.Step{Verb: "crowd", Do: crowd},
		)
	})
}

// table is a queue that writes down what is done to it.
type table struct {
	queue *workqueue.Typed[string]
	demo.States
}

func newTable(items ...string) *table {
	t := &table{queue: workqueue.NewTyped[string]()}
	for _, item := range items {
		t.queue.Add(item)
	}
	return t
}

func (t *table) row(did string, remarks ...string) { t.Row(did, t.queue, remarks...) }

func (t *table) add(item string, remarks ...string) {
	t.queue.Add(item)
	t.row("Add("+item+")", remarks...)
}

func (t *table) get() string {
	item, shutdown := t.queue.Get()
	if shutdown {
		t.row("Get() → shutdown")
		return ""
	}
	t.row("Get() → " + item)
	return item
}

func (t *table) done(item string, remarks ...string) {
	t.queue.Done(item)
	t.row("Done("+item+")", remarks...)
}

// order: first in, first out.
func order(context.Context) (string, error) {
	t := newTable()
	t.add("a")
	t.add("b")
	t.add("c")
	first := t.get()
	second := t.get()
	t.done(second, "the second may be done first")
	t.done(first)
	return t.String(), nil
}

// twice: what waits already is not queued again, and keeps its place.
func twice(context.Context) (string, error) {
	t := newTable("a", "b")
	t.row("")
	t.add("a", "no effect")
	t.add("a")
	t.get()
	return t.String(), nil
}

// readd adds a key while it is in work: it is dirty, but nobody else may have it yet.
func readd(context.Context) (string, error) {
	t := newTable("a", "b")
	a := t.get()
	t.add("a", "dirty, and not queued")
	t.add("a")
	t.done(a, "at the end of the queue")
	return t.String(), nil
}

// wait has a worker who finds nothing to do, although a key is dirty: it is in somebody
// else's hand. Done wakes it.
func wait(context.Context) (string, error) {
	t := newTable("a")
	a := t.get()
	woken := make(chan string, 1)
	go func() {
		item, _ := t.queue.Get()
		woken <- item
	}()
	t.row("another worker: Get()", waits(woken))
	t.add("a", waits(woken))
	t.queue.Done(a)
	t.row("Done(a); the other: → "+<-woken, "from hand to hand")
	return t.String(), nil
}

// waits looks for a moment whether something comes.
func waits[T any](news <-chan T) string {
	select {
	case <-news:
		return "doesn't wait"
	case <-time.After(50 * time.Millisecond):
		return "waits"
	}
}

// drain ends a queue that has one key waiting and one in work.
func drain(context.Context) (string, error) {
	t := newTable("a", "b")
	t.get()
	t.queue.ShutDown()
	t.row("ShutDown()")
	t.add("c", "refused")
	b := t.get()
	t.get()
	drained := make(chan struct{})
	go func() {
		t.queue.ShutDownWithDrain()
		close(drained)
	}()
	t.queue.Done(b)
	t.row("Done(b)", "ShutDownWithDrain() "+waits(drained))
	t.queue.Done("a")
	<-drained
	t.row("Done(a)", "ShutDownWithDrain() returns")
	return t.String(), nil
}

// crowd has eight who change things and add their keys, and eight workers who look at
// them. What they find out is what a queue promises.
func crowd(context.Context) (string, error) {
	const people, rounds, keys = 8, 1000, 100
	var (
		queue           = workqueue.NewTyped[int]()
		inHand          [keys]atomic.Int32 // how many workers have it
		changed, seen   [keys]atomic.Int64 // the version it has, and the one a worker saw last
		producers, work sync.WaitGroup
		clashes         atomic.Int64
	)
	for person := range people {
		producers.Go(func() {
			for round := range rounds {
				key := (person + round) % keys
				changed[key].Add(1)
				queue.Add(key)
			}
		})
		work.Go(func() {
			for {
				key, shutdown := queue.Get()
				if shutdown {
					return
				}
				if inHand[key].Add(1) > 1 {
					clashes.Add(1)
				}
				seen[key].Store(changed[key].Load())
				inHand[key].Add(-1)
				queue.Done(key)
			}
		})
	}
	producers.Wait()
	queue.ShutDown()
	work.Wait()
	missed := 0
	for key := range keys {
		if seen[key].Load() != changed[key].Load() {
			missed++
		}
	}
	return fmt.Sprintf("%d changes of %d keys, %d workers at once:\nin two hands at a time: %d; keys whose last change nobody saw: %d",
		people*rounds, keys, people, clashes.Load(), missed), nil
}
