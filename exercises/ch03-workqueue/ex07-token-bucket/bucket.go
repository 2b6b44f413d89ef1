// Package tokenbucket makes items wait if too many come at once.
//
//	a token every 100ms ──▶ [ o o o o · ]   5 fit in, what overflows is lost
//	                             │
//	When ◀── takes one ──────────┘          if there is none: one that is still to come
package tokenbucket

import (
	"fmt"
	"sync"
	"time"
)

// Bucket is a limiter for all items together. It can be used by several goroutines.
type Bucket struct {
	every time.Duration // so often a token comes
	burst int           // so many fit in

	mu     sync.Mutex
	tokens float64   // that were there at last; less than 0: so many are taken that were still to come
	last   time.Time // when When was called last
}

// New returns a full Bucket. Both are positive.
func New(every time.Duration, burst int) *Bucket {
	return &Bucket{every: every, burst: burst, tokens: float64(burst), last: time.Now()}
}

// When takes a token, and returns how long it takes until that is there: nothing if it is there already. It doesn't wait
// itself. A token that is still to come belongs to whoever has taken it: the next one has to wait for the one behind it.
func (b *Bucket) When(string) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	// TODO: Put in what has come since b.last, take one out, and say when that is there.
	// Half a token is half of one. time.Since(b.last) / b.every is a whole number: use float64.
	panic("TODO ch03/ex07: fill in Bucket.When")
}

// Forget does nothing: a token that was taken doesn't come back.
func (b *Bucket) Forget(string) {}

// NumRequeues is 0: a token doesn't say who took it.
func (b *Bucket) NumRequeues(string) int { return 0 }

// String shows the tokens that were there when When was called last.
func (b *Bucket) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return fmt.Sprintf("tokens %.1f of %d", b.tokens, b.burst)
}
