package record_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/record"
	"client-go-workbook/lib/rest"
)

var eventsResource = schema.GroupResource{Resource: "events"}

func TestWhichErrorsAreFinal(t *testing.T) {
	terminating := apierrors.NewForbidden(eventsResource, "web", errors.New("the namespace is being terminated"))
	terminating.ErrStatus.Details.Causes = []metav1.StatusCause{{Type: corev1.NamespaceTerminatingCause}}
	const (
		refused = "E Event not written: the server refused it"
		quietly = "I Event not written: the server refused it"
	)
	for name, tt := range map[string]struct {
		err  error
		want string // the only line in the log; "" is all the lines of 12 tries
	}{
		"400":                               {apierrors.NewBadRequest("no"), refused},
		"403":                               {apierrors.NewForbidden(eventsResource, "web", nil), refused},
		"403, a dying namespace":            {terminating, quietly},
		"404, no namespace":                 {apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "shop"), refused},
		"409, it is there already":          {apierrors.NewAlreadyExists(eventsResource, "web"), quietly},
		"409, a conflict":                   {apierrors.NewConflict(eventsResource, "web", nil), refused},
		"429, after the client's own tries": {apierrors.NewTooManyRequests("busy", 1), refused},
		"500":                               {apierrors.NewInternalError(errors.New("oops")), refused},
		"503":                               {apierrors.NewServiceUnavailable("etcd is away"), refused},
		"wrapped":                           {fmt.Errorf("create: %w", apierrors.NewBadRequest("no")), refused},
		"no request":                        {&rest.RequestConstructionError{Err: errors.New("no body")}, "E Event not written: there is no request for it"},
		"nobody answers":                    {errAway, ""},
		"too slow an answer":                {context.DeadlineExceeded, ""},
		"an odd answer":                     {&apierrors.UnexpectedObjectError{Object: &corev1.Pod{}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var log logbook
				s := &sink{answer: func(n int, c call) error {
					if c.event.Reason == "First" {
						return tt.err
					}
					return nil
				}}
				b := record.NewBroadcaster(record.WithContext(log.context(t, 5)))
				b.StartRecordingToSink(s)
				say(b, "First", "Next")
				time.Sleep(time.Hour)
				b.Shutdown()

				if tt.want != "" {
					require.Equal(t, []string{"create First", "create Next"}, s.story())
					require.Equal(t, []string{tt.want}, log.lines())
					return
				}
				require.Len(t, s.all(), 13, "12 tries, then the next event")
				require.Equal(t, "create Next", s.story()[12])
				lines := log.lines()
				require.Len(t, lines, 13)
				require.Equal(t, "E Event not written yet", lines[0])
				require.Equal(t, "E Event not written: out of tries", lines[12])
			})
		})
	}
}

func TestSleepsBetweenTries(t *testing.T) {
	firstSleeps := map[time.Duration]bool{}
	for range 10 {
		synctest.Test(t, func(t *testing.T) {
			s := &sink{answer: func(int, call) error { return errAway }}
			b := record.NewBroadcaster(record.WithSleepDuration(time.Minute), record.WithContext(new(logbook).context(t, 0)))
			b.StartRecordingToSink(s)
			say(b, "First")
			time.Sleep(time.Hour)
			b.Shutdown()

			calls := s.all()
			require.Len(t, calls, 12)
			first := calls[1].at
			require.Less(t, first, time.Minute)
			firstSleeps[first] = true
			for i, c := range calls[1:] {
				require.Equal(t, first+time.Duration(i)*time.Minute, c.at)
			}
		})
	}
	require.Greater(t, len(firstSleeps), 1, "clients that failed at once must not come back at once")
}

func TestTheSinkComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{answer: func(n int, _ call) error {
			if n < 3 {
				return errAway
			}
			return nil
		}}
		b := record.NewBroadcaster(record.WithContext(new(logbook).context(t, 0)))
		b.StartRecordingToSink(s)
		say(b, "First", "Second", "Third")
		time.Sleep(time.Minute)
		b.Shutdown()
		require.Equal(t, []string{
			"create First", "create First", "create First", "create First", "create Second", "create Third",
		}, s.story(), "in order, and nothing twice")
	})
}

func TestTheSameAgainIsAPatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		b := record.NewBroadcaster()
		b.StartRecordingToSink(s)
		say(b, "Again", "Again", "Again")
		b.Shutdown()
		require.Equal(t, []string{"create Again", "patch Again", "patch Again"}, s.story())
		calls := s.all()
		require.Equal(t, calls[0].event.Name, calls[2].event.Name)
		require.Equal(t, "2", calls[2].event.ResourceVersion, "what the sink returned is where the next one begins")
		require.EqualValues(t, 3, calls[2].event.Count)
		require.Contains(t, calls[2].patch, `"count":3`)
	})
}

func TestAnEventThatIsGoneIsCreatedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{answer: func(_ int, c call) error {
			if c.verb == "patch" {
				return apierrors.NewNotFound(eventsResource, c.event.Name)
			}
			return nil
		}}
		b := record.NewBroadcaster()
		b.StartRecordingToSink(s)
		say(b, "Again", "Again")
		b.Shutdown()
		require.Equal(t, []string{"create Again", "patch Again", "create Again"}, s.story())
		again := s.all()[2].event
		require.EqualValues(t, 2, again.Count, "with the count that it had")
		require.Empty(t, again.ResourceVersion, "the server takes no new object with one")
	})
}

