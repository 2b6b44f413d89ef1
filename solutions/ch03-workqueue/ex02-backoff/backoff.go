// Package backoff makes an item wait twice as long after each failure.
//
//	failures before   0    1     2     3     …   17        18      19      …  1000
//	wait              5ms  10ms  20ms  40ms  …   10m55.36s  16m40s  16m40s  …  16m40s
package backoff

import (
	"sync"
	"time"
)

// Limiter counts the failures of each item. It can be used by several goroutines.
type Limiter struct {
	base, maximum time.Duration

	mu     sync.Mutex
	counts map[string]int
}

// New returns a Limiter whose items wait for base after their first failure, and never longer than maximum. Neither is
// negative.
func New(base, maximum time.Duration) *Limiter {
	return &Limiter{base: base, maximum: maximum, counts: map[string]int{}}
}

// When counts a failure of item, and returns how long it has to wait.
func (l *Limiter) When(item string) time.Duration { return l.wait(l.count(item)) }

// wait returns how long an item waits that has failed n times before: 2ⁿ times base, but at most maximum.
func (l *Limiter) wait(n int) time.Duration {
	// BEGIN SOLUTION: Return 2ⁿ times l.base, or l.maximum if that is less.
	// A time.Duration is an int64. What happens to it when n is 50, or 1000?

	if l.base > l.maximum>>n { // the maximum is shifted down, because the base can overflow if it is shifted up
		return l.maximum
	}
	return l.base << n
	// END SOLUTION
}

// count counts a failure, and returns how many there were before.
func (l *Limiter) count(item string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := l.counts[item]
	l.counts[item]++
	return n
}

// NumRequeues returns how many failures of item there were since it was forgotten.
func (l *Limiter) NumRequeues(item string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.counts[item]
}

// Forget forgets the failures of item.
func (l *Limiter) Forget(item string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.counts, item)
}
