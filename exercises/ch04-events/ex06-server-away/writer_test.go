package serveraway_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	serveraway "client-go-workbook/exercises/ch04-events/ex06-server-away"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/rest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	again = invariant.Invariant{
		Says: "without an answer an event is tried again, MaxTries times in all",
		Read: "README.md, Invariant; lib/record/sink.go, record",
	}
	final = invariant.Invariant{
		Says: "an answer is final, and so is a request that can't be made",
		Read: "README.md, Invariant; lib/record/sink.go, isFinal",
	}
	exists = invariant.Invariant{
		Says: "what exists already is written",
		Read: "README.md, third paragraph; lib/record/sink.go, isFinal",
	}
	pauses = invariant.Invariant{
		Says: "the first pause is by chance, at most Sleep; all others are Sleep; there is none at the end",
		Read: "README.md, second paragraph; lib/record/sink.go, pause",
	}
	ends = invariant.Invariant{
		Says: "when the context ends, a pause does, and there is no other try; the first try is made in any case",
		Read: "writer.go, Record; lib/record/sink.go, pause",
	}
)

var (
	events  = schema.GroupResource{Resource: "events"}
	refused = &url.Error{Op: "Post", URL: "https://127.0.0.1:6443", Err: syscall.ECONNREFUSED}
)

// script is what a server answers, one error after the other. The last one stays.
type script struct {
	answers []error
	tries   []time.Duration // when they came, since the beginning
	began   time.Time
}

// limit ends a Writer that doesn't end by itself.
const limit = 1000

func (s *script) write(*corev1.Event) error {
	s.tries = append(s.tries, time.Since(s.began))
	if len(s.tries) > limit {
		return nil
	}
	return s.answers[min(len(s.tries), len(s.answers))-1]
}

// record writes an event, ten seconds between two tries and twelve of them, and tells how often it was tried.
func record(t *testing.T, ctx context.Context, rule invariant.Invariant, answers ...error) (*script, error) {
	t.Helper()
	s := &script{answers: answers, began: time.Now()}
	w := &serveraway.Writer{Write: s.write, Sleep: 10 * time.Second, MaxTries: 12}
	defer bubble.Catch(t, rule, "record an event")
	return s, w.Record(ctx, &corev1.Event{Message: "restarting"})
}

func TestFirstTryIsEnough(t *testing.T) {
	bubble.Test(t, again, func(t *testing.T) {
		s, err := record(t, t.Context(), again, nil)
		again.NoError(t, err, "the server takes the event")
		again.Equal(t, []time.Duration{0}, s.tries, "the server takes the event: when was it tried")
	})
}

func TestServerIsAwayForAWhile(t *testing.T) {
	for _, away := range []error{
		refused,
		errors.New("something nobody has heard of"),
		fmt.Errorf("create event: %w", context.DeadlineExceeded),
	} {
		bubble.Test(t, again, func(t *testing.T) {
			s, err := record(t, t.Context(), again, away, away, away, nil)
			again.NoError(t, err, "three tries fail with %q, the fourth gets through", away)
			again.Equal(t, 4, len(s.tries), "three tries fail with %q, the fourth gets through: how many are there", away)
		})
	}
}

func TestServerIsAwayForGood(t *testing.T) {
	bubble.Test(t, again, func(t *testing.T) {
		s, err := record(t, t.Context(), again, errors.New("the first error"), refused)
		again.Equal(t, 12, len(s.tries), "the server is away for good: how often is it tried, with MaxTries 12")
		again.Equal(t, true, errors.Is(err, syscall.ECONNREFUSED), "the server is away for good: is the error that of the last try? It is %v", err)
	})
	bubble.Test(t, again, func(t *testing.T) {
		s := &script{answers: []error{refused}, began: time.Now()}
		err := (&serveraway.Writer{Write: s.write, Sleep: time.Second, MaxTries: 1}).Record(t.Context(), &corev1.Event{})
		again.Equal(t, []time.Duration{0}, s.tries, "the server is away, MaxTries is 1: when was it tried")
		again.Equal(t, refused, err, "the server is away, MaxTries is 1: what is the error")
	})
}

