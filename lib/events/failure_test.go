package events_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
)

var errAway = errors.New("connection refused")

// always fails every request.
func always(err error) failure {
	return func(context.Context, string) error { return err }
}

// times fails the first n requests.
func times(n int64, err error) failure {
	var asked atomic.Int64
	return func(context.Context, string) error {
		if asked.Add(1) <= n {
			return err
		}
		return nil
	}
}

// slow lets every request take a while.
func slow(d time.Duration) failure {
	return func(ctx context.Context, _ string) error {
		select {
		case <-time.After(d):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func TestWhichErrorsAreTriedAgain(t *testing.T) {
	invalid := apierrors.NewInvalid(eventsv1.SchemeGroupVersion.WithKind("Event").GroupKind(), "x", nil)
	for name, tt := range map[string]struct {
		err   error
		again bool
	}{
		"no server":             {errAway, true},
		"no server, wrapped":    {fmt.Errorf("create event: %w", errAway), true},
		"429":                   {apierrors.NewTooManyRequests("busy", 1), true},
		"500":                   {apierrors.NewInternalError(errors.New("etcd has no leader")), true},
		"503":                   {apierrors.NewServiceUnavailable("starting"), true},
		"504":                   {apierrors.NewTimeoutError("too slow", 1), true},
		"an answer of no sense": {&apierrors.UnexpectedObjectError{}, true},
		"401":                   {apierrors.NewUnauthorized("who?"), false},
		"403":                   {apierrors.NewForbidden(events_, "x", errors.New("the namespace is being terminated")), false},
		"404":                   {apierrors.NewNotFound(events_, "the namespace"), false},
		"422":                   {invalid, false},
		"422, wrapped":          {fmt.Errorf("create event: %w", invalid), false},
		"no request":            {&rest.RequestConstructionError{Err: errors.New("no URL")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := newShelf()
				api.failWith(times(1, tt.err))
				recorder, _ := start(t, api)
				recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
				time.Sleep(time.Hour)
				if tt.again {
					require.Len(t, api.all(), 1)
				} else {
					require.Equal(t, "0s create web-0 Pulling", api.told())
				}
			})
		})
	}
}

func TestAServerThatIsAwayIsTriedTwelveTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		var tries []time.Time
		api.failWith(func(context.Context, string) error {
			tries = append(tries, time.Now())
			return errAway
		})
		recorder, _ := start(t, api)
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		require.Len(t, tries, 12)
		for i := range tries[1:] {
			wait := tries[i+1].Sub(tries[i])
			require.GreaterOrEqual(t, wait, 10*time.Second)
			require.LessOrEqual(t, wait, 12500*time.Millisecond)
		}

		// It is not forgotten: when it happens again, it has twelve tries again, and the series begins where it began.
		api.told()
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		time.Sleep(3 * time.Minute)
		require.Len(t, lines(api.told()), 12)
		api.failWith(nil)
		time.Sleep(4 * time.Minute) // it is 12:00, and ends are looked for
		synctest.Wait()
		require.Equal(t, 2, api.sum())
		require.Equal(t, 5*time.Minute, api.all()[0].Series.LastObservedTime.Sub(api.all()[0].EventTime.Time))
	})
}

// A server that is away twice for a minute and a half is not one that is away for three minutes.
func TestASuccessMakesTheTriesCountAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, _ := start(t, api)
		for n := range 2 {
			api.failWith(times(8, errAway))
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			time.Sleep(2 * time.Minute)
			require.Equal(t, n+1, api.sum())
		}
	})
}

// What happens while the server is away is written with the next try.
func TestWhatHappensMeanwhileIsWrittenToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		api.failWith(always(errAway))
		recorder, _ := start(t, api)
		for range 5 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		api.failWith(nil)
		api.told()
		time.Sleep(15 * time.Second)
		require.Regexp(t, `^1[0-3]s create web-0 Pulling ×5$`, api.told())
	})
}

// The server had created the event, but nobody heard of it.
func TestALostAnswerMakesNoSecondEvent(t *testing.T) {
	for name, tt := range map[string]struct {
		meanwhile int
		want      string
	}{
		"of an event": {0, `^0s create web-0 Pulling\n1[0-3]s create web-0 Pulling$`},
		"of a series": {2, `^0s create web-0 Pulling\n5s create web-0 Pulling ×2\n5s patch web-0 Pulling ×2$`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := newShelf()
				recorder, stop := start(t, &deaf{shelf: api})
				recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
				time.Sleep(5 * time.Second)
				for range tt.meanwhile {
					recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
					synctest.Wait()
				}
				time.Sleep(time.Minute)
				require.Regexp(t, tt.want, api.told())
				stop()
				require.Len(t, api.all(), 1)
				require.Equal(t, 1+tt.meanwhile, api.sum())
			})
		})
	}
}

