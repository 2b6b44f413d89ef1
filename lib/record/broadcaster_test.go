package record_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/record"
)

func TestShutdownHandsOverWhatWasAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := record.NewBroadcaster()
		var quick, slow reasons
		b.StartEventWatcher(quick.handle)
		b.StartEventWatcher(func(e *corev1.Event) {
			time.Sleep(time.Second)
			slow.handle(e)
		})
		say(b, numbered(900)...)
		b.Shutdown()
		require.Equal(t, numbered(900), quick.all())
		require.Equal(t, numbered(900), slow.all())
		b.Shutdown() // does no harm
	})
}

func TestEveryShutdownWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := record.NewBroadcaster(record.WithContext(ctx))
		var slow reasons
		b.StartEventWatcher(func(e *corev1.Event) {
			time.Sleep(time.Second)
			slow.handle(e)
		})
		say(b, numbered(3)...)
		cancel()
		synctest.Wait() // the context has begun to shut it down
		say(b, "Late")

		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				b.Shutdown()
				require.Equal(t, numbered(3), slow.all())
			})
		}
		wg.Wait()
	})
}

func TestTheEndOfTheContextShutsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := record.NewBroadcaster(record.WithContext(ctx))
		var got reasons
		b.StartEventWatcher(got.handle)
		say(b, "Before")
		cancel()
		synctest.Wait() // and the bubble ends only if nothing is left behind
		say(b, "After")
		synctest.Wait()
		require.Equal(t, []string{"Before"}, got.all())
	})
}

func TestAContextThatWasOverFromTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		b := record.NewBroadcaster(record.WithContext(ctx))
		b.Shutdown()
		require.NotNil(t, b.StartEventWatcher(func(*corev1.Event) {}))
	})
}

func TestNoContextIsOneThatNeverEnds(t *testing.T) {
	var none context.Context
	b := record.NewBroadcaster(record.WithContext(none))
	var got reasons
	b.StartEventWatcher(got.handle)
	say(b, "First")
	b.Shutdown()
	require.Equal(t, []string{"First"}, got.all())
}

func TestStopEndsOneHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := record.NewBroadcaster()
		var stopped, other reasons
		w := b.StartEventWatcher(stopped.handle)
		b.StartEventWatcher(other.handle)
		say(b, "First")
		w.Stop()
		say(b, "Second")
		b.Shutdown()
		require.Equal(t, []string{"First"}, stopped.all())
		require.Equal(t, []string{"First", "Second"}, other.all())
		w.Stop() // does no harm
	})
}

func TestNoHandlerStartsAfterShutdown(t *testing.T) {
	var log logbook
	b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
	b.Shutdown()
	w := b.StartRecordingToSink(&sink{})
	require.Equal(t, []string{"E No events will be handled"}, log.lines())
	_, open := <-w.ResultChan()
	require.False(t, open)
	w.Stop()
}

// A handler's panic ends the process, unless utilruntime has been told otherwise.
func TestAPanicEndsItsOwnHandlerOnly(t *testing.T) {
	utilruntime.ReallyCrash = false
	defer func() { utilruntime.ReallyCrash = true }()
	var log logbook
	synctest.Test(t, func(t *testing.T) {
		b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
		calls := 0
		b.StartEventWatcher(func(*corev1.Event) {
			calls++
			panic("till is empty")
		})
		var other reasons
		b.StartEventWatcher(other.handle)
		say(b, "First")
		synctest.Wait()
		for _, reason := range numbered(1500) {
			say(b, reason)
			synctest.Wait()
		}
		b.Shutdown()
		require.Equal(t, 1, calls)
		require.Len(t, other.all(), 1501)
	})
	require.Contains(t, log.String(), "till is empty")
	require.NotContains(t, log.String(), "dropped", "nothing was kept for a handler that is no more")
}

// Whoever is started beside Shutdown is waited for, or gets nothing.
func TestAHandlerThatIsStartedBesideShutdown(t *testing.T) {
	var log logbook
	for range 1_000 {
		b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
		var down atomic.Bool
		var late atomic.Int32
		var all sync.WaitGroup
		all.Go(func() {
			for range 3 {
				b.StartEventWatcher(func(*corev1.Event) {
					if down.Load() {
						late.Add(1)
					}
				})
			}
		})
		all.Go(func() {
			recorder := b.NewRecorder(scheme.Scheme, source).WithLogger(log.logger(0))
			for range 3 {
				recorder.Event(web, corev1.EventTypeNormal, "Done", "")
			}
		})
		all.Go(func() {
			b.Shutdown()
			down.Store(true)
		})
		all.Wait()
		b.Shutdown()
		require.Zero(t, late.Load())
	}
}

// Whoever starts, records, stops and shuts down may do so at any time, from anywhere: go test -race looks on.
func TestAllAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logbook
		b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
		var wg sync.WaitGroup
		for range 20 {
			wg.Go(func() {
				w := b.StartRecordingToSink(&sink{})
				say(b, numbered(50)...)
				w.Stop()
			})
		}
		wg.Go(b.Shutdown)
		wg.Wait()
	})
}
