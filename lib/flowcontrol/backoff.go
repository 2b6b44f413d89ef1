package flowcontrol

import (
	"math/rand/v2"
	"sync"
	"time"
)

// Backoff keeps one growing delay per id, for example per host. It never sleeps and starts nothing: the caller asks
// how long to wait, and tells it how the attempt went. It is safe for concurrent use.
//
// Whenever mu is free:
//   - an id has an entry from its first Next until Reset, DeleteEntry, or a GC that finds it expired;
//   - an entry's delay is the initial one after its first Next, and at most max after each later one.
type Backoff struct {
	// HasExpiredFunc says when the next failure counts as a first one again, and when GC may forget an id.
	// Nil means: more than twice the maximum delay after the last update. Set it before first use.
	HasExpiredFunc func(eventTime time.Time, lastUpdate time.Time, maxDuration time.Duration) bool

	initial, max    time.Duration
	maxJitterFactor float64

	mu      sync.RWMutex
	entries map[string]entry
}

type entry struct {
	delay   time.Duration
	updated time.Time
}

// NewBackOff returns a Backoff whose delays start at initial and double up to max.
func NewBackOff(initial, max time.Duration) *Backoff {
	return NewBackOffWithJitter(initial, max, 0)
}

// NewBackOffWithJitter also adds to each delay a random share of the delay before it, at most maxJitterFactor of
// it, so that clients that failed together don't return together. Zero or less means no jitter. The first delay
// isn't held against max.
func NewBackOffWithJitter(initial, max time.Duration, maxJitterFactor float64) *Backoff {
	return &Backoff{initial: initial, max: max, maxJitterFactor: maxJitterFactor, entries: map[string]entry{}}
}

// Get returns the current delay of id: 0 if nothing is known against it.
func (b *Backoff) Get(id string) time.Duration {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.entries[id].delay
}

// Next notes a failure of id at eventTime: its delay doubles, or starts at the initial one if the last failure is
// long ago.
func (b *Backoff) Next(id string, eventTime time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e, known := b.entries[id]
	switch {
	case !known || b.expired(eventTime, e):
		e.delay = b.initial + b.jitter(b.initial)
	case e.delay > b.max/2: // asked first, so that doubling can't overflow
		e.delay = b.max
	default:
		e.delay = min(2*e.delay+b.jitter(e.delay), b.max)
	}
	e.updated = time.Now()
	b.entries[id] = e
}

// Reset forgets id, as a success does.
func (b *Backoff) Reset(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.entries, id)
}

// DeleteEntry forgets id, for a caller who won't ask about it again.
func (b *Backoff) DeleteEntry(id string) { b.Reset(id) }

// IsInBackOffSince says whether less than id's delay has passed between eventTime and now.
func (b *Backoff) IsInBackOffSince(id string, eventTime time.Time) bool {
	e, live := b.live(id, eventTime)
	return live && time.Since(eventTime) < e.delay
}

// IsInBackOffSinceUpdate says whether less than id's delay has passed between its last failure and eventTime.
func (b *Backoff) IsInBackOffSinceUpdate(id string, eventTime time.Time) bool {
	e, live := b.live(id, eventTime)
	return live && eventTime.Sub(e.updated) < e.delay
}

// GC forgets the ids that have expired. Nobody else calls it: the owner does, from time to time.
func (b *Backoff) GC() {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	for id, e := range b.entries {
		if b.expired(now, e) {
			delete(b.entries, id)
		}
	}
}

func (b *Backoff) live(id string, at time.Time) (entry, bool) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	e, known := b.entries[id]
	return e, known && !b.expired(at, e)
}

func (b *Backoff) expired(at time.Time, e entry) bool {
	if b.HasExpiredFunc != nil {
		return b.HasExpiredFunc(at, e.updated, b.max)
	}
	quiet := at.Sub(e.updated)
	return quiet > b.max && quiet-b.max > b.max // 2*b.max may overflow
}

func (b *Backoff) jitter(delay time.Duration) time.Duration {
	if b.maxJitterFactor <= 0 {
		return 0
	}
	return time.Duration(rand.Float64() * b.maxJitterFactor * float64(delay))
}
