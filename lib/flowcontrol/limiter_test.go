package flowcontrol_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/flowcontrol"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestABurstThenASteadyRate(t *testing.T) {
	for name, take := range map[string]func(*testing.T, flowcontrol.RateLimiter){
		"Accept": func(_ *testing.T, l flowcontrol.RateLimiter) { l.Accept() },
		"Wait":   func(t *testing.T, l flowcontrol.RateLimiter) { require.NoError(t, l.Wait(t.Context())) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := flowcontrol.NewTokenBucketRateLimiter(4, 3)
				require.EqualValues(t, 4, l.QPS())
				start := time.Now()
				var at []time.Duration
				for range 6 {
					take(t, l)
					at = append(at, time.Since(start))
				}
				require.Equal(t, []time.Duration{0, 0, 0, 250 * time.Millisecond, 500 * time.Millisecond, 750 * time.Millisecond}, at)

				time.Sleep(time.Hour)
				for range 3 {
					require.True(t, l.TryAccept())
				}
				require.False(t, l.TryAccept(), "an idle hour fills the bucket to its burst, no further")
				l.Stop()
				time.Sleep(250 * time.Millisecond)
				require.True(t, l.TryAccept(), "Stop changes nothing")
			})
		})
	}
}

func TestWaitGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := flowcontrol.NewTokenBucketRateLimiter(0.1, 1)
		require.True(t, l.TryAccept())

		ctx, cancel := context.WithTimeout(t.Context(), 9*time.Second)
		defer cancel()
		start := time.Now()
		require.ErrorContains(t, l.Wait(ctx), "would exceed context deadline")
		require.Zero(t, time.Since(start), "at once: the token comes after 10 s")

		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(2*time.Second, cancel)
		require.ErrorIs(t, l.Wait(ctx), context.Canceled)
		require.Equal(t, 2*time.Second, time.Since(start))

		require.NoError(t, l.Wait(t.Context()))
		require.Equal(t, 10*time.Second, time.Since(start).Round(time.Millisecond), "those who gave up have taken nothing")
	})
}

func TestABucketThatHoldsNothing(t *testing.T) {
	l := flowcontrol.NewTokenBucketRateLimiter(1, 0)
	require.False(t, l.TryAccept())
	require.Error(t, l.Wait(t.Context()))
}

func TestThePassiveLimiterCannotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := flowcontrol.NewTokenBucketPassiveRateLimiter(1, 2)
		require.EqualValues(t, 1, l.QPS())
		require.True(t, l.TryAccept())
		require.True(t, l.TryAccept())
		require.False(t, l.TryAccept())
		time.Sleep(time.Second)
		require.True(t, l.TryAccept())
		_, waits := l.(flowcontrol.RateLimiter)
		require.False(t, waits)
	})
}

func TestFakes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		always := flowcontrol.NewFakeAlwaysRateLimiter()
		for range 1000 {
			require.True(t, always.TryAccept())
			always.Accept()
			require.NoError(t, always.Wait(t.Context()))
		}
		always.Stop()

		never := flowcontrol.NewFakeNeverRateLimiter()
		require.False(t, never.TryAccept())
		require.Error(t, never.Wait(t.Context()))
		accepted := false
		go func() { never.Accept(); accepted = true }()
		synctest.Wait()
		require.False(t, accepted)
		never.Stop()
		never.Stop()
		synctest.Wait()
		require.True(t, accepted, "Stop releases those who wait")
	})
}
