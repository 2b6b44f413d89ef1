package workqueue

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/time/rate"
)

// TypedRateLimiter says how long an item has to wait. All methods may be called from any number of goroutines.
type TypedRateLimiter[T comparable] interface {
	// When counts a failure of item, and returns how long it has to wait.
	When(item T) time.Duration
	// Forget says that the failures of item so far don't count any more.
	Forget(item T)
	// NumRequeues returns how many failures of item count.
	NumRequeues(item T) int
}

// DefaultTypedControllerRateLimiter returns what most controllers use: an item waits for 5ms, then twice as long after
// each failure, up to 1000s; all items together, after the first 100, for 100ms each.
func DefaultTypedControllerRateLimiter[T comparable]() TypedRateLimiter[T] {
	return NewTypedMaxOfRateLimiter(
		NewTypedItemExponentialFailureRateLimiter[T](5*time.Millisecond, 1000*time.Second),
		&TypedBucketRateLimiter[T]{Limiter: rate.NewLimiter(10, 100)},
	)
}

// DefaultTypedItemBasedRateLimiter returns a limiter that looks at each item alone: it waits for 1ms, then twice as long
// after each failure, up to 1000s.
func DefaultTypedItemBasedRateLimiter[T comparable]() TypedRateLimiter[T] {
	return NewTypedItemExponentialFailureRateLimiter[T](time.Millisecond, 1000*time.Second)
}

// TypedBucketRateLimiter takes a token for each failure, of whatever item. If there is none, the item waits until there
// is one that nobody waits for yet. It must have a Limiter.
type TypedBucketRateLimiter[T comparable] struct {
	*rate.Limiter
}

// When takes a token, and returns how long it takes until it is there: rate.InfDuration if the bucket has no room for it.
func (r *TypedBucketRateLimiter[T]) When(T) time.Duration { return r.Reserve().Delay() }

// NumRequeues is 0: the bucket doesn't know who took its tokens.
func (r *TypedBucketRateLimiter[T]) NumRequeues(T) int { return 0 }

// Forget does nothing: tokens don't come back.
func (r *TypedBucketRateLimiter[T]) Forget(T) {}

// String shows the tokens that are left. A negative number is how many items wait.
func (r *TypedBucketRateLimiter[T]) String() string {
	return fmt.Sprintf("tokens %.1f of %d", r.Tokens(), r.Burst())
}

// TypedMaxOfRateLimiter asks several limiters, and the strictest decides. Each counts every failure: the bucket gives a
// token also if the item then waits for another reason, so a burst may come later than the bucket alone would let it.
type TypedMaxOfRateLimiter[T comparable] struct {
	limiters []TypedRateLimiter[T]
}

// NewTypedMaxOfRateLimiter returns a limiter that waits as long as the slowest of these.
func NewTypedMaxOfRateLimiter[T comparable](limiters ...TypedRateLimiter[T]) TypedRateLimiter[T] {
	return &TypedMaxOfRateLimiter[T]{limiters: limiters}
}

// When returns the longest time.
func (r *TypedMaxOfRateLimiter[T]) When(item T) time.Duration {
	var longest time.Duration
	for _, limiter := range r.limiters {
		longest = max(longest, limiter.When(item))
	}
	return longest
}

// NumRequeues returns the largest number.
func (r *TypedMaxOfRateLimiter[T]) NumRequeues(item T) int {
	most := 0
	for _, limiter := range r.limiters {
		most = max(most, limiter.NumRequeues(item))
	}
	return most
}

// Forget makes all of them forget.
func (r *TypedMaxOfRateLimiter[T]) Forget(item T) {
	for _, limiter := range r.limiters {
		limiter.Forget(item)
	}
}

// String shows all of them.
func (r *TypedMaxOfRateLimiter[T]) String() string {
	texts := make([]string, len(r.limiters))
	for i, limiter := range r.limiters {
		texts[i] = show(limiter)
	}
	return strings.Join(texts, " ")
}

// TypedWithMaxWaitRateLimiter asks another limiter, and puts a bound on how long an item waits.
type TypedWithMaxWaitRateLimiter[T comparable] struct {
	limiter  TypedRateLimiter[T]
	maxDelay time.Duration
}

// NewTypedWithMaxWaitRateLimiter returns a limiter that waits as long as this one, but never longer than maxDelay.
func NewTypedWithMaxWaitRateLimiter[T comparable](limiter TypedRateLimiter[T], maxDelay time.Duration) TypedRateLimiter[T] {
	return &TypedWithMaxWaitRateLimiter[T]{limiter: limiter, maxDelay: maxDelay}
}

// When returns what the other limiter says, but at most the bound.
func (w TypedWithMaxWaitRateLimiter[T]) When(item T) time.Duration {
	return min(w.limiter.When(item), w.maxDelay)
}

// Forget makes the other limiter forget.
func (w TypedWithMaxWaitRateLimiter[T]) Forget(item T) { w.limiter.Forget(item) }

// NumRequeues returns what the other limiter counts.
func (w TypedWithMaxWaitRateLimiter[T]) NumRequeues(item T) int { return w.limiter.NumRequeues(item) }

// String shows the other limiter.
func (w TypedWithMaxWaitRateLimiter[T]) String() string { return show(w.limiter) }
