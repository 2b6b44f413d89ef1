package workqueue

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// failures counts how often each item has failed. The zero value is ready for use.
type failures[T comparable] struct {
	mu     sync.Mutex
	counts table[T, int]
}

// count counts a failure, and returns how many there were before.
func (f *failures[T]) count(item T) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	count := f.counts.at(item)
	*count++
	return *count - 1
}

// NumRequeues returns how many failures of item there were since it was forgotten.
func (f *failures[T]) NumRequeues(item T) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	count, _ := f.counts.get(item)
	return count
}

// Forget forgets the failures of item.
func (f *failures[T]) Forget(item T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts.delete(item)
}

// String lists the items that failed, and how often.
func (f *failures[T]) String() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	texts := make([]string, 0, f.counts.len())
	for item, count := range f.counts.all() {
		texts = append(texts, fmt.Sprintf("%v×%d", item, count))
	}
	slices.Sort(texts)
	return "failures [" + strings.Join(texts, " ") + "]"
}

// TypedItemExponentialFailureRateLimiter makes an item wait twice as long after each failure.
type TypedItemExponentialFailureRateLimiter[T comparable] struct {
	failures[T]
	baseDelay, maxDelay time.Duration
}

// NewTypedItemExponentialFailureRateLimiter returns a limiter that starts with baseDelay, and never goes above maxDelay.
func NewTypedItemExponentialFailureRateLimiter[T comparable](baseDelay time.Duration, maxDelay time.Duration) TypedRateLimiter[T] {
	return &TypedItemExponentialFailureRateLimiter[T]{baseDelay: baseDelay, maxDelay: maxDelay}
}

// When counts a failure. The n-th, from 0, makes the item wait for 2ⁿ times the base delay, or for the maximum.
func (r *TypedItemExponentialFailureRateLimiter[T]) When(item T) time.Duration {
	n := r.count(item)
	base := max(r.baseDelay, 0)
	if base > r.maxDelay>>n { // the maximum is shifted down, because the base can overflow if it is shifted up
		return r.maxDelay
	}
	return base << n
}

// TypedItemFastSlowRateLimiter lets an item try again soon for a few times, and later from then on.
type TypedItemFastSlowRateLimiter[T comparable] struct {
	failures[T]
	fastDelay, slowDelay time.Duration
	maxFastAttempts      int
}

// NewTypedItemFastSlowRateLimiter returns a limiter with fastDelay for the first maxFastAttempts failures of an item, and
// slowDelay for all others.
func NewTypedItemFastSlowRateLimiter[T comparable](fastDelay, slowDelay time.Duration, maxFastAttempts int) TypedRateLimiter[T] {
	return &TypedItemFastSlowRateLimiter[T]{fastDelay: fastDelay, slowDelay: slowDelay, maxFastAttempts: maxFastAttempts}
}

// When counts a failure.
func (r *TypedItemFastSlowRateLimiter[T]) When(item T) time.Duration {
	if r.count(item) < r.maxFastAttempts {
		return r.fastDelay
	}
	return r.slowDelay
}
