// Command 07-watchlist fills a client's cache in three ways and measures each: the whole
// list in one piece, list and watch, and the streamed list that begins a watch.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	clientcorev1 "client-go-workbook/lib/kubernetes/typed/core/v1"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

const (
	count = 1000
	size  = 8 << 10 // bytes of each object's data
)

func run(ctx context.Context, out io.Writer) error {
	return demo.OnCluster(ctx, out, "ch02-watchlist", func(ctx context.Context, s *demo.Stage) error {
		d := &steps{config: rest.CopyConfig(s.Config)}
		d.config.Wrap(d.traffic.count)
		client, err := kubernetes.NewForConfig(d.config)
		if err != nil {
			return err
		}
		d.configMaps = client.CoreV1().ConfigMaps(s.Namespace)
		s.Title("Watch-list: the first list as a stream")
		return s.Play(ctx,
			demo.Step{Verb: "create", Do: d.create},
			demo.Step{Verb: "at once", Do: d.atOnce},
			demo.Step{Verb: "list", Do: d.list},
			demo.Step{Verb: "stream", Do: d.stream},
			demo.Step{Verb: "compare", Do: d.compare},
		)
	})
}

type steps struct {
	config     *rest.Config
	configMaps clientcorev1.ConfigMapInterface
	traffic    traffic
	measured   [][]string
}

// traffic counts what a client reads.
type traffic struct {
	requests demo.Journal // one note for each answer
	bytes    atomic.Int64 // of bodies, uncompressed
}

// count is a rest.Config's transport wrapper.
func (t *traffic) count(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(req *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(req)
		if err == nil {
			resp.Body = &counted{resp.Body, &t.bytes}
			t.requests.Note(req.Method)
		}
		return resp, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

type counted struct {
	io.ReadCloser
	bytes *atomic.Int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

// create has sixteen writers: one alone would take a while.
func (d *steps) create(ctx context.Context) (string, error) {
	var work sync.WaitGroup
	var next atomic.Int64
	errs := make([]error, 16)
	for writer := range errs {
		work.Go(func() {
			for n := next.Add(1); n <= count && errs[writer] == nil; n = next.Add(1) {
				errs[writer] = d.createOne(ctx, n)
			}
		})
	}
	work.Wait()
	return fmt.Sprintf("%d config maps of %d bytes each", count, size), errors.Join(errs...)
}

func (d *steps) createOne(ctx context.Context, n int64) error {
	_, err := d.configMaps.Create(ctx, &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("letter-%04d", n), Labels: map[string]string{"demo": "watchlist"}},
		Data:       map[string]string{"text": strings.Repeat(fmt.Sprintf("%8d", n), size/8)},
	}, metav1.CreateOptions{})
	return err
}

const selector = "demo=watchlist"

// atOnce is what a program does that knows no informer: it has the whole answer in its
// memory, then the whole list, and keeps what it can use.
func (d *steps) atOnce(ctx context.Context) (string, error) {
	return d.measure(ctx, "at once", "one answer, held whole, and the objects made of it", 1, func(ctx context.Context) (any, func(), error) {
		all, err := d.configMaps.List(ctx, metav1.ListOptions{LabelSelector: selector})
		return all, func() {}, err
	})
}

// list reads the list item by item as it arrives. The watch is another request.
func (d *steps) list(ctx context.Context) (string, error) {
	return d.fill(ctx, "list", "one answer, read object by object, and then a watch", 2, true)
}

// stream is one watch, whose first events are the objects that there are.
func (d *steps) stream(ctx context.Context) (string, error) {
	return d.fill(ctx, "stream", "a watch, which begins with the objects", 1, false)
}

// fill has an informer fill its store.
func (d *steps) fill(ctx context.Context, way, how string, requests int, disableWatchList bool) (string, error) {
	return d.measure(ctx, way, how, requests, func(ctx context.Context) (any, func(), error) {
		source := reflector.NewListWatchForClient(d.configMaps, func(opts *metav1.ListOptions) { opts.LabelSelector = selector })
		source.DisableWatchList = disableWatchList
		objects, controller := informer.NewInformerWithOptions(informer.InformerOptions{
			ListerWatcher: source,
			ObjectType:    &corev1.ConfigMap{},
			Handler:       informer.ResourceEventHandlerFuncs{},
		})
		stop := demo.Meanwhile(ctx, controller.RunWithContext)
		if !informer.WaitFor(ctx, "", controller.HasSyncedChecker()) {
			stop()
			return nil, nil, ctx.Err()
		}
		return objects, stop, checkCount(objects)
	})
}

func checkCount(s store.Store) error {
	if n := len(s.ListKeys()); n != count {
		return fmt.Errorf("%d objects should be there, but there are %d", count, n)
	}
	return nil
}

// measure notes the requests, the bytes and the heap that fill takes, above what there
// was before. It expects a number of requests and waits for them.
func (d *steps) measure(ctx context.Context, way, how string, requests int, fill func(context.Context) (keep any, stop func(), err error)) (string, error) {
	if _, err := d.traffic.requests.Take(ctx, 0); err != nil { // those before
		return "", err
	}
	d.traffic.bytes.Store(0)
	before := settledHeap()
	peak := watchHeap(ctx)

	keep, stop, err := fill(ctx)
	most := peak()
	if err != nil {
		return "", err
	}
	defer stop()
	made, err := d.traffic.requests.Take(ctx, requests)
	if err != nil {
		return "", err
	}
	kept := settledHeap()
	runtime.KeepAlive(keep)
	d.measured = append(d.measured, []string{
		way, fmt.Sprint(len(made)), megabytes(d.traffic.bytes.Load()), megabytes(most - before), megabytes(kept - before),
	})
	return fmt.Sprintf("%d objects: %s", count, how), nil
}

func megabytes(n int64) string { return fmt.Sprintf("%6.1f MB", float64(n)/1e6) }

// settledHeap returns how many bytes are reachable.
func settledHeap() int64 {
	runtime.GC()
	return heap()
}

// heap returns the bytes of all objects that have not been collected.
func heap() int64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return int64(sample[0].Value.Uint64())
}

// watchHeap looks at the heap again and again, until the function that it returns is
// called; that one returns the most it saw. Meanwhile garbage is collected early, so
// that the most is not much more than what was in use at that moment.
func watchHeap(ctx context.Context) (most func() int64) {
	percent := debug.SetGCPercent(5)
	var peak int64
	stop := demo.Meanwhile(ctx, func(ctx context.Context) {
		for ctx.Err() == nil {
			peak = max(peak, heap())
			time.Sleep(100 * time.Microsecond)
		}
	})
	return func() int64 {
		stop()
		debug.SetGCPercent(percent)
		return max(peak, heap())
	}
}

// compare prints the figures of this run.
func (d *steps) compare(context.Context) (string, error) {
	head := []string{"", "requests", "  read", "    peak", "    kept"}
	return demo.Columns(append([][]string{head}, d.measured...)...), nil
}
