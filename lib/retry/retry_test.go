package retry_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/wait"

	"client-go-workbook/lib/retry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// attempts is a function that returns one error after the other, and when it was called.
type attempts struct {
	errs  []error
	start time.Time
	at    []time.Duration
}

func newAttempts(errs ...error) *attempts { return &attempts{errs: errs, start: time.Now()} }

func (a *attempts) call() error {
	a.at = append(a.at, time.Since(a.start))
	return a.errs[len(a.at)-1]
}

// conflict is the n-th of a series, so that a test can tell which one came back.
func conflict(n int) error {
	return apierrors.NewConflict(schema.GroupResource{Resource: "pods"}, fmt.Sprint("pod-", n), errors.New("changed"))
}

func TestUpdateSucceedsAfterConflicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts(conflict(1), conflict(2), nil)
		require.NoError(t, retry.RetryOnConflict(retry.DefaultRetry, a.call))
		require.Len(t, a.at, 3)
	})
}

func TestFirstAttemptDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts(nil)
		require.NoError(t, retry.RetryOnConflict(retry.DefaultBackoff, a.call))
		require.Equal(t, []time.Duration{0}, a.at)
	})
}

// Jitter adds up to its share of the duration, never takes any away.
func TestWaitsBetweenAttempts(t *testing.T) {
	const ms = time.Millisecond
	for name, tc := range map[string]struct {
		backoff wait.Backoff
		waits   []time.Duration
	}{
		"DefaultRetry":   {retry.DefaultRetry, []time.Duration{10 * ms, 10 * ms, 10 * ms, 10 * ms}},
		"DefaultBackoff": {retry.DefaultBackoff, []time.Duration{10 * ms, 50 * ms, 250 * ms}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newAttempts(conflict(1), conflict(2), conflict(3), conflict(4), conflict(5))
				require.Error(t, retry.RetryOnConflict(tc.backoff, a.call))
				require.Len(t, a.at, len(tc.waits)+1)
				for i, want := range tc.waits {
					got := a.at[i+1] - a.at[i]
					require.GreaterOrEqual(t, got, want)
					require.LessOrEqual(t, got, want+want/10)
				}
			})
		})
	}
}

func TestLastConflictComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		last := conflict(5)
		a := newAttempts(conflict(1), conflict(2), conflict(3), conflict(4), last)
		require.Same(t, last, retry.RetryOnConflict(retry.DefaultRetry, a.call))
	})
}

func TestWrappedConflictIsAConflict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAttempts(fmt.Errorf("update pod: %w", conflict(1)), nil)
		require.NoError(t, retry.RetryOnConflict(retry.DefaultRetry, a.call))
	})
}

func TestOtherErrorsEndAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		notFound := apierrors.NewNotFound(schema.GroupResource{Resource: "pods"}, "a")
		a := newAttempts(conflict(1), notFound)
		require.Same(t, notFound, retry.RetryOnConflict(retry.DefaultRetry, a.call))
		require.Len(t, a.at, 2)
	})
}

func TestConflictSaysMoreThanCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := conflict(1)
		a := newAttempts(first, context.Canceled)
		require.Same(t, first, retry.RetryOnConflict(retry.DefaultRetry, a.call))

		a = newAttempts(context.Canceled)
		require.Equal(t, context.Canceled, retry.RetryOnConflict(retry.DefaultRetry, a.call))
	})
}

func TestCallerSaysWhatIsRetriable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		busy := errors.New("busy")
		a := newAttempts(busy, busy, nil)
		err := retry.OnError(retry.DefaultBackoff, func(err error) bool { return errors.Is(err, busy) }, a.call)
		require.NoError(t, err)
		require.Len(t, a.at, 3)
	})
}

func TestNoStepsNoCall(t *testing.T) {
	err := retry.OnError(wait.Backoff{}, func(error) bool { return true }, func() error {
		t.Fatal("called")
		return nil
	})
	require.True(t, wait.Interrupted(err))
}
