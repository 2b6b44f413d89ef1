package workqueue_test

import (
	"fmt"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

// After a burst has passed through every part of a queue, nothing is left of it.
func TestABurstLeavesNothingBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const burst = 100_000
		limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[int](time.Second, time.Minute)
		q := workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[int]{
			Name: "q", MetricsProvider: silentMeters{},
		})
		defer q.ShutDown()
		before := heap()
		for item := range burst {
			q.AddRateLimited(item)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		require.Equal(t, burst, q.Len())
		require.Greater(t, heap()-before, int64(burst*40), "this test must see what a burst takes")
		for range burst {
			q.Get()
		}
		for item := range burst {
			q.Forget(item)
			q.Done(item)
		}
		require.Less(t, heap()-before, int64(300_000))
		runtime.KeepAlive(q)
	})
}

// heap returns how many bytes are in use.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

// What was handed out and is done isn't kept alive by a slot that it once had.
func TestNothingDoneIsKeptAlive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		q := workqueue.NewTypedDelayingQueue[*string]()
		defer q.ShutDown()
		var refs []weak.Pointer[string]
		for i := range 1000 {
			item := new(fmt.Sprint(i))
			refs = append(refs, weak.Make(item))
			q.AddAfter(item, time.Duration(1+i%7))
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for range 900 {
			item, _ := q.Get()
			q.Done(item)
		}
		runtime.GC()
		alive := 0
		for _, ref := range refs {
			if ref.Value() != nil {
				alive++
			}
		}
		require.Equal(t, 100, alive)
		require.Equal(t, 100, q.Len())
	})
}

// silentMeters makes metrics that do nothing.
type silentMeters struct{}

type silentMeter struct{}

func (silentMeter) Inc()            {}
func (silentMeter) Dec()            {}
func (silentMeter) Set(float64)     {}
func (silentMeter) Observe(float64) {}

func (silentMeters) NewDepthMetric(string) workqueue.GaugeMetric            { return silentMeter{} }
func (silentMeters) NewAddsMetric(string) workqueue.CounterMetric           { return silentMeter{} }
func (silentMeters) NewLatencyMetric(string) workqueue.HistogramMetric      { return silentMeter{} }
func (silentMeters) NewWorkDurationMetric(string) workqueue.HistogramMetric { return silentMeter{} }
func (silentMeters) NewUnfinishedWorkSecondsMetric(string) workqueue.SettableGaugeMetric {
	return silentMeter{}
}
func (silentMeters) NewLongestRunningProcessorSecondsMetric(string) workqueue.SettableGaugeMetric {
	return silentMeter{}
}
func (silentMeters) NewRetriesMetric(string) workqueue.CounterMetric { return silentMeter{} }
