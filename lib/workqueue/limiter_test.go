package workqueue_test

import (
	"fmt"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"client-go-workbook/lib/workqueue"
)

type limiter = workqueue.TypedRateLimiter[string]

// delays returns how long the next n failures of item make it wait.
func delays(l limiter, item string, n int) []time.Duration {
	var all []time.Duration
	for range n {
		all = append(all, l.When(item))
	}
	return all
}

func TestExponentialDelays(t *testing.T) {
	for name, c := range map[string]struct {
		base, longest time.Duration
		want          []time.Duration
	}{
		"as a rule":            {1, 10, []time.Duration{1, 2, 4, 8, 10, 10}},
		"exactly the maximum":  {1, 8, []time.Duration{1, 2, 4, 8, 8}},
		"all above it":         {20, 10, []time.Duration{10, 10}},
		"no base":              {0, 10, []time.Duration{0, 0, 0}},
		"a negative base":      {-1, 10, []time.Duration{0, 0, 0}},
		"no maximum":           {1, 0, []time.Duration{0, 0}},
		"no sense":             {1, -1, []time.Duration{-1, -1}},
		"next to the overflow": {1 << 61, math.MaxInt64, []time.Duration{1 << 61, 1 << 62, math.MaxInt64, math.MaxInt64}},
	} {
		t.Run(name, func(t *testing.T) {
			l := workqueue.NewTypedItemExponentialFailureRateLimiter[string](c.base, c.longest)
			require.Equal(t, c.want, delays(l, "a", len(c.want)))
		})
	}
}

// However often an item fails, the delay never gets shorter, nor negative.
func TestExponentialDelaysNeverOverflow(t *testing.T) {
	for _, base := range []time.Duration{0, 1, 3, time.Millisecond, time.Hour, math.MaxInt64} {
		for _, longest := range []time.Duration{1, time.Second, 1000 * time.Second, math.MaxInt64} {
			l := workqueue.NewTypedItemExponentialFailureRateLimiter[string](base, longest)
			before := time.Duration(0)
			for n := range 2000 {
				delay := l.When("a")
				if delay < before || delay > longest {
					t.Fatalf("%v, at most %v: failure %d waits %v, the one before %v", base, longest, n, delay, before)
				}
				before = delay
			}
			if base > 0 {
				require.Equal(t, longest, before)
			}
			require.Equal(t, 2000, l.NumRequeues("a"))
		}
	}
}

func TestFastThenSlow(t *testing.T) {
	for attempts, want := range map[int][]time.Duration{
		2:  {1, 1, 9, 9},
		0:  {9, 9},
		-1: {9, 9},
	} {
		l := workqueue.NewTypedItemFastSlowRateLimiter[string](1, 9, attempts)
		require.Equal(t, want, delays(l, "a", len(want)), "%d fast attempts", attempts)
	}
}

// Each item has its own count, until it is forgotten.
func TestFailuresAreCountedPerItem(t *testing.T) {
	for name, l := range map[string]limiter{
		"exponential": workqueue.NewTypedItemExponentialFailureRateLimiter[string](1, 100),
		"fast slow":   workqueue.NewTypedItemFastSlowRateLimiter[string](1, 2, 1),
		"max of": workqueue.NewTypedMaxOfRateLimiter(
			workqueue.NewTypedItemFastSlowRateLimiter[string](1, 2, 1),
			&workqueue.TypedBucketRateLimiter[string]{Limiter: rate.NewLimiter(rate.Inf, 0)}),
		"max wait": workqueue.NewTypedWithMaxWaitRateLimiter(workqueue.NewTypedItemFastSlowRateLimiter[string](1, 2, 1), 9),
		"zero":     &workqueue.TypedItemExponentialFailureRateLimiter[string]{},
	} {
		t.Run(name, func(t *testing.T) {
			require.Zero(t, l.NumRequeues("a"))
			first := l.When("a")
			second := l.When("a")
			require.Equal(t, 2, l.NumRequeues("a"))
			require.Equal(t, first, l.When("b"))
			require.Equal(t, 1, l.NumRequeues("b"))

			l.Forget("a")
			l.Forget("never seen")
			require.Zero(t, l.NumRequeues("a"))
			require.Equal(t, 1, l.NumRequeues("b"))
			require.Equal(t, []time.Duration{first, second}, delays(l, "a", 2))
			require.Contains(t, fmt.Sprint(l), "failures [a×2 b×1]")
		})
	}
}