// deaf does not hear the answer to the first create.
type deaf struct {
	*shelf
	creates atomic.Int32
}

func (d *deaf) Create(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	created, err := d.shelf.Create(ctx, event)
	if d.creates.Add(1) == 1 {
		return nil, errors.New("unexpected EOF")
	}
	return created, err
}

// What the server refuses is asked for twice, as an event and as a series, and then only when the series is refreshed or ends: an
// event that nobody wants must not cost a request each time.
func TestARefusedSeriesIsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		api.failWith(always(apierrors.NewForbidden(events_, "x", errors.New("the namespace is being terminated"))))
		recorder, _ := start(t, api)
		for range 100 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			time.Sleep(time.Second)
		}
		require.Equal(t, "0s create web-0 Pulling\n1s create web-0 Pulling ×2", api.told())
		time.Sleep(time.Hour)
		require.Equal(t, "12m0s create web-0 Pulling ×100", api.told(), "its end; then it is forgotten")
	})
}

// The final count of a series outlives a long absence of the server.
func TestTheEndOfASeriesIsTriedUntilItIsWritten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, _ := start(t, api)
		for range 5 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		api.failWith(always(errAway))
		time.Sleep(3 * time.Hour)
		api.failWith(nil)
		time.Sleep(6 * time.Minute)
		require.Equal(t, 5, api.sum())
		api.told()
		time.Sleep(time.Hour)
		require.Empty(t, api.told())
	})
}

// One request that hangs holds up its own series only.
func TestARequestThatHangsHoldsUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		var asked atomic.Int32
		api.failWith(func(ctx context.Context, _ string) error {
			if asked.Add(1) == 1 {
				return slow(time.Hour)(ctx, "")
			}
			return nil
		})
		recorder, _ := start(t, api)
		for i := range 100 {
			recorder.Eventf(pod(fmt.Sprint("web-", i)), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		require.Len(t, api.all(), 99)
	})
}

// A server that hangs costs neither its callers time nor more than so much memory: of 20,000 series 10,000 wait. What repeats is
// counted all the same.
func TestARecorderNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, gate := newShelf(), make(chan struct{})
		api.failWith(func(context.Context, string) error {
			<-gate
			return nil
		})
		logger, logged := logger(t)
		broadcaster := events.NewBroadcaster(api)
		require.NoError(t, broadcaster.StartRecordingToSinkWithContext(klog.NewContext(t.Context(), logger)))
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		say := func(name string) { recorder.Eventf(pod(name), nil, normal, "Pulling", "Pull", "") }

		began := time.Now()
		for i := range 20_000 {
			say("steady")
			say(fmt.Sprint("web-", i))
			if i%100 == 0 {
				synctest.Wait() // or the sink's watcher has no chance on a busy machine
			}
		}
		require.Zero(t, time.Since(began))
		synctest.Wait()
		require.Len(t, lines(api.told()), 8, "so many requests there are at a time")
		require.Equal(t, 1, strings.Count(logged(), "Too many events wait to be written or to end"))

		close(gate)
		synctest.Wait()
		say("late")
		broadcaster.Shutdown()
		const others = 7 + 9_999 // on their way, and waiting; the steady series is both
		require.Equal(t, others+2, len(api.all()))
		require.Equal(t, others+20_000+1, api.sum())
		require.Contains(t, logged(), fmt.Sprint("dropped=", 20_000-others))
	})
}

// Each event is remembered until it can't become a series any more. There is an end to that as well: 50,000.
func TestSeriesDoNotPileUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const most = 50_000
		api, incoming, done := newShelf(), make(chan watch.Event), make(chan struct{})
		recording := events.NewRecording(api)
		logger, logged := logger(t)
		go func() {
			defer close(done)
			recording.Run(klog.NewContext(t.Context(), logger), incoming)
		}()
		happen := func(first, last int) {
			for n := first; n <= last; n++ {
				name := fmt.Sprint("web-", n)
				incoming <- watch.Event{Object: &eventsv1.Event{ObjectMeta: metav1.ObjectMeta{Name: name}, Regarding: corev1.ObjectReference{Name: name}}}
				if n%100 == 0 {
					synctest.Wait() // or too many wait to be written
				}
			}
			synctest.Wait()
		}
		happen(1, most)
		require.NotContains(t, logged(), "Too many")
		happen(most+1, most+5)
		require.NoError(t, recording.CheckInvariants())
		require.Contains(t, logged(), "Too many events wait to be written or to end")
		time.Sleep(12 * time.Minute)
		happen(most+6, most+7)
		require.Len(t, api.all(), most+2)
		require.Contains(t, logged(), "dropped=5")
		close(incoming)
		<-done
	})
}
