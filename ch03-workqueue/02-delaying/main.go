// Command 02-delaying adds keys for later, and shows when they come. It needs no cluster.
// The first column is the time since the step began.
package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/workqueue"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("Delaying: what is added for later comes when it is due, once")
		return s.Play(ctx,
			demo.Step{Verb: "later", Do: later},
			demo.Step{Verb: "earlier", Do: earlier},
			demo.Step{Verb: "news", Do: news},
			demo.Step{Verb: "in work", Do: inWork},
			demo.Step{Verb: "end", Do: end},
		)
	})
}

// table is a queue that writes down what is done to it, and when.
type table struct {
	queue workqueue.TypedDelayingInterface[string]
	start time.Time
	demo.States
}

func newTable(columns ...string) *table {
	return &table{workqueue.NewTypedDelayingQueue[string](), time.Now(), demo.States{Columns: columns, Precision: precision}}
}

// precision of the times that are shown: a timer of a busy machine may be late.
const precision = 20 * time.Millisecond

func (t *table) row(did string, remarks ...string) {
	since := time.Since(t.start).Round(precision)
	t.Row(fmt.Sprintf("%5s  %s", since, did), t.queue, remarks...)
}

func (t *table) addAfter(item string, ms int, remarks ...string) {
	t.queue.AddAfter(item, time.Duration(ms)*time.Millisecond)
	t.row(fmt.Sprintf("AddAfter(%s, %dms)", item, ms), remarks...)
}

func (t *table) add(item string, remarks ...string) {
	t.queue.Add(item)
	t.row("Add("+item+")", remarks...)
}

// get waits for the next item. The worker is done with it at once.
func (t *table) get(remarks ...string) {
	item, shutdown := t.queue.Get()
	if shutdown {
		t.row("Get() → shutdown", remarks...)
		return
	}
	t.queue.Done(item)
	t.row("Get() → "+item+", Done", remarks...)
}

// later: items come in the order of their times. Nobody waits but who calls Get.
func later(context.Context) (string, error) {
	t := newTable("waiting", "queue")
	defer t.queue.ShutDown()
	t.addAfter("a", 300)
	t.addAfter("b", 100)
	t.addAfter("c", 0, "is Add(c)")
	t.get()
	t.get()
	t.get()
	return t.String(), nil
}

// earlier: an item that waits twice comes once, at the earlier time.
func earlier(context.Context) (string, error) {
	t := newTable("waiting", "queue")
	defer t.queue.ShutDown()
	t.addAfter("a", 300)
	t.addAfter("a", 100, "earlier")
	t.addAfter("a", 500, "no effect")
	t.get()
	return t.String(), nil
}

// news: Add doesn't wait for anybody, and doesn't take back what was added for later.
func news(context.Context) (string, error) {
	t := newTable("waiting", "queue")
	defer t.queue.ShutDown()
	t.addAfter("a", 200)
	t.add("a", "somebody has news of it")
	t.get()
	t.get("and once more")
	return t.String(), nil
}

// inWork: an item that is due while somebody has it is dirty until it is done, as after Add.
func inWork(context.Context) (string, error) {
	t := newTable("waiting", "queue", "dirty", "processing")
	defer t.queue.ShutDown()
	t.add("a")
	a, _ := t.queue.Get()
	t.row("Get() → a")
	t.addAfter("a", 100)
	time.Sleep(160 * time.Millisecond)
	t.row("", "it was due meanwhile")
	t.queue.Done(a)
	t.row("Done(a)")
	return t.String(), nil
}

// end: what waits when the queue is shut down is never added.
func end(context.Context) (string, error) {
	t := newTable("waiting", "queue")
	t.add("a")
	t.addAfter("b", 100)
	t.queue.ShutDown()
	t.row("ShutDown()", "b is dropped")
	t.get("what is queued still comes")
	t.get()
	return t.String(), nil
}
