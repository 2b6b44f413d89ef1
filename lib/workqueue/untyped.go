package workqueue

import "time"

// The names from before there were type parameters: the Typed ones, for items of any type. An item whose type can't be
// compared makes the queue panic in the caller.
type (
	// Interface is a queue of anything.
	//
	// Deprecated: use TypedInterface.
	Interface TypedInterface[any]

	// Type is the queue that New returns.
	//
	// Deprecated: use Typed.
	Type = Typed[any]

	// QueueConfig configures a Type.
	//
	// Deprecated: use TypedQueueConfig.
	QueueConfig = TypedQueueConfig[any]

	// DelayingInterface is a queue of anything, also for later.
	//
	// Deprecated: use TypedDelayingInterface.
	DelayingInterface TypedDelayingInterface[any]

	// DelayingQueueConfig configures a DelayingInterface.
	//
	// Deprecated: use TypedDelayingQueueConfig.
	DelayingQueueConfig = TypedDelayingQueueConfig[any]

	// RateLimitingInterface is a queue of anything, with a limiter.
	//
	// Deprecated: use TypedRateLimitingInterface.
	RateLimitingInterface TypedRateLimitingInterface[any]

	// RateLimitingQueueConfig configures a RateLimitingInterface.
	//
	// Deprecated: use TypedRateLimitingQueueConfig.
	RateLimitingQueueConfig = TypedRateLimitingQueueConfig[any]

	// RateLimiter says how long anything has to wait.
	//
	// Deprecated: use TypedRateLimiter.
	RateLimiter TypedRateLimiter[any]

	// BucketRateLimiter is a token bucket.
	//
	// Deprecated: use TypedBucketRateLimiter.
	BucketRateLimiter = TypedBucketRateLimiter[any]

	// ItemExponentialFailureRateLimiter doubles the delay at each failure.
	//
	// Deprecated: use TypedItemExponentialFailureRateLimiter.
	ItemExponentialFailureRateLimiter = TypedItemExponentialFailureRateLimiter[any]

	// ItemFastSlowRateLimiter has a short delay for the first failures, a long one for the others.
	//
	// Deprecated: use TypedItemFastSlowRateLimiter.
	ItemFastSlowRateLimiter = TypedItemFastSlowRateLimiter[any]

	// MaxOfRateLimiter is as slow as the slowest of several limiters.
	//
	// Deprecated: use TypedMaxOfRateLimiter.
	MaxOfRateLimiter = TypedMaxOfRateLimiter[any]

	// WithMaxWaitRateLimiter puts a bound on another limiter.
	//
	// Deprecated: use TypedWithMaxWaitRateLimiter.
	WithMaxWaitRateLimiter = TypedWithMaxWaitRateLimiter[any]
)

// New returns an empty queue.
//
// Deprecated: use NewTyped.
func New() *Type { return NewTyped[any]() }

// NewWithConfig returns an empty queue.
//
// Deprecated: use NewTypedWithConfig.
func NewWithConfig(config QueueConfig) *Type { return NewTypedWithConfig(config) }

// NewDelayingQueue returns an empty queue without metrics.
//
// Deprecated: use NewTypedDelayingQueue.
func NewDelayingQueue() DelayingInterface { return NewTypedDelayingQueue[any]() }

// NewDelayingQueueWithConfig returns a queue to which nothing is to be added later, so far.
//
// Deprecated: use NewTypedDelayingQueueWithConfig.
func NewDelayingQueueWithConfig(config DelayingQueueConfig) DelayingInterface {
	return NewTypedDelayingQueueWithConfig(config)
}

// NewRateLimitingQueue returns an empty queue without metrics.
//
// Deprecated: use NewTypedRateLimitingQueue.
func NewRateLimitingQueue(rateLimiter RateLimiter) RateLimitingInterface {
	return NewTypedRateLimitingQueue[any](rateLimiter)
}

// NewRateLimitingQueueWithConfig returns a queue that asks rateLimiter.
//
// Deprecated: use NewTypedRateLimitingQueueWithConfig.
func NewRateLimitingQueueWithConfig(rateLimiter RateLimiter, config RateLimitingQueueConfig) RateLimitingInterface {
	return NewTypedRateLimitingQueueWithConfig(rateLimiter, config)
}

// DefaultControllerRateLimiter returns what most controllers use.
//
// Deprecated: use DefaultTypedControllerRateLimiter.
func DefaultControllerRateLimiter() RateLimiter { return DefaultTypedControllerRateLimiter[any]() }

// DefaultItemBasedRateLimiter returns a limiter that looks at each item alone.
//
// Deprecated: use DefaultTypedItemBasedRateLimiter.
func DefaultItemBasedRateLimiter() RateLimiter { return DefaultTypedItemBasedRateLimiter[any]() }

// NewItemExponentialFailureRateLimiter returns a limiter that starts with baseDelay, and never goes above maxDelay.
//
// Deprecated: use NewTypedItemExponentialFailureRateLimiter.
func NewItemExponentialFailureRateLimiter(baseDelay time.Duration, maxDelay time.Duration) RateLimiter {
	return NewTypedItemExponentialFailureRateLimiter[any](baseDelay, maxDelay)
}

// NewItemFastSlowRateLimiter returns a limiter with fastDelay for the first failures of an item, then slowDelay.
//
// Deprecated: use NewTypedItemFastSlowRateLimiter.
func NewItemFastSlowRateLimiter(fastDelay, slowDelay time.Duration, maxFastAttempts int) RateLimiter {
	return NewTypedItemFastSlowRateLimiter[any](fastDelay, slowDelay, maxFastAttempts)
}

// NewMaxOfRateLimiter returns a limiter that waits as long as the slowest of these.
//
// Deprecated: use NewTypedMaxOfRateLimiter.
func NewMaxOfRateLimiter(limiters ...TypedRateLimiter[any]) RateLimiter {
	return NewTypedMaxOfRateLimiter(limiters...)
}

// NewWithMaxWaitRateLimiter returns a limiter that waits as long as this one, but never longer than maxDelay.
//
// Deprecated: use NewTypedWithMaxWaitRateLimiter.
func NewWithMaxWaitRateLimiter(limiter RateLimiter, maxDelay time.Duration) RateLimiter {
	return NewTypedWithMaxWaitRateLimiter[any](limiter, maxDelay)
}
