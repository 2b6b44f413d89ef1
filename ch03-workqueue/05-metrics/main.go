// Command 05-metrics puts load on a queue, serves its metrics to Prometheus on 127.0.0.1, and reads
// them as Prometheus would: what they are when there is much to do, when something fails, when a
// worker hangs. It needs no cluster. The page is read and laid out in page.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/workqueue"
	"client-go-workbook/lib/workqueue/prometheus"
)

func main() {
	p := play{network: loopback}
	demo.Main(p.run, func(flags *flag.FlagSet) {
		flags.BoolVar(&p.stay, "stay", false, "go on serving until Ctrl-C, for you to have a look")
	})
}

// play is the demo, as its flags say.
type play struct {
	network func() (net.Listener, *http.Transport, error)
	stay    bool
}

// loopback is a port that is free, and can't be reached from outside.
func loopback() (net.Listener, *http.Transport, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	return listener, &http.Transport{}, err
}

func (p *play) run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		listener, transport, err := p.network()
		if err != nil {
			return err
		}
		defer transport.CloseIdleConnections()
		registry := client.NewRegistry()
		provider, err := prometheus.NewProvider(registry)
		if err != nil {
			return err
		}
		mux := http.NewServeMux()
		mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
		server := &http.Server{Handler: mux}
		defer demo.Meanwhile(ctx, func(context.Context) { _ = server.Serve(listener) })()
		defer server.Close()

		d := newSteps(provider, &page{"http://" + listener.Addr().String() + "/metrics", &http.Client{Transport: transport}})
		defer d.end()
		s.Title("Metrics: what a queue tells about those who work on it")
		err = s.Play(ctx,
			demo.Step{Verb: "serve", Do: d.serve},
			demo.Step{Verb: "load", Do: d.load},
			demo.Step{Verb: "waited", Do: d.waited},
			demo.Step{Verb: "retry", Do: d.retry},
			demo.Step{Verb: "hang", Do: d.hang},
		)
		if err == nil && p.stay {
			err = s.Play(ctx, demo.Step{Verb: "stay", Do: func(context.Context) (string, error) {
				return "curl " + d.page.url + ", until Ctrl-C", nil
			}})
			<-ctx.Done()
		}
		return err
	})
}

type steps struct {
	page    *page
	queue   workqueue.TypedRateLimitingInterface[string]
	workers sync.WaitGroup

	fails     int           // how many more times "fails" will
	release   chan struct{} // closed when "hangs" may go on
	processed chan string
}

func newSteps(provider workqueue.MetricsProvider, page *page) *steps {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](5*time.Millisecond, time.Minute)
	return &steps{
		page: page,
		// The name is what metrics are told by, and a queue without one has none.
		queue: workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[string]{
			Name: "pods", MetricsProvider: provider,
		}),
		fails: 3, release: make(chan struct{}), processed: make(chan string, 1000),
	}
}

var errNoAnswer = errors.New("no answer")

// reconcile takes 10 ms.
func (d *steps) reconcile(key string) error {
	time.Sleep(10 * time.Millisecond)
	switch {
	case key == "hangs":
		<-d.release
	case key == "fails" && d.fails > 0:
		d.fails--
		return errNoAnswer
	}
	return nil
}

func (d *steps) work() {
	for {
		key, shutdown := d.queue.Get()
		if shutdown {
			return
		}
		if err := d.reconcile(key); err != nil {
			d.queue.AddRateLimited(key)
		} else {
			d.queue.Forget(key)
		}
		d.queue.Done(key)
		d.processed <- key
	}
}

// wait waits until n keys are processed.
func (d *steps) wait(n int) {
	for range n {
		<-d.processed
	}
}

// end lets everybody go.
func (d *steps) end() {
	select {
	case <-d.release:
	default:
		close(d.release)
	}
	d.queue.ShutDown()
	d.workers.Wait()
}

func (d *steps) serve(ctx context.Context) (string, error) {
	lines, err := d.page.lines(ctx)
	return d.page.url + "\n" + lines, err
}

// load is more than two workers can do at once.
func (d *steps) load(ctx context.Context) (string, error) {
	const keys = 100
	t := newTable(d.page, "depth", "adds_total", "queue_duration_seconds_count", "work_duration_seconds_count", "work_duration_seconds_sum")
	for i := range keys {
		d.queue.Add(fmt.Sprint("pod-", i))
	}
	t.look(ctx, "100 keys")
	for range 2 {
		d.workers.Go(d.work)
	}
	time.Sleep(255 * time.Millisecond)
	t.look(ctx, "in work")
	d.wait(keys)
	t.look(ctx, "done")
	return t.told()
}

// waited looks at the histogram that the load has left.
func (d *steps) waited(ctx context.Context) (string, error) {
	bars, err := d.page.histogram(ctx, "queue_duration_seconds")
	return "how long the keys were queued\n" + bars, err
}

// retry has a key fail three times.
func (d *steps) retry(ctx context.Context) (string, error) {
	t := newTable(d.page, "adds_total", "retries_total", "work_duration_seconds_count")
	t.look(ctx, "before")
	d.queue.Add("fails")
	d.wait(4)
	t.look(ctx, "3 failures")
	return t.told()
}

// hang has a key that a worker doesn't come back from. It is even added again.
func (d *steps) hang(ctx context.Context) (string, error) {
	t := newTable(d.page, "depth", "unfinished_work_seconds", "longest_running_processor_seconds", "work_duration_seconds_count")
	d.queue.Add("hangs")
	for _, when := range []string{"a second", "two", "three"} {
		time.Sleep(time.Second)
		d.queue.Add("hangs")
		t.look(ctx, when)
	}
	close(d.release)
	d.wait(2)
	time.Sleep(time.Second) // the two gauges are set twice a second
	t.look(ctx, "it returns")
	return t.told()
}
