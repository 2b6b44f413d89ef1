package workqueue

import (
	"fmt"
	"math"
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// TypedDelayingInterface is a queue to which items can be added later: after a failure, for example, so that it isn't
// tried again at once.
type TypedDelayingInterface[T comparable] interface {
	TypedInterface[T]
	// AddAfter adds item when duration has passed. If item waits already, the earlier of both times counts. If duration
	// isn't positive it is Add: what waits still comes. What waits when the queue is shut down is never added.
	AddAfter(item T, duration time.Duration)
}

// TypedDelayingQueueConfig configures a delaying queue. The zero value is fine.
type TypedDelayingQueueConfig[T comparable] struct {
	// Logger takes the panics of Queue that happen when no caller is there to see them. Default: klog.Background().
	Logger *klog.Logger
	// Name stands in the metrics. A queue without a name has none.
	Name string
	// MetricsProvider makes the metrics. Default: the one of SetProvider.
	MetricsProvider MetricsProvider
	// Queue takes the items when they are due. It must not call the delaying queue. Default: a Typed with this name and
	// metrics provider.
	Queue TypedInterface[T]
}

// NewTypedDelayingQueue returns an empty queue without metrics.
func NewTypedDelayingQueue[T comparable]() TypedDelayingInterface[T] {
	return NewTypedDelayingQueueWithConfig(TypedDelayingQueueConfig[T]{})
}

// NewTypedDelayingQueueWithConfig returns a queue to which nothing is to be added later, so far.
func NewTypedDelayingQueueWithConfig[T comparable](config TypedDelayingQueueConfig[T]) TypedDelayingInterface[T] {
	q := &delaying[T]{
		TypedInterface: config.Queue,
		logger:         klog.Background(),
		retries:        newRetries(providerOr(config.MetricsProvider), config.Name),
		start:          time.Now(),
		wake:           never,
	}
	if q.TypedInterface == nil {
		q.TypedInterface = NewTypedWithConfig(TypedQueueConfig[T]{Name: config.Name, MetricsProvider: config.MetricsProvider})
	}
	if config.Logger != nil {
		q.logger = *config.Logger
	}
	q.timer = time.AfterFunc(never, q.fire)
	q.timer.Stop()
	return q
}

// delaying is a queue in front of another one. Whenever mu is free:
//   - the timer will fire at wake, or has fired and fire is about to run; if wake is never, it is stopped;
//   - no item in waiting is due before wake;
//   - if the queue is closed, waiting is empty.
//
// Upstream: util/workqueue/delaying_queue.go.
type delaying[T comparable] struct {
	TypedInterface[T]
	logger  klog.Logger
	retries CounterMetric // nil: none
	start   time.Time     // the times of waiting and wake are counted from it

	mu      sync.Mutex
	closed  bool
	waiting waiting[T]
	wake    time.Duration
	timer   *time.Timer
}

const (
	// never is later than all else.
	never = time.Duration(math.MaxInt64)
	// batch is how many items are added before others get a chance to take the lock.
	batch = 256
)

// AddAfter adds item when duration has passed.
func (q *delaying[T]) AddAfter(item T, duration time.Duration) {
	if q.ShuttingDown() {
		return
	}
	if q.retries != nil {
		q.retries.Inc()
	}
	if duration <= 0 {
		q.Add(item)
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.now()
	at := now + min(duration, never-now)
	if !q.closed && q.waiting.add(item, at) && at < q.wake {
		q.wakeAtLocked(at, now)
	}
}

// ShutDown ends the queue.
func (q *delaying[T]) ShutDown() {
	q.close()
	q.TypedInterface.ShutDown()
}

// ShutDownWithDrain ends the queue and waits until no item is in work.
func (q *delaying[T]) ShutDownWithDrain() {
	q.close()
	q.TypedInterface.ShutDownWithDrain()
}

// close drops what waits, for good.
func (q *delaying[T]) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.waiting = waiting[T]{}
	q.timer.Stop()
	q.wake = never
}

// fire is what the timer does: add what is due, and set the timer anew.
func (q *delaying[T]) fire() {
	defer utilruntime.HandleCrashWithLogger(q.logger)
	q.mu.Lock()
	defer q.mu.Unlock()
	defer q.sleepLocked()
	now := q.now()
	for range batch {
		item, ok := q.waiting.take(now)
		if !ok {
			return
		}
		q.Add(item)
	}
}

// sleepLocked sets the timer for the item that is due next.
func (q *delaying[T]) sleepLocked() {
	q.wake = never
	if at, ok := q.waiting.next(); ok {
		q.wakeAtLocked(at, q.now())
	}
}

func (q *delaying[T]) wakeAtLocked(at, now time.Duration) {
	q.wake = at
	q.timer.Reset(at - now)
}

func (q *delaying[T]) now() time.Duration { return time.Since(q.start) }

// String shows the state in one line.
func (q *delaying[T]) String() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return fmt.Sprintf("waiting %s %s", q.waiting.show(q.now()), show(q.TypedInterface))
}