// The server had created the event; the answer was lost. The next one counts on it.
func TestALostAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logbook
		s := &sink{answer: func(n int, c call) error {
			switch n {
			case 0:
				return errAway
			case 1:
				return apierrors.NewAlreadyExists(eventsResource, c.event.Name)
			}
			return nil
		}}
		b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
		b.StartRecordingToSink(s)
		say(b, "Again", "Again")
		time.Sleep(time.Minute)
		b.Shutdown()
		require.Equal(t, []string{"create Again", "create Again", "patch Again"}, s.story())
		require.Equal(t, s.all()[0].event.Name, s.all()[2].event.Name)
		require.Equal(t, []string{"E Event not written yet"}, log.lines(), "already exists is no error")
	})
}

func TestOneSinkAwayDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := &sink{answer: func(int, call) error { return errAway }}
		here := &sink{}
		b := record.NewBroadcaster(record.WithContext(new(logbook).context(t, 0)))
		b.StartRecordingToSink(away)
		b.StartRecordingToSink(here)
		say(b, "First", "Second")
		synctest.Wait()
		require.Equal(t, []string{"create First", "create Second"}, here.story())
		require.Equal(t, []string{"create First"}, away.story())
		b.Shutdown()
	})
}

func TestShutdownTriesEachEventOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logbook
		s := &sink{answer: func(int, call) error { return errAway }}
		b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
		b.StartRecordingToSink(s)
		say(b, numbered(3)...)
		synctest.Wait() // it sleeps before it tries Reason0 again
		begin := time.Now()
		b.Shutdown()
		require.Zero(t, time.Since(begin), "nobody sleeps when it is time to go")
		require.Equal(t, []string{"create Reason0", "create Reason1", "create Reason2"}, s.story())
		require.Equal(t, []string{
			"E Event not written yet", "E Event not written: the broadcaster is shut down",
			"E Event not written yet", "E Event not written: the broadcaster is shut down",
			"E Event not written yet", "E Event not written: the broadcaster is shut down",
		}, log.lines())
	})
}

func TestShutdownWritesWhatWasAccepted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		b := record.NewBroadcaster(record.WithCorrelatorOptions(record.CorrelatorOptions{BurstSize: 1000}))
		b.StartRecordingToSink(s)
		say(b, numbered(1000)...)
		b.Shutdown()
		require.Len(t, s.all(), 1000)
	})
}

func TestTheEndOfTheContextLeavesTimeToWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := &sink{answer: func(int, call) error {
			time.Sleep(time.Second)
			return nil
		}}
		b := record.NewBroadcaster(record.WithContext(ctx))
		b.StartRecordingToSink(s)
		say(b, numbered(3)...)
		cancel()
		b.Shutdown()
		require.Equal(t, []string{"create Reason0", "create Reason1", "create Reason2"}, s.story())
	})
}

// A sink without a context is waited for, but gets nothing more after 5 seconds.
func TestShutdownHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log logbook
		s := &sink{answer: func(int, call) error {
			time.Sleep(2 * time.Second)
			return nil
		}}
		b := record.NewBroadcaster(record.WithContext(log.context(t, 0)))
		b.StartRecordingToSink(s)
		say(b, numbered(5)...)
		begin := time.Now()
		b.Shutdown()
		require.Equal(t, 6*time.Second, time.Since(begin))
		require.Equal(t, []string{"create Reason0", "create Reason1", "create Reason2"}, s.story())
		const lost = "E Event not written: the broadcaster is shut down"
		require.Equal(t, []string{lost, lost}, log.lines())
	})
}

// sinkOfNothing is what a test may have that looks at nothing.
type sinkOfNothing struct{ sink }

func (s *sinkOfNothing) Create(event *corev1.Event) (*corev1.Event, error) {
	_, err := s.sink.Create(event)
	return nil, err
}

func TestASinkThatReturnsNoEvent(t *testing.T) {
	s := &sinkOfNothing{}
	b := record.NewBroadcaster()
	b.StartRecordingToSink(s)
	say(b, "First", "Second")
	b.Shutdown()
	require.Equal(t, []string{"create First", "create Second"}, s.story())
}

// What one sink does to an event is no other's business.
func TestSinksShareNoEvents(t *testing.T) {
	one, other := &sink{}, &sink{}
	b := record.NewBroadcaster()
	var watched []*corev1.Event
	b.StartRecordingToSink(one)
	b.StartRecordingToSink(other)
	b.StartEventWatcher(func(e *corev1.Event) { watched = append(watched, e) })
	say(b, "Again", "Again")
	b.Shutdown()
	require.EqualValues(t, 2, one.all()[1].event.Count)
	require.EqualValues(t, 2, other.all()[1].event.Count)
	require.EqualValues(t, 1, watched[1].Count, "the correlator counts on a copy")
}

func TestOptionsOfTheCorrelator(t *testing.T) {
	for name, b := range map[string]record.EventBroadcaster{
		"option":      record.NewBroadcaster(record.WithCorrelatorOptions(record.CorrelatorOptions{BurstSize: 2})),
		"constructor": record.NewBroadcasterWithCorrelatorOptions(record.CorrelatorOptions{BurstSize: 2}),
	} {
		s := &sink{}
		b.StartRecordingToSink(s)
		say(b, numbered(5)...)
		b.Shutdown()
		require.Equal(t, []string{"create Reason0", "create Reason1"}, s.story(), name)
	}
}

func TestBroadcasterForTestsSleepsAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sink{answer: func(n int, _ call) error {
			if n < 3 {
				return &apierrors.UnexpectedObjectError{Object: &corev1.Pod{}}
			}
			return nil
		}}
		b := record.NewBroadcasterForTests(0)
		b.StartRecordingToSink(s)
		begin := time.Now()
		say(b, "First")
		synctest.Wait()
		require.Len(t, s.all(), 4)
		require.Zero(t, time.Since(begin))
		b.Shutdown()
	})
}
