package backoff_test

import (
	"math"
	"math/big"
	"testing"
	"time"

	"go.uber.org/goleak"

	backoff "client-go-workbook/exercises/ch03-workqueue/ex02-backoff"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	doubles = invariant.Invariant{
		Says: "an item waits for base after its first failure, and twice as long after each further one",
		Read: "README.md, Invariant; lib/workqueue/failures.go, TypedItemExponentialFailureRateLimiter",
	}
	bounded = invariant.Invariant{
		Says: "no item waits for longer than the maximum, nor for less than the time before, however often it fails",
		Read: "README.md, second paragraph; lib/workqueue/failures.go, TypedItemExponentialFailureRateLimiter",
	}
)

const (
	ms      = time.Millisecond
	forever = time.Duration(math.MaxInt64)
)

// want is calculated with numbers that can't overflow.
func want(base, maximum time.Duration, n int) time.Duration {
	wait := new(big.Int).Lsh(big.NewInt(int64(base)), uint(n))
	if wait.Cmp(big.NewInt(int64(maximum))) > 0 {
		return maximum
	}
	return time.Duration(wait.Int64())
}

func TestWaitDoubles(t *testing.T) {
	l := backoff.New(5*ms, 1000*time.Second)
	var waits []time.Duration
	for range 6 {
		waits = append(waits, l.When("cart"))
	}
	doubles.Equal(t, []time.Duration{5 * ms, 10 * ms, 20 * ms, 40 * ms, 80 * ms, 160 * ms}, waits, "New(5ms, 1000s), then cart fails six times")
}

func TestItemsAreNoBusinessOfEachOther(t *testing.T) {
	l := backoff.New(5*ms, 1000*time.Second)
	var waits []time.Duration
	for _, item := range []string{"cart", "cart", "shelf", "cart", "shelf"} {
		waits = append(waits, l.When(item))
	}
	doubles.Equal(t, []time.Duration{5 * ms, 10 * ms, 5 * ms, 20 * ms, 10 * ms}, waits, "fail cart, cart, shelf, cart, shelf")
}

func TestForgottenItemBeginsAgain(t *testing.T) {
	l := backoff.New(5*ms, 1000*time.Second)
	for range 100 {
		l.When("cart")
	}
	l.Forget("cart")
	doubles.Equal(t, 5*ms, l.When("cart"), "fail cart a hundred times, forget it, and fail it once more")
}

// After 63 doublings nothing is left of an int64, and after some fewer its sign has changed.
func TestWaitIsBounded(t *testing.T) {
	for _, test := range []struct {
		name          string
		base, maximum time.Duration
	}{
		{"the default of controllers", 5 * ms, 1000 * time.Second},
		{"a maximum that is a multiple", time.Second, 64 * time.Second},
		{"a maximum that is the base", time.Second, time.Second},
		{"a maximum below the base", time.Minute, time.Second},
		{"a maximum of 0", 5 * ms, 0},
		{"a base of 0", 0, time.Hour},
		{"a base of 1ns, no maximum", 1, forever},
		{"a base of 3ns, no maximum", 3, forever},
		{"a base of 1.024µs", 1024, 1000 * time.Second},
		{"a base of 5ms, no maximum", 5 * ms, forever},
		{"a base of a century", 100 * 365 * 24 * time.Hour, forever},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := backoff.New(test.base, test.maximum)
			for n := range 300 {
				bounded.Equal(t, want(test.base, test.maximum, n), l.When("cart"),
					"New(%v, %v), and cart fails after it has failed %d times before", test.base, test.maximum, n)
			}
		})
	}
}
