package informer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/store"
)

// run runs a controller and returns what ends it.
func runController(t *testing.T, c informer.Controller) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { c.RunWithContext(ctx) })
	synctest.Wait()
	return func() {
		cancel()
		running.Wait()
	}
}

// A controller alone is what the notes that this chapter grew from build: a DeltaFIFO, and a function that gets what Pop takes.
func TestControllerOfADeltaFIFO(t *testing.T) {
	reports := reported(t)
	bubble(t, func(t *testing.T) {
		b := newBackend("shop/web")
		known := store.NewStore(store.DeletionHandlingMetaNamespaceKeyFunc)
		var seen []string
		c := informer.New(&informer.Config{
			Queue:         fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KnownObjects: known, EmitDeltaTypeReplaced: true}),
			ListerWatcher: b,
			ObjectType:    &corev1.ConfigMap{},
			Process: func(obj any, isInInitialList bool) error {
				var kinds []string
				for _, d := range obj.(fifo.Deltas) {
					kinds = append(kinds, string(d.Type))
				}
				seen = append(seen, fmt.Sprint(strings.Join(kinds, " "), " ", isInInitialList))
				if len(seen) == 2 {
					return errors.New("no")
				}
				return nil
			},
		})
		require.False(t, c.HasSynced())
		require.Empty(t, c.LastSyncResourceVersion())
		stop := runController(t, c)
		require.True(t, c.HasSynced())
		require.True(t, fifo.IsDone(c.HasSyncedChecker()))
		require.Equal(t, "2", c.LastSyncResourceVersion())
		b.set("shop/web", "1")
		synctest.Wait()
		b.set("shop/web", "2")
		synctest.Wait()
		stop()
		require.Equal(t, []string{"Replaced true", "Updated false", "Updated false"}, seen)
		require.Equal(t, []string{"A change was not processed: no"}, reports(), "an error is reported, and no end")
	})
}

func TestControllerTakesBatchesWhereBothSidesCan(t *testing.T) {
	reported(t)
	bubble(t, func(t *testing.T) {
		b := newBackend()
		var sizes []int
		c := informer.New(&informer.Config{
			Queue:         fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, UnlockWhileProcessing: true}),
			ListerWatcher: b,
			ObjectType:    &corev1.ConfigMap{},
			Process: func(obj any, _ bool) error {
				if obj.(fifo.Deltas)[0].Type == fifo.ReplacedAll {
					time.Sleep(time.Minute) // while the others gather
				}
				sizes = append(sizes, 1)
				return nil
			},
			ProcessBatch: func(deltas []fifo.Delta, _ bool) error {
				sizes = append(sizes, len(deltas))
				return nil
			},
		})
		stop := runController(t, c)
		for i := range 10 {
			b.set(fmt.Sprint("shop/", i), "0")
		}
		pass(2 * time.Minute)
		stop()
		require.Equal(t, []int{1, 10}, sizes)
	})
}

// A Process that panics is called again for what follows, where panics don't end the process.
func TestControllerWhoseProcessPanics(t *testing.T) {
	reports := reported(t)
	bubble(t, func(t *testing.T) {
		b := newBackend("shop/web")
		calls := 0
		c := informer.New(&informer.Config{
			Queue:         fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, UnlockWhileProcessing: true}),
			ListerWatcher: b,
			ObjectType:    &corev1.ConfigMap{},
			Process: func(any, bool) error {
				if calls++; calls == 1 {
					panic("oops")
				}
				return nil
			},
		})
		stop := runController(t, c)
		b.set("shop/web", "1")
		pass(2 * time.Second)
		stop()
		require.Equal(t, 2, calls)
		require.Equal(t, []string{"panic: oops"}, reports())
	})
}

// onRecord is a backend that remembers the options of requests.
type onRecord struct {
	*backend
	listed, watched metav1.ListOptions // of the last request
}

func (r *onRecord) ListWithContext(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
	r.listed = options
	return r.backend.ListWithContext(ctx, options)
}

func (r *onRecord) WatchWithContext(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
	r.watched = options
	return r.backend.WatchWithContext(ctx, options)
}

