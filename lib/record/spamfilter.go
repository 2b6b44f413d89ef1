package record

import (
	"sync"

	"golang.org/x/time/rate"
	corev1 "k8s.io/api/core/v1"
)

// EventSpamKeyFunc returns the name of the bucket that an event takes a token from.
type EventSpamKeyFunc func(event *corev1.Event) string

// EventFilterFunc says whether to skip an event.
type EventFilterFunc func(event *corev1.Event) bool

// EventSourceObjectSpamFilter skips events when too many of them are about the same thing. Each key has a bucket of
// tokens of its own, full at first; an event that finds it empty is skipped.
//
// It is safe for concurrent use.
type EventSourceObjectSpamFilter struct {
	keyFunc EventSpamKeyFunc
	burst   int
	qps     rate.Limit
	clock   PassiveClock

	mu      sync.Mutex
	buckets lru[*rate.Limiter]
}

// NewEventSourceObjectSpamFilter returns a filter that remembers lruCacheSize buckets, or all if that is 0. Each holds
// burst tokens at most and gets qps new ones a second.
func NewEventSourceObjectSpamFilter(lruCacheSize, burst int, qps float32, clock PassiveClock, spamKeyFunc EventSpamKeyFunc) *EventSourceObjectSpamFilter {
	return &EventSourceObjectSpamFilter{
		keyFunc: spamKeyFunc,
		burst:   burst,
		qps:     rate.Limit(qps),
		clock:   clock,
		buckets: newLRU[*rate.Limiter](lruCacheSize),
	}
}

// Filter takes a token for the event, and says whether to skip it because there is none. The event must not be nil.
func (f *EventSourceObjectSpamFilter) Filter(event *corev1.Event) bool {
	return !f.bucket(f.keyFunc(event)).AllowN(f.clock.Now(), 1)
}

func (f *EventSourceObjectSpamFilter) bucket(key string) *rate.Limiter {
	f.mu.Lock()
	defer f.mu.Unlock()
	bucket := f.buckets.at(key)
	if *bucket == nil {
		*bucket = rate.NewLimiter(f.qps, f.burst)
	}
	return *bucket
}
