package tokenbucket_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	tokenbucket "client-go-workbook/exercises/ch03-workqueue/ex07-token-bucket"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/workqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	burst = invariant.Invariant{
		Says: "who finds a token in the bucket doesn't wait",
		Read: "README.md, Invariant; lib/workqueue/limiter.go, TypedBucketRateLimiter",
	}
	inTurn = invariant.Invariant{
		Says: "each token that is still to come belongs to one item: they pass one by one",
		Read: "README.md, second paragraph; lib/workqueue/limiter.go, TypedBucketRateLimiter",
	}
	refills = invariant.Invariant{
		Says: "tokens come as time passes, in fractions too, and no more of them than fit in",
		Read: "README.md, Invariant; lib/workqueue/limiter.go, TypedBucketRateLimiter",
	}
	noSleep = invariant.Invariant{
		Says: "When says how long to wait; it doesn't wait",
		Read: "bucket.go, When; lib/workqueue/limiter.go, TypedRateLimiter",
	}
)

var _ workqueue.TypedRateLimiter[string] = (*tokenbucket.Bucket)(nil)

const ms = time.Millisecond

// full runs a test with a bucket of 5 tokens, to which one comes every 100ms.
func full(t *testing.T, rule invariant.Invariant, test func(t *testing.T, b *tokenbucket.Bucket)) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) { test(t, tokenbucket.New(100*ms, 5)) })
}

// take takes so many tokens at once, and returns the waits. Floating point numbers aren't exact, so these are rounded.
func take(t *testing.T, b *tokenbucket.Bucket, n int) []time.Duration {
	t.Helper()
	began := time.Now()
	var waits []time.Duration
	for i := range n {
		waits = append(waits, b.When(fmt.Sprint("item-", i)).Round(time.Microsecond))
	}
	noSleep.Equal(t, time.Duration(0), time.Since(began), "call When %d times, and look at the clock", n)
	return waits
}

func TestFullBucket(t *testing.T) {
	full(t, burst, func(t *testing.T, b *tokenbucket.Bucket) {
		burst.Equal(t, []time.Duration{0, 0, 0, 0, 0}, take(t, b, 5), "five items fail at once, with New(100ms, 5)")
	})
}

func TestTheOthersPassOneByOne(t *testing.T) {
	full(t, inTurn, func(t *testing.T, b *tokenbucket.Bucket) {
		inTurn.Equal(t, []time.Duration{0, 0, 0, 0, 0, 100 * ms, 200 * ms, 300 * ms, 400 * ms}, take(t, b, 9),
			"nine items fail at once, with New(100ms, 5)")
	})
}

func TestWhoComesWhileOthersWait(t *testing.T) {
	full(t, inTurn, func(t *testing.T, b *tokenbucket.Bucket) {
		take(t, b, 9)
		time.Sleep(150 * ms)
		inTurn.Equal(t, []time.Duration{350 * ms, 450 * ms}, take(t, b, 2),
			"nine items fail at once, the last of which waits until 400ms; two more fail at 150ms")
	})
}

func TestBucketFillsAgain(t *testing.T) {
	full(t, refills, func(t *testing.T, b *tokenbucket.Bucket) {
		take(t, b, 5)
		time.Sleep(300 * ms)
		refills.Equal(t, []time.Duration{0, 0, 0, 100 * ms}, take(t, b, 4), "take all five; 300ms later take four")
		time.Sleep(time.Hour)
		refills.Equal(t, []time.Duration{0, 0, 0, 0, 0, 100 * ms}, take(t, b, 6), "an hour later take six")
	})
}

func TestBucketHasABrim(t *testing.T) {
	full(t, refills, func(t *testing.T, b *tokenbucket.Bucket) {
		time.Sleep(24 * time.Hour)
		refills.Equal(t, []time.Duration{0, 0, 0, 0, 0, 100 * ms}, take(t, b, 6), "wait for a day, then take six, with New(100ms, 5)")
	})
}

func TestFractionsCount(t *testing.T) {
	full(t, refills, func(t *testing.T, b *tokenbucket.Bucket) {
		take(t, b, 5)
		time.Sleep(30 * ms)
		refills.Equal(t, []time.Duration{70 * ms}, take(t, b, 1), "take all five; 30ms later take one")
		time.Sleep(30 * ms)
		refills.Equal(t, []time.Duration{140 * ms}, take(t, b, 1), "30ms later take one more")
		time.Sleep(30 * ms)
		refills.Equal(t, []time.Duration{210 * ms}, take(t, b, 1), "30ms later take one more")
	})
}

// A visitor every 70ms is too many for 100ms each, and one every 130ms isn't.
func TestSteadyStream(t *testing.T) {
	for _, test := range []struct {
		every time.Duration
		want  time.Duration // that the 101st waits
	}{{70 * ms, 101*100*ms - 500*ms - 100*70*ms}, {100 * ms, 0}, {130 * ms, 0}} {
		t.Run(test.every.String(), func(t *testing.T) {
			full(t, refills, func(t *testing.T, b *tokenbucket.Bucket) {
				for range 100 {
					take(t, b, 1)
					time.Sleep(test.every)
				}
				refills.Equal(t, []time.Duration{test.want}, take(t, b, 1), "every %v an item fails, a hundred in all: how long does the next one wait", test.every)
			})
		})
	}
}

func TestOtherSizes(t *testing.T) {
	for _, test := range []struct {
		every time.Duration
		burst int
		want  []time.Duration
	}{
		{time.Hour, 1, []time.Duration{0, time.Hour, 2 * time.Hour}},
		{time.Millisecond, 2, []time.Duration{0, 0, ms, 2 * ms}},
	} {
		bubble.Test(t, inTurn, func(t *testing.T) {
			b := tokenbucket.New(test.every, test.burst)
			inTurn.Equal(t, test.want, take(t, b, len(test.want)), "%d items fail at once, with New(%v, %d)", len(test.want), test.every, test.burst)
		})
	}
}

func TestManyWorkersAtOnce(t *testing.T) {
	full(t, inTurn, func(t *testing.T, b *tokenbucket.Bucket) {
		var mu sync.Mutex
		var waits, want []time.Duration
		for n := range 40 {
			want = append(want, time.Duration(max(0, n-4))*100*ms)
			go func() {
				wait := b.When("cart").Round(time.Microsecond)
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, wait)
			}()
		}
		synctest.Wait()
		slices.Sort(waits)
		inTurn.Equal(t, want, waits, "forty workers take a token at the same time")
	})
}

// What it is for: a queue whose items all fail at once.
func TestQueueIsPaced(t *testing.T) {
	full(t, inTurn, func(t *testing.T, b *tokenbucket.Bucket) {
		q := workqueue.NewTypedRateLimitingQueue[string](b)
		defer q.ShutDown()
		for n := range 12 {
			q.AddRateLimited(fmt.Sprint("item-", n))
		}
		var saw []int
		for range 4 {
			time.Sleep(ms)
			synctest.Wait()
			saw = append(saw, q.Len())
			time.Sleep(199 * ms)
		}
		inTurn.Equal(t, []int{5, 7, 9, 11}, saw, "twelve items fail at once: how many has the queue after 1, 201, 401 and 601ms")
	})
}
