package workqueue_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"

	"client-go-workbook/lib/workqueue"
)

var (
	_ workqueue.Interface             = (*workqueue.Type)(nil)
	_ workqueue.Interface             = workqueue.DelayingInterface(nil)
	_ workqueue.DelayingInterface     = workqueue.RateLimitingInterface(nil)
	_ workqueue.RateLimiter           = (*workqueue.BucketRateLimiter)(nil)
	_ workqueue.RateLimiter           = (*workqueue.ItemExponentialFailureRateLimiter)(nil)
	_ workqueue.RateLimiter           = (*workqueue.ItemFastSlowRateLimiter)(nil)
	_ workqueue.RateLimiter           = (*workqueue.MaxOfRateLimiter)(nil)
	_ workqueue.RateLimiter           = workqueue.WithMaxWaitRateLimiter{}
	_ workqueue.TypedRateLimiter[any] = workqueue.RateLimiter(nil)
)

// The names without Typed make the same queues, for items of any type, also side by side.
func TestUntypedQueues(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := workqueue.NewItemFastSlowRateLimiter(time.Second, time.Second, 1)
		m := newMeters()
		for name, q := range map[string]workqueue.Interface{
			"first in, first out":   workqueue.New(),
			"the same, with config": workqueue.NewWithConfig(workqueue.QueueConfig{}),
			"delaying":              workqueue.NewDelayingQueue(),
			"delaying, with config": workqueue.NewDelayingQueueWithConfig(workqueue.DelayingQueueConfig{}),
			"limiting":              workqueue.NewRateLimitingQueue(slow),
			"limiting, with config": workqueue.NewRateLimitingQueueWithConfig(slow,
				workqueue.RateLimitingQueueConfig{Name: "q", MetricsProvider: m}),
		} {
			want := []any{"a", 1}
			q.Add("a")
			q.Add(1)
			q.Add("a")
			if q, ok := q.(workqueue.DelayingInterface); ok {
				q.AddAfter(struct{}{}, time.Second)
				want = append(want, struct{}{})
			}
			if q, ok := q.(workqueue.RateLimitingInterface); ok {
				q.AddRateLimited("a") // waits, and is then queued already
				require.Equal(t, 1, q.NumRequeues("a"), name)
				q.Forget("a")
			}
			time.Sleep(time.Second)
			synctest.Wait()
			var got []any
			for range want {
				item, _ := q.Get()
				got = append(got, item)
			}
			require.Equal(t, want, got, name)
			require.Zero(t, q.Len(), name)
			q.ShutDown()
		}
		require.Equal(t, []float64{1, 1}, m.read()["q retries"])
	})
}

func TestUntypedLimiters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		exponential := func() workqueue.RateLimiter { return workqueue.NewItemExponentialFailureRateLimiter(1, 10) }
		for name, c := range map[string]struct {
			limiter workqueue.RateLimiter
			want    []time.Duration
		}{
			"exponential":        {exponential(), []time.Duration{1, 2, 4, 8, 10}},
			"fast slow":          {workqueue.NewItemFastSlowRateLimiter(1, 2, 2), []time.Duration{1, 1, 2}},
			"max of":             {workqueue.NewMaxOfRateLimiter(exponential(), workqueue.NewItemFastSlowRateLimiter(3, 3, 0)), []time.Duration{3, 3, 4}},
			"max wait":           {workqueue.NewWithMaxWaitRateLimiter(exponential(), 3), []time.Duration{1, 2, 3}},
			"bucket":             {&workqueue.BucketRateLimiter{Limiter: rate.NewLimiter(1, 1)}, []time.Duration{0, time.Second}},
			"default":            {workqueue.DefaultControllerRateLimiter(), []time.Duration{5e6, 10e6}},
			"default, each item": {workqueue.DefaultItemBasedRateLimiter(), []time.Duration{1e6, 2e6}},
		} {
			var got []time.Duration
			for range c.want {
				got = append(got, c.limiter.When("a"))
			}
			require.Equal(t, c.want, got, name)
			c.limiter.Forget("a")
			require.Zero(t, c.limiter.NumRequeues("a"), name)
		}
	})
}

// An item that can't be compared is the caller's mistake. The queue survives it.
func TestItemsThatCannotBeCompared(t *testing.T) {
	q := workqueue.NewRateLimitingQueue(workqueue.DefaultItemBasedRateLimiter())
	defer q.ShutDown()
	bad := []string{"a"}
	require.Panics(t, func() { q.Add(bad) })
	require.Panics(t, func() { q.AddAfter(bad, time.Hour) })
	require.Panics(t, func() { q.AddRateLimited(bad) })
	require.Panics(t, func() { q.Done(bad) })
	q.Add("good")
	q.AddAfter("good", time.Hour)
	item, _ := q.Get()
	require.Equal(t, "good", item)
}