func TestAnswersAreFinal(t *testing.T) {
	for _, test := range []struct {
		name string
		err  error
	}{
		{"forbidden", apierrors.NewForbidden(events, "web", errors.New("no"))},
		{"not found", apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "shop")},
		{"conflict", apierrors.NewConflict(events, "web", errors.New("changed"))},
		{"internal", apierrors.NewInternalError(errors.New("broken"))},
		{"too many requests", apierrors.NewTooManyRequests("busy", 1)},
		{"an answer without a reason", &apierrors.StatusError{ErrStatus: metav1.Status{Status: metav1.StatusFailure, Message: "no"}}},
		{"wrapped", fmt.Errorf("create event: %w", apierrors.NewBadRequest("no namespace"))},
		{"no request", &rest.RequestConstructionError{Err: errors.New("name may not be empty")}},
		{"no request, wrapped", fmt.Errorf("create event: %w", &rest.RequestConstructionError{Err: errors.New("name may not be empty")})},
	} {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, final, func(t *testing.T) {
				s, err := record(t, t.Context(), final, test.err)
				final.Equal(t, []time.Duration{0}, s.tries, "a try fails with %q: when was it tried", test.err)
				final.Equal(t, test.err, err, "a try fails with %q: what is returned", test.err)
			})
		})
	}
}

func TestAnswerAfterTheServerWasAway(t *testing.T) {
	bubble.Test(t, final, func(t *testing.T) {
		no := apierrors.NewForbidden(events, "web", errors.New("no"))
		s, err := record(t, t.Context(), final, refused, refused, no)
		final.Equal(t, 3, len(s.tries), "the server is away twice, then says no: how often was it tried")
		final.Equal(t, error(no), err, "the server is away twice, then says no: what is returned")
	})
}

func TestItExistsAlready(t *testing.T) {
	there := apierrors.NewAlreadyExists(events, "web.17ad")
	for _, answers := range [][]error{
		{there},
		{refused, there},
		{refused, fmt.Errorf("create event: %w", there)},
	} {
		bubble.Test(t, exists, func(t *testing.T) {
			s, err := record(t, t.Context(), exists, answers...)
			exists.NoError(t, err, "the tries fail with %q", answers)
			exists.Equal(t, len(answers), len(s.tries), "the tries fail with %q: how many are there", answers)
		})
	}
}

func TestPauses(t *testing.T) {
	bubble.Test(t, pauses, func(t *testing.T) {
		s, err := record(t, t.Context(), pauses, refused)
		took := time.Since(s.began)
		if err == nil || len(s.tries) != 12 {
			pauses.Broken(t, invariant.Report{Doing: "the server is away for good, with MaxTries 12: count the tries", Expected: "12, and an error", Saw: fmt.Sprint(len(s.tries), ", ", err)})
		}
		between := []time.Duration{}
		for n := 2; n < len(s.tries); n++ {
			between = append(between, s.tries[n]-s.tries[n-1])
		}
		want := []time.Duration{}
		for range 10 {
			want = append(want, 10*time.Second)
		}
		pauses.Equal(t, want, between, "the server is away for good: how long are the pauses behind the first")
		pauses.Equal(t, s.tries[11], took, "the server is away for good: does Record return with the twelfth try")
	})
}

// Many clients lose the server in the same moment.
func TestFirstPauseIsByChance(t *testing.T) {
	bubble.Test(t, pauses, func(t *testing.T) {
		early, late := 0, 0
		for range 60 {
			s, _ := record(t, t.Context(), pauses, refused, nil)
			pauses.Equal(t, 2, len(s.tries), "one try fails: how many are there")
			pause := s.tries[1]
			pauses.Equal(t, true, pause >= 0 && pause <= 10*time.Second, "is the first pause between 0s and 10s? It is %s", pause)
			if pause < 5*time.Second {
				early++
			} else {
				late++
			}
		}
		pauses.Equal(t, true, early > 0, "sixty clients lose the server at once: does one come back in the first half of the ten seconds")
		pauses.Equal(t, true, late > 0, "sixty clients lose the server at once: does one come back in the second half of the ten seconds")
	})
}

func TestContextEndsInAPause(t *testing.T) {
	bubble.Test(t, ends, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		began := time.Now()
		time.AfterFunc(25*time.Second, cancel) // in the second pause or the third
		s, err := record(t, ctx, ends, refused)
		ends.Equal(t, 25*time.Second, time.Since(began), "the server is away; the context ends after 25 s: how long does Record take")
		ends.Equal(t, error(refused), err, "the context ends after 25 s: what is returned")
		for _, at := range s.tries {
			ends.Equal(t, true, at < 25*time.Second, "the context ends after 25 s: is a try made before that? It is made after %s", at)
		}
		synctest.Wait()
	})
}

func TestContextHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	bubble.Test(t, ends, func(t *testing.T) {
		s, err := record(t, ctx, ends, refused)
		ends.Equal(t, []time.Duration{0}, s.tries, "the context has ended already, and the server is away: when was it tried")
		ends.Equal(t, error(refused), err, "the context has ended already: what is returned")
		s, err = record(t, ctx, ends, nil)
		ends.NoError(t, err, "the context has ended already, and the server is there")
		ends.Equal(t, 1, len(s.tries), "the context has ended already, and the server is there: how often was it tried")
	})
}