func TestControllersRequests(t *testing.T) {
	hour := int64(time.Hour / time.Second)
	for name, tc := range map[string]struct {
		controller func(*onRecord) informer.Controller
		page       int64
	}{
		"of a Config": {func(r *onRecord) informer.Controller {
			return informer.New(&informer.Config{
				Queue:             fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{}),
				ListerWatcher:     r,
				ObjectType:        &corev1.ConfigMap{},
				Process:           func(any, bool) error { return nil },
				MinWatchTimeout:   time.Hour,
				WatchListPageSize: 7,
			})
		}, 7},
		"of InformerOptions": {func(r *onRecord) informer.Controller {
			_, c := informer.NewInformerWithOptions(informer.InformerOptions{
				ListerWatcher: r, ObjectType: &corev1.ConfigMap{}, Handler: informer.ResourceEventHandlerFuncs{}, MinWatchTimeout: time.Hour,
			})
			return c
		}, 500}, // the usual
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				r := &onRecord{backend: newBackend()}
				defer runController(t, tc.controller(r))()
				require.Equal(t, tc.page, r.listed.Limit)
				require.GreaterOrEqual(t, *r.watched.TimeoutSeconds, hour)
			})
		})
	}
}

// What Process wants to see again, it sees after a second. Without a pause it would be all that the machine does.
func TestControllerWhoseProcessAsksAgain(t *testing.T) {
	for name, newQueue := range map[string]func() fifo.Queue{
		"one by one": func() fifo.Queue { return fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{}) },
		"batches":    func() fifo.Queue { return fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			reports := reported(t)
			bubble(t, func(t *testing.T) {
				b := newBackend("shop/web")
				var start time.Time
				var calls []time.Duration
				again := func() error {
					if calls = append(calls, time.Since(start)); len(calls) <= 3 {
						return fmt.Errorf("not yet: %w", fifo.ErrRequeue{})
					}
					return nil
				}
				c := informer.New(&informer.Config{
					Queue:         newQueue(),
					ListerWatcher: b,
					ObjectType:    &corev1.ConfigMap{},
					Process:       func(any, bool) error { return again() },
					ProcessBatch:  func([]fifo.Delta, bool) error { return again() },
				})
				defer runController(t, c)()
				pass(time.Hour)
				require.True(t, c.HasSynced())

				start, calls = time.Now(), nil
				b.set("shop/web", "1")
				b.set("shop/db", "1") // the second try can be a batch
				pass(time.Minute)
				require.Equal(t, []time.Duration{0, time.Second, 2 * time.Second, 3 * time.Second}, calls[:4])
				require.Empty(t, reports(), "no error, no report")
			})
		})
	}
}

func TestInformerWithOneHandler(t *testing.T) {
	bubble(t, func(t *testing.T) {
		b := newBackend("shop/db", "shop/web")
		j := &journal{t: t}
		logger := klog.Background()
		s, c := informer.NewInformerWithOptions(informer.InformerOptions{
			Logger:        &logger,
			ListerWatcher: b,
			ObjectType:    &corev1.ConfigMap{},
			Handler:       j,
			ResyncPeriod:  time.Hour,
			Indexers:      byValue,
			Transform: func(obj any) (any, error) {
				obj.(*corev1.ConfigMap).Data["v"] += "!"
				return obj, nil
			},
		})
		defer runController(t, c)()
		require.True(t, c.HasSynced())
		require.Equal(t, []string{"add shop/db=0! (initial)", "add shop/web=0! (initial)"}, j.read())
		b.set("shop/web", "1")
		b.remove("shop/db")
		require.Equal(t, []string{"update shop/web=0! -> shop/web=1!", "delete shop/db=0!"}, j.read())
		keys, err := s.(store.Indexer).IndexKeys("value", "1!")
		require.NoError(t, err)
		require.Equal(t, []string{"shop/web"}, keys)
		pass(time.Hour + time.Minute)
		require.Equal(t, []string{"update shop/web=1! -> shop/web=1!"}, j.read(), "every resync is for the one handler")
		b.gap(func() { b.removeLocked("shop/web"); b.setLocked("shop/new", "0") })
		pass(longEnough)
		require.Equal(t, []string{"delete shop/web, last seen as shop/web=1!", "add shop/new=0!"}, j.read())
		require.Equal(t, []string{"shop/new"}, s.ListKeys())
	})
}
