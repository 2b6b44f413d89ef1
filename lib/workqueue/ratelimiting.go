package workqueue

import "fmt"

// TypedRateLimitingInterface is a queue that knows by itself how long an item that failed has to wait.
type TypedRateLimitingInterface[T comparable] interface {
	TypedDelayingInterface[T]
	// AddRateLimited adds item when the limiter allows it.
	AddRateLimited(item T)
	// Forget says that the failures of item don't count any more: because it succeeded, or because nobody will try
	// again. Without it the limiter remembers item for good, and its next failure waits as long as if it had never
	// succeeded. Done has to be called as well.
	Forget(item T)
	// NumRequeues returns how often item has failed, as the limiter counts it.
	NumRequeues(item T) int
}

// TypedRateLimitingQueueConfig configures a rate limiting queue. The zero value is fine.
type TypedRateLimitingQueueConfig[T comparable] struct {
	// Name stands in the metrics. A queue without a name has none.
	Name string
	// MetricsProvider makes the metrics. Default: the one of SetProvider.
	MetricsProvider MetricsProvider
	// DelayingQueue takes the items. Default: one with this name and metrics provider.
	DelayingQueue TypedDelayingInterface[T]
}

// NewTypedRateLimitingQueue returns an empty queue without metrics.
func NewTypedRateLimitingQueue[T comparable](rateLimiter TypedRateLimiter[T]) TypedRateLimitingInterface[T] {
	return NewTypedRateLimitingQueueWithConfig(rateLimiter, TypedRateLimitingQueueConfig[T]{})
}

// NewTypedRateLimitingQueueWithConfig returns a queue that asks rateLimiter.
func NewTypedRateLimitingQueueWithConfig[T comparable](rateLimiter TypedRateLimiter[T], config TypedRateLimitingQueueConfig[T]) TypedRateLimitingInterface[T] {
	q := &rateLimiting[T]{TypedDelayingInterface: config.DelayingQueue, limiter: rateLimiter}
	if q.TypedDelayingInterface == nil {
		q.TypedDelayingInterface = NewTypedDelayingQueueWithConfig(TypedDelayingQueueConfig[T]{
			Name: config.Name, MetricsProvider: config.MetricsProvider,
		})
	}
	return q
}

// rateLimiting brings a queue and a limiter together.
//
// Upstream: util/workqueue/rate_limiting_queue.go.
type rateLimiting[T comparable] struct {
	TypedDelayingInterface[T]
	limiter TypedRateLimiter[T]
}

func (q *rateLimiting[T]) AddRateLimited(item T)  { q.AddAfter(item, q.limiter.When(item)) }
func (q *rateLimiting[T]) Forget(item T)          { q.limiter.Forget(item) }
func (q *rateLimiting[T]) NumRequeues(item T) int { return q.limiter.NumRequeues(item) }

// String shows the state in one line.
func (q *rateLimiting[T]) String() string {
	return show(q.limiter) + " " + show(q.TypedDelayingInterface)
}

// show returns the state of a part that can show it, or else the part's type. Printing it with %v would read its fields
// without its lock.
func show(part any) string {
	if part, ok := part.(fmt.Stringer); ok {
		return part.String()
	}
	return fmt.Sprintf("%T", part)
}
