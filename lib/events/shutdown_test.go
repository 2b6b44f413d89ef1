package events_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes/scheme"
)

func TestShutdownWritesWhatWasAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		api.failWith(slow(20 * time.Millisecond))
		recorder, stop := start(t, api)
		for i := range 900 { // as many fit into the sink's channel, should nobody read it
			recorder.Eventf(pod(fmt.Sprint("web-", i%30)), nil, normal, "Pulling", "Pull", "")
		}
		stop()
		require.Len(t, api.all(), 30)
		require.Equal(t, 900, api.sum())

		recorder.Eventf(pod("late"), nil, normal, "Pulling", "Pull", "")
		stop()
		require.Len(t, api.all(), 30)
	})
}

// An event that waits for its next try gets it at once, but no other.
func TestShutdownTriesOnceMore(t *testing.T) {
	for name, tt := range map[string]struct {
		fail   failure
		sum    int
		logged string
	}{
		"the server is back":     {nil, 2, ""},
		"it is away":             {always(errAway), 0, "and not tried again"},
		"it hangs":               {slow(time.Hour), 0, "context canceled"},
		"it is slow, but not so": {slow(4 * time.Second), 2, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := newShelf()
				api.failWith(always(errAway))
				logger, logged := logger(t)
				broadcaster := events.NewBroadcaster(api)
				require.NoError(t, broadcaster.StartRecordingToSinkWithContext(klog.NewContext(t.Context(), logger)))
				recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
				recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
				recorder.Eventf(pod("web-1"), nil, normal, "Pulling", "Pull", "")
				synctest.Wait()
				require.NotEmpty(t, api.told())
				before := len(logged())

				api.failWith(tt.fail)
				began := time.Now()
				broadcaster.Shutdown()
				require.Equal(t, tt.sum, api.sum())
				require.ElementsMatch(t, []string{"0s create web-0 Pulling", "0s create web-1 Pulling"}, lines(api.told()))
				require.LessOrEqual(t, time.Since(began), 5*time.Second)

				if tt.logged == "" {
					require.Empty(t, logged()[before:])
				} else {
					require.Contains(t, logged()[before:], tt.logged)
					require.Contains(t, logged()[before:], "Recording ended before all events were written series=2")
					require.NotContains(t, logged()[before:], "is tried again")
				}
			})
		})
	}
}

// What is on its way when Shutdown comes is not written twice.
func TestShutdownWaitsForWhatIsOnItsWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		api.failWith(slow(time.Second))
		recorder, stop := start(t, api)
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		synctest.Wait()
		stop()
		require.Equal(t, "0s create web-0 Pulling", api.told())
		require.Equal(t, 1, api.sum())
	})
}

// Nor does the API miss what happened after that was sent.
func TestShutdownWritesWhatHappenedDuringTheLastWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, stop := start(t, api)
		pull := func() {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		pull()
		api.failWith(slow(2 * time.Second))
		pull()
		time.Sleep(time.Second)
		pull() // the third is counted only
		time.Sleep(time.Minute)
		stop()
		require.Equal(t, 3, api.sum())
	})
}

// The end of the context is the end of everything, requests under way included.
func TestTheEndOfTheContextDropsWhatIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		api.failWith(slow(time.Hour))
		broadcaster := events.NewBroadcaster(api)
		logger, logged := logger(t)
		ctx, cancel := context.WithCancel(klog.NewContext(t.Context(), logger))
		require.NoError(t, broadcaster.StartRecordingToSinkWithContext(ctx))
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		for i := range 20 {
			recorder.Eventf(pod(fmt.Sprint("web-", i)), nil, normal, "Pulling", "Pull", "")
		}
		synctest.Wait()
		require.Len(t, lines(api.told()), 8)

		cancel()
		synctest.Wait()
		for range 1500 { // nothing is kept for a recording that is no more
			recorder.Eventf(pod("late"), nil, normal, "Pulling", "Pull", "")
		}
		began := time.Now()
		broadcaster.Shutdown()
		require.Zero(t, time.Since(began))
		require.Empty(t, api.told())
		require.Empty(t, api.all())
		require.NotContains(t, logged(), "is tried again")
		require.Contains(t, logged(), "Recording ended before all events were written series=20")
		require.Zero(t, events.Dropped(broadcaster))
	})
}

func TestNothingStartsAfterShutdown(t *testing.T) {
	broadcaster := events.NewBroadcaster(newShelf())
	broadcaster.Shutdown()
	broadcaster.Shutdown()
	require.ErrorContains(t, broadcaster.StartRecordingToSinkWithContext(t.Context()), "record events to the sink")
	_, err := broadcaster.StartEventWatcher(func(runtime.Object) { t.Error("called") })
	require.ErrorContains(t, err, "watch events")
	_, err = broadcaster.StartLogging(klog.Background())
	require.Error(t, err)
	broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet").Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
}

// Shutdown returns after the last handler has.
func TestShutdownWaitsForWatchers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broadcaster := events.NewBroadcaster(newShelf())
		var handled []string
		_, err := broadcaster.StartEventWatcher(func(event runtime.Object) {
			time.Sleep(time.Second)
			handled = append(handled, event.(*eventsv1.Event).Note)
		})
		require.NoError(t, err)
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		var said []string
		for i := range 100 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "%d", i)
			said = append(said, fmt.Sprint(i))
		}
		broadcaster.Shutdown()
		require.Equal(t, said, handled, "all, and in order")
	})
}

func TestAWatcherThatIsStoppedHearsNoMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		broadcaster := events.NewBroadcaster(newShelf())
		defer broadcaster.Shutdown()
		listen := func(heard *int) func() {
			stop, err := broadcaster.StartEventWatcher(func(runtime.Object) { *heard++ })
			require.NoError(t, err)
			return stop
		}
		var one, other int
		stop := listen(&one)
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		say := func() {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		say()
		listen(&other)
		say()
		stop()
		stop()
		say()
		require.Equal(t, []int{2, 2}, []int{one, other})
	})
}

// Whoever is started beside Shutdown is waited for, or gets nothing.
func TestAHandlerThatIsStartedBesideShutdown(t *testing.T) {
	for range 1_000 {
		broadcaster := events.NewBroadcaster(newShelf())
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		var down atomic.Bool
		var late atomic.Int32
		var all sync.WaitGroup
		all.Go(func() {
			for range 3 {
				_, _ = broadcaster.StartEventWatcher(func(runtime.Object) { // an error says that it is too late
					if down.Load() {
						late.Add(1)
					}
				})
			}
		})
		all.Go(func() {
			for range 3 {
				recorder.WithLogger(klog.Logger{}).Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			}
		})
		all.Go(func() {
			broadcaster.Shutdown()
			down.Store(true)
		})
		all.Wait()
		broadcaster.Shutdown()
		require.Zero(t, late.Load())
	}
}
