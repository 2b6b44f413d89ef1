// Package maxof makes one limiter of several.
//
//	                 ┌─▶ backoff   this item failed twice      20ms ─┐
//	When(shop/cart) ─┤                                               ├──▶ 300ms
//	                 └─▶ bucket    everything fails right now 300ms ─┘
package maxof

import (
	"time"

	"client-go-workbook/lib/workqueue"
)

// Strictest makes an item wait for as long as the strictest of its limiters wants. Each of them hears of every failure.
type Strictest struct {
	Limiters []workqueue.TypedRateLimiter[string]
}

// When says that item has failed once more, and returns how long it has to wait: not at all if there are no limiters.
func (s *Strictest) When(item string) time.Duration {
	// BEGIN SOLUTION: Ask the limiters, and return the longest time.

	var longest time.Duration
	for _, limiter := range s.Limiters {
		longest = max(longest, limiter.When(item))
	}
	return longest
	// END SOLUTION
}

// NumRequeues returns how often item has failed, as the limiter says that has counted most.
func (s *Strictest) NumRequeues(item string) int {
	most := 0
	for _, limiter := range s.Limiters {
		most = max(most, limiter.NumRequeues(item))
	}
	return most
}

// Forget makes all limiters forget the failures of item.
func (s *Strictest) Forget(item string) {
	for _, limiter := range s.Limiters {
		limiter.Forget(item)
	}
}
