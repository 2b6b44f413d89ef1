package waitforsync_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	waitforsync "client-go-workbook/exercises/ch02-informer/ex12-wait-for-sync"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/reflector"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	notBefore = invariant.Invariant{
		Says: "work begins when the handler has heard of everything that was there, in every informer",
		Read: "README.md, second paragraph; lib/informer/wait.go",
	}
	orNever = invariant.Invariant{
		Says: "if the context ends before everything was heard, there is no work, and an error",
		Read: "README.md, Invariant; lib/informer/wait.go, WaitForCacheSync",
	}
	nothingRuns = invariant.Invariant{
		Says: "when Run returns, all informers have ended",
		Read: "README.md, Invariant; lib/informer/doc.go",
	}
)

// listing is an informer of so many ConfigMaps, whose list takes this long. Nothing happens after it.
func listing(name string, many int, takes time.Duration) informer.SharedIndexInformer {
	return informer.NewSharedIndexInformerWithOptions(&reflector.ListWatch{
		DisableWatchList: true,
		ListWithContextFunc: func(ctx context.Context, _ metav1.ListOptions) (runtime.Object, error) {
			select {
			case <-time.After(takes):
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			list := &corev1.ConfigMapList{ListMeta: metav1.ListMeta{ResourceVersion: "1"}}
			for i := range many {
				list.Items = append(list.Items, corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(name, "-", i)}})
			}
			return list, nil
		},
		WatchFuncWithContext: func(context.Context, metav1.ListOptions) (watch.Interface, error) { return watch.NewFake(), nil },
	}, &corev1.ConfigMap{}, informer.SharedIndexInformerOptions{})
}

// ears count the adds that they have heard to their end.
type ears struct {
	informer.ResourceEventHandlerFuncs
	takes time.Duration

	mu    sync.Mutex
	heard int
}

func (e *ears) OnAdd(any, bool) {
	time.Sleep(e.takes)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.heard++
}

func (e *ears) count() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard
}

// running is a Run in another goroutine.
type running struct {
	c      *waitforsync.Controller
	cancel context.CancelFunc
	ended  chan error
	begun  chan int // how much was heard when work began
}

// run starts a Controller whose work takes until its context ends, or as long as it is given.
func run(t *testing.T, e *ears, work time.Duration, informers ...informer.SharedIndexInformer) *running {
	ctx, cancel := context.WithCancel(t.Context())
	r := &running{cancel: cancel, ended: make(chan error, 1), begun: make(chan int, 10)}
	r.c = &waitforsync.Controller{Informers: informers, Handler: e, Work: func(ctx context.Context) {
		r.begun <- e.count()
		select {
		case <-ctx.Done():
		case <-time.After(work):
		}
	}}
	go func() { r.ended <- r.c.Run(ctx) }()
	return r
}

// begins waits for work to begin, and ends it all.
func (r *running) begins(t *testing.T, want int, doing string) {
	t.Helper()
	time.Sleep(time.Hour) // of fake time
	saw := []int{}
	for len(r.begun) > 0 {
		saw = append(saw, <-r.begun)
	}
	r.ends(t, doing)
	notBefore.Equal(t, []int{want}, saw, "%s: look at how much the handler had heard when work began, each time", doing)
}

// ends ends the context and waits for Run.
func (r *running) ends(t *testing.T, doing string) error {
	t.Helper()
	r.cancel()
	err := <-r.ended
	r.stopped(t, doing)
	return err
}

// stopped demands that all informers have ended.
func (r *running) stopped(t *testing.T, doing string) {
	t.Helper()
	for n, i := range r.c.Informers {
		nothingRuns.Equal(t, true, i.IsStopped(), "%s: has informer %d of %d ended when Run returns", doing, n+1, len(r.c.Informers))
	}
}

const (
	forever     = 1000 * time.Hour
	halfAMinute = 30*time.Second + 50*time.Millisecond // between two looks of WaitForCacheSync
)

func TestSlowestInformerIsWaitedFor(t *testing.T) {
	for _, test := range []struct {
		name         string
		first, other time.Duration
	}{{"the first", halfAMinute, 0}, {"the last", 0, halfAMinute}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := run(t, &ears{}, forever, listing("carts", 5, test.first), listing("customers", 7, test.other))
				r.begins(t, 12, "run two informers, of which "+test.name+" needs 30 s for its list")
			})
		})
	}
}

func TestHandlerIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &ears{takes: time.Second}, forever, listing("carts", 5, 0), listing("customers", 20, 0))
		r.begins(t, 25, "run two informers, whose handler needs a second for each of the 25 objects")
	})
}

func TestNothingThereIsNoObstacle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &ears{}, forever, listing("carts", 0, time.Second), listing("customers", 3, 0))
		r.begins(t, 3, "run two informers, of which one has nothing")
	})
}

func TestContextEndsFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &ears{}, forever, listing("carts", 5, 0), listing("customers", 7, time.Hour))
		time.Sleep(time.Minute)
		err := r.ends(t, "end the context while the second informer lists")
		orNever.Equal(t, 0, len(r.begun), "end the context while the second informer lists: count the work that was begun")
		require.ErrorIs(orNever.T(t), err, context.Canceled, "the context ended before everything was heard")
	})
}

func TestWorkEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &ears{}, forever, listing("carts", 5, 0))
		time.Sleep(time.Minute)
		began := time.Now()
		err := r.ends(t, "end the context during the work")
		nothingRuns.Equal(t, true, time.Since(began) < time.Minute, "does the work's context end with that of Run")
		nothingRuns.NoError(t, err, "end the context during the work")
	})
}

func TestWorkIsDone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := run(t, &ears{}, time.Minute, listing("carts", 5, 0), listing("customers", 7, 0))
		time.Sleep(time.Hour)
		select {
		case err := <-r.ended:
			nothingRuns.NoError(t, err, "work for a minute, then return")
			r.stopped(t, "work for a minute, then return")
			r.cancel()
		default:
			r.cancel()
			<-r.ended
			nothingRuns.Broken(t, invariant.Report{Doing: "work for a minute, then return", Expected: "Run returns", Saw: "it still runs after an hour"})
		}
	})
}

// deaf is an informer to which no handler can be added.
type deaf struct{ informer.SharedIndexInformer }

var errDeaf = errors.New("it has stopped already")

func (deaf) AddEventHandler(informer.ResourceEventHandler) (informer.ResourceEventHandlerRegistration, error) {
	return nil, errDeaf
}

func TestHandlerThatCanNotBeAdded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		carts := listing("carts", 5, time.Second)
		r := run(t, &ears{}, forever, carts, deaf{listing("customers", 7, 0)})
		time.Sleep(time.Hour)
		select {
		case err := <-r.ended:
			r.cancel()
			require.ErrorIs(orNever.T(t), err, errDeaf, "the second informer has stopped already")
		default:
			r.cancel()
			<-r.ended
			orNever.Broken(t, invariant.Report{Doing: "run two informers, of which one takes no handler", Expected: "its error", Saw: "Run goes on"})
		}
		orNever.Equal(t, 0, len(r.begun), "run two informers, of which one takes no handler: count the work that was begun")
	})
}
