// Command 07-three-ways-to-lose-work makes the three mistakes that queues don't forgive, each
// beside the right way: no Done, no Forget, and the object in the queue in place of its key. It
// needs no cluster. The third, which needs something to control, is in object.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/workqueue"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		s.Title("Three ways to lose work")
		return s.Play(ctx,
			demo.Step{Verb: "no Done", Do: func(context.Context) (string, error) { return failOnce(withoutDone), nil }},
			demo.Step{Verb: "Done", Do: func(context.Context) (string, error) { return failOnce(withDone), nil }},
			demo.Step{Verb: "no Forget", Do: forget},
			demo.Step{Verb: "no key", Do: objectOrKey},
		)
	})
}

var (
	wrong = demo.Gone.Paint("✗")
	right = demo.Come.Paint("✓")
)

var errNoAnswer = errors.New("no answer")

// withoutDone is right until something fails.
func withoutDone(queue workqueue.TypedInterface[string], reconcile func(key string) error) {
	key, shutdown := queue.Get()
	if shutdown {
		return
	}
	if err := reconcile(key); err != nil {
		queue.Add(key) // try again
		return
	}
	queue.Done(key)
}

// withDone says Done whatever happens, also in a panic.
func withDone(queue workqueue.TypedInterface[string], reconcile func(key string) error) {
	key, shutdown := queue.Get()
	if shutdown {
		return
	}
	defer queue.Done(key)
	if err := reconcile(key); err != nil {
		queue.Add(key)
	}
}

// failOnce has a worker fail once. Then somebody has news of the key, and the program ends.
func failOnce(processNext func(workqueue.TypedInterface[string], func(string) error)) string {
	queue := workqueue.NewTyped[string]()
	var table demo.States
	queue.Add("web")
	table.Row("Add(web)", queue)
	processNext(queue, func(string) error { return errNoAnswer })
	table.Row("fails, Add(web)", queue)
	queue.Add("web")
	table.Row("Add(web)", queue, "somebody has news")
	if queue.Len() == 0 {
		table.Row("the next worker", queue, wrong+" waits for ever")
	} else {
		processNext(queue, func(string) error { return nil })
		table.Row("the next worker", queue, right+" succeeds")
	}

	drained := make(chan struct{})
	go func() {
		queue.ShutDownWithDrain()
		close(drained)
	}()
	select {
	case <-drained:
		table.Row("ShutDownWithDrain()", queue, right+" returns")
	case <-time.After(200 * time.Millisecond):
		table.Row("ShutDownWithDrain()", queue, wrong+" waits for ever")
		queue.ShutDown() // for ever is long enough
		<-drained
	}
	return table.String()
}

// forget has two controllers who give up after five failures. What they look after fails once
// a day, and succeeds at the next try.
func forget(context.Context) (string, error) {
	careless, careful := newFlaky(false), newFlaky(true)
	rows := [][]string{{"", "without", "with Forget after a success"}}
	for day := 1; day <= 6; day++ {
		rows = append(rows, []string{fmt.Sprint("day ", day), careless.day("web"), careful.day("web")})
	}
	rows = append(rows, []string{"1000 pods come and go; remembered", careless.crowd(1000), careful.crowd(1000)})
	return demo.Columns(rows...), nil
}

// flaky is a controller of what fails once a day.
type flaky struct {
	queue   workqueue.TypedRateLimitingInterface[string]
	forgets bool
}

func newFlaky(forgets bool) *flaky {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](10*time.Millisecond, time.Minute)
	return &flaky{workqueue.NewTypedRateLimitingQueue(limiter), forgets}
}

const maxFailures = 5

// fail works on the next key in vain. It says whether there will be another try.
func (f *flaky) fail() (tryAgain bool) {
	key, _ := f.queue.Get()
	defer f.queue.Done(key)
	if f.queue.NumRequeues(key) >= maxFailures {
		return false // enough: it won't ever succeed
	}
	f.queue.AddRateLimited(key)
	return true
}

func (f *flaky) succeed() {
	key, _ := f.queue.Get()
	defer f.queue.Done(key)
	if f.forgets {
		f.queue.Forget(key)
	}
}

// day tells how long it takes until the key is right again.
func (f *flaky) day(key string) string {
	f.queue.Add(key)
	failed := time.Now()
	if !f.fail() {
		return wrong + " lost: given up at once"
	}
	f.succeed()
	return right + " right after " + time.Since(failed).Round(10*time.Millisecond).String()
}

// crowd has many keys that fail once and are deleted then, and tells how many the limiter remembers.
func (f *flaky) crowd(n int) string {
	key := func(i int) string { return fmt.Sprint("pod-", i) }
	for i := range n {
		f.queue.Add(key(i))
		f.fail()
	}
	remembered := 0
	for range n {
		f.succeed()
	}
	for i := range n {
		remembered += f.queue.NumRequeues(key(i))
	}
	return verdict(remembered == 0) + fmt.Sprintf(" %d", remembered)
}

func verdict(ok bool) string {
	if ok {
		return right
	}
	return wrong
}
