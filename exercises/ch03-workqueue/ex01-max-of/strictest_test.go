package maxof_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	maxof "client-go-workbook/exercises/ch03-workqueue/ex01-max-of"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/workqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	longest = invariant.Invariant{
		Says: "an item waits for the longest of the times that its limiters want",
		Read: "README.md, Invariant; lib/workqueue/limiter.go, TypedMaxOfRateLimiter",
	}
	allHear = invariant.Invariant{
		Says: "every limiter hears of every failure, exactly once, whatever the others say",
		Read: "README.md, second paragraph; lib/workqueue/limiter.go, TypedMaxOfRateLimiter",
	}
)

const ms = time.Millisecond

// always wants the same time for everything, and notes what it was asked.
type always struct {
	delay time.Duration
	asked []string
}

func (a *always) When(item string) time.Duration {
	a.asked = append(a.asked, item)
	return a.delay
}
func (a *always) Forget(string)          {}
func (a *always) NumRequeues(string) int { return len(a.asked) }

// bucket gives away some tokens for nothing. Each one more comes 100ms after the one before.
type bucket struct{ tokens int }

func (b *bucket) When(string) time.Duration {
	b.tokens--
	return max(0, time.Duration(-b.tokens)*100*ms)
}
func (b *bucket) Forget(string)          {}
func (b *bucket) NumRequeues(string) int { return 0 }

type limiters = []workqueue.TypedRateLimiter[string]

func TestLongestTimeCounts(t *testing.T) {
	for _, delays := range [][]time.Duration{
		{5 * ms}, {0}, {5 * ms, 100 * ms}, {100 * ms, 5 * ms}, {0, 7 * ms, 0}, {3 * ms, 8 * ms, 8 * ms, 2 * ms},
		{time.Hour, 0}, {0, 1<<63 - 1}, {1<<63 - 1, 1<<63 - 1},
	} {
		t.Run(fmt.Sprint(delays), func(t *testing.T) {
			s, want := &maxof.Strictest{}, time.Duration(0)
			for _, delay := range delays {
				s.Limiters = append(s.Limiters, &always{delay: delay})
				want = max(want, delay)
			}
			longest.Equal(t, want, s.When("cart"), "ask limiters that want %v", delays)
		})
	}
}

func TestNoLimiterNoWait(t *testing.T) {
	longest.Equal(t, time.Duration(0), (&maxof.Strictest{}).When("cart"), "ask a Strictest without limiters")
}

func TestEveryLimiterHearsOfIt(t *testing.T) {
	items := []string{"cart", "cart", "shelf", "cart"}
	for _, delays := range [][]time.Duration{
		{5 * ms, 100 * ms, 20 * ms}, {100 * ms, 20 * ms, 5 * ms}, {0, 0, 0}, {1<<63 - 1, 0, time.Hour},
	} {
		t.Run(fmt.Sprint(delays), func(t *testing.T) {
			s, asked := &maxof.Strictest{}, []*always{}
			for _, delay := range delays {
				limiter := &always{delay: delay}
				s.Limiters, asked = append(s.Limiters, limiter), append(asked, limiter)
			}
			for _, item := range items {
				s.When(item)
			}
			for n, limiter := range asked {
				allHear.Equal(t, strings.Join(items, " "), strings.Join(limiter.asked, " "),
					"%s fail; look at what limiter %d heard of, of three that want %v", strings.Join(items, ", "), n+1, delays)
			}
		})
	}
}

// The two that DefaultTypedControllerRateLimiter has, in either order.
func TestDefaultOfControllers(t *testing.T) {
	for _, bucketFirst := range []bool{false, true} {
		t.Run(fmt.Sprint("bucket first ", bucketFirst), func(t *testing.T) {
			backoff := workqueue.NewTypedItemExponentialFailureRateLimiter[string](5*ms, 1000*time.Second)
			s := &maxof.Strictest{Limiters: limiters{backoff, &bucket{tokens: 8}}}
			if bucketFirst {
				s.Limiters = limiters{s.Limiters[1], backoff}
			}
			var waits []time.Duration
			for range 6 {
				waits = append(waits, s.When("cart"))
			}
			longest.Equal(t, []time.Duration{5 * ms, 10 * ms, 20 * ms, 40 * ms, 80 * ms, 160 * ms}, waits,
				"cart fails six times, while the bucket has tokens")
			allHear.Equal(t, 6, s.NumRequeues("cart"), "cart has failed six times: how many did the backoff count")

			waits = nil
			for _, item := range []string{"shelf", "till", "door", "lamp"} {
				waits = append(waits, s.When(item))
			}
			allHear.Equal(t, []time.Duration{5 * ms, 5 * ms, 100 * ms, 200 * ms}, waits,
				"four others fail once: there were 8 tokens, and cart has taken 6, though it waited for another reason")

			s.Forget("cart")
			longest.Equal(t, 300*ms, s.When("cart"), "forget cart, then it fails once more: the bucket still is empty")
			allHear.Equal(t, 1, s.NumRequeues("cart"), "how many failures did the backoff count since it forgot cart")
		})
	}
}
