// Command 03-ratelimiting has workers fail, and shows how long the queue makes each item wait
// until its next try. It needs no cluster. The first column is the time since the step began.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/workqueue"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("Rate limiting: who fails waits, longer each time, and nobody else does")
		return s.Play(ctx,
			demo.Step{Verb: "retry", Do: retry},
			demo.Step{Verb: "others", Do: others},
			demo.Step{Verb: "news", Do: news},
			demo.Step{Verb: "give up", Do: giveUp},
			demo.Step{Verb: "storm", Do: storm},
		)
	})
}

// table is a queue and a worker who writes down what it does, and when.
type table struct {
	queue workqueue.TypedRateLimitingInterface[string]
	start time.Time
	demo.States

	failures    map[string]int // how often an item will fail
	maxFailures int            // after which the worker gives up; 0: never
}

// newTable has a queue that makes an item wait for 40ms, then twice as long each time.
func newTable(failures map[string]int) *table {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](40*time.Millisecond, time.Minute)
	return &table{
		queue: workqueue.NewTypedRateLimitingQueue(limiter), start: time.Now(), failures: failures,
		States: demo.States{Columns: []string{"failures", "waiting", "queue"}, Precision: precision},
	}
}

func (t *table) add(item string, remarks ...string) {
	t.queue.Add(item)
	t.row("Add("+item+")", remarks...)
}

// work is what every worker of a controller does with every item.
func (t *table) work() {
	item, shutdown := t.queue.Get()
	if shutdown {
		return
	}
	defer t.queue.Done(item)
	switch err := t.reconcile(item); {
	case err == nil:
		t.queue.Forget(item)
		t.row(item+": ok", "Forget")
	case t.maxFailures > 0 && t.queue.NumRequeues(item) >= t.maxFailures:
		t.queue.Forget(item)
		t.row(item+": "+err.Error(), "Forget: given up")
	default:
		t.queue.AddRateLimited(item)
		t.row(item+": "+err.Error(), "AddRateLimited")
	}
}

var errNoAnswer = errors.New("no answer")

// reconcile is what a controller is about. This one fails as often as it was told to.
func (t *table) reconcile(item string) error {
	if t.failures[item] == 0 {
		return nil
	}
	t.failures[item]--
	return errNoAnswer
}

// precision of the times that are shown: a timer of a busy machine may be late.
const precision = 20 * time.Millisecond

func (t *table) row(did string, remarks ...string) {
	since := time.Since(t.start).Round(precision)
	t.Row(fmt.Sprintf("%5s  %s", since, did), t.queue, remarks...)
}

// retry: each failure doubles the wait, until a success.
func retry(context.Context) (string, error) {
	t := newTable(map[string]int{"web": 4})
	defer t.queue.ShutDown()
	t.add("web")
	for range 5 {
		t.work()
	}
	return t.String(), nil
}

// others: an item that fails holds up no other.
func others(context.Context) (string, error) {
	t := newTable(map[string]int{"web": 2, "db": 1})
	defer t.queue.ShutDown()
	t.add("web")
	t.work()
	time.Sleep(precision)
	t.add("db")
	for range 4 {
		t.work()
	}
	return t.String(), nil
}

// news: who waits for its next try is tried at once if somebody adds it. The try that was due
// comes all the same.
func news(context.Context) (string, error) {
	t := newTable(map[string]int{"web": 1})
	defer t.queue.ShutDown()
	t.add("web")
	t.work()
	t.add("web", "somebody has news of it")
	t.work()
	t.work()
	return t.String(), nil
}

// giveUp: NumRequeues says when it is enough.
func giveUp(context.Context) (string, error) {
	t := newTable(map[string]int{"web": 100})
	defer t.queue.ShutDown()
	t.maxFailures = 3
	t.add("web")
	for range 4 {
		t.work()
	}
	return t.String(), nil
}

// storm: 40 items fail at once, as if a server were away. The bucket lets ten of them come back at
// once, and 50 a second from then on.
func storm(context.Context) (string, error) {
	limiter := workqueue.NewTypedMaxOfRateLimiter(
		workqueue.NewTypedItemExponentialFailureRateLimiter[int](5*time.Millisecond, time.Minute),
		&workqueue.TypedBucketRateLimiter[int]{Limiter: rate.NewLimiter(50, 10)},
	)
	queue := workqueue.NewTypedRateLimitingQueue(limiter)
	defer queue.ShutDown()
	const items, bin = 40, 100 * time.Millisecond
	start := time.Now()
	for item := range items {
		queue.AddRateLimited(item)
	}
	var back []int // in each bin of time
	for range items {
		item, _ := queue.Get()
		queue.Done(item)
		for n := int(time.Since(start) / bin); len(back) <= n; {
			back = append(back, 0)
		}
		back[len(back)-1]++
	}
	rows := [][]string{{"40 failures in one moment come back"}}
	for i, n := range back {
		rows = append(rows, []string{fmt.Sprintf("%5s  ", time.Duration(i)*bin) + demo.Again.Paint(strings.Repeat("█", n)) + fmt.Sprint(" ", n)})
	}
	return demo.Columns(rows...), nil
}