// A bucket that is empty gives each one the time when its token is there; tokens that nobody takes are kept.
func TestBucket(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &workqueue.TypedBucketRateLimiter[string]{Limiter: rate.NewLimiter(10, 2)}
		const each = 100 * time.Millisecond
		require.Equal(t, []time.Duration{0, 0, each, 2 * each}, delays(l, "a", 4))
		require.Equal(t, "tokens -2.0 of 2", fmt.Sprint(l))
		l.Forget("a")
		require.Equal(t, 3*each, l.When("b"), "it is the same bucket for all, and forgets nothing")
		require.Zero(t, l.NumRequeues("a"))

		time.Sleep(time.Minute)
		require.Equal(t, []time.Duration{0, 0, each}, delays(l, "a", 3))

		closed := &workqueue.TypedBucketRateLimiter[string]{Limiter: rate.NewLimiter(10, 0)}
		require.Equal(t, []time.Duration{rate.InfDuration}, delays(closed, "a", 1))
	})
}

func TestTheSlowestDecides(t *testing.T) {
	l := workqueue.NewTypedMaxOfRateLimiter(
		workqueue.NewTypedItemFastSlowRateLimiter[string](5, 6, 3),
		workqueue.NewTypedItemExponentialFailureRateLimiter[string](1, 100),
	)
	require.Equal(t, []time.Duration{5, 5, 5, 8, 16}, delays(l, "a", 5))
	require.Equal(t, 5, l.NumRequeues("a"))

	none := workqueue.NewTypedMaxOfRateLimiter[string]()
	require.Equal(t, []time.Duration{0}, delays(none, "a", 1))
	require.Zero(t, none.NumRequeues("a"))
}

func TestNeverLongerThan(t *testing.T) {
	l := workqueue.NewTypedWithMaxWaitRateLimiter(
		workqueue.NewTypedItemExponentialFailureRateLimiter[string](1, math.MaxInt64), 5)
	require.Equal(t, []time.Duration{1, 2, 4, 5, 5}, delays(l, "a", 5))
	require.Equal(t, 5, l.NumRequeues("a"), "the other limiter goes on counting")
}

// What a controller gets if it doesn't choose: 5ms, doubled up to 1000s, and 10 a second for all after the first 100.
func TestDefaultLimiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := workqueue.DefaultTypedControllerRateLimiter[string]()
		require.Equal(t, []time.Duration{5 * time.Millisecond, 10 * time.Millisecond, 20 * time.Millisecond}, delays(l, "a", 3))
		for i := range 97 {
			require.Equal(t, 5*time.Millisecond, l.When(fmt.Sprint(i)))
		}
		require.Equal(t, 100*time.Millisecond, l.When("b"))
		require.Equal(t, 200*time.Millisecond, l.When("c"))
		require.Equal(t, 1000*time.Second, delays(l, "d", 100)[99])

		l = workqueue.DefaultTypedItemBasedRateLimiter[string]()
		require.Equal(t, []time.Duration{time.Millisecond, 2 * time.Millisecond}, delays(l, "a", 2))
		require.Equal(t, 1000*time.Second, delays(l, "a", 100)[99])
	})
}

func TestLimitersAreForManyGoroutines(t *testing.T) {
	l := workqueue.DefaultTypedControllerRateLimiter[string]()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 200 {
				l.When("all")
				l.When(fmt.Sprint(i))
				if k%10 == 0 {
					l.Forget(fmt.Sprint(i))
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, 1600, l.NumRequeues("all"))
	require.Equal(t, 9, l.NumRequeues("3"))
}
