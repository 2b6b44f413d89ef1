package workqueue_test

import (
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

// meters makes metrics that remember all values.
type meters struct {
	mu     sync.Mutex
	values map[string][]float64
}

func newMeters() *meters { return &meters{values: map[string][]float64{}} }

func (m *meters) NewDepthMetric(name string) workqueue.GaugeMetric { return m.meter(name + " depth") }
func (m *meters) NewAddsMetric(name string) workqueue.CounterMetric {
	return m.meter(name + " adds")
}
func (m *meters) NewLatencyMetric(name string) workqueue.HistogramMetric {
	return m.meter(name + " latency")
}
func (m *meters) NewWorkDurationMetric(name string) workqueue.HistogramMetric {
	return m.meter(name + " work")
}
func (m *meters) NewUnfinishedWorkSecondsMetric(name string) workqueue.SettableGaugeMetric {
	return m.meter(name + " unfinished")
}
func (m *meters) NewLongestRunningProcessorSecondsMetric(name string) workqueue.SettableGaugeMetric {
	return m.meter(name + " longest")
}
func (m *meters) NewRetriesMetric(name string) workqueue.CounterMetric {
	return m.meter(name + " retries")
}

func (m *meters) meter(name string) meter {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.values[name] = []float64{}
	return meter{m, name}
}

// read returns the values since the last time, without the metrics that have none.
func (m *meters) read() map[string][]float64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	values := maps.Clone(m.values)
	clear(m.values)
	maps.DeleteFunc(values, func(_ string, values []float64) bool { return len(values) == 0 })
	return values
}

type meter struct {
	meters *meters
	name   string
}

func (m meter) Inc()              { m.Observe(1) }
func (m meter) Dec()              { m.Observe(-1) }
func (m meter) Set(value float64) { m.Observe(value) }
func (m meter) Observe(value float64) {
	m.meters.mu.Lock()
	defer m.meters.mu.Unlock()
	m.meters.values[m.name] = append(m.meters.values[m.name], value)
}

type values = map[string][]float64

func TestMetricsOfAnItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeters()
		q := workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[string]{Name: "q", MetricsProvider: m})
		defer q.ShutDown()
		q.Add("a")
		q.Add("a")
		require.Equal(t, values{"q adds": {1}, "q depth": {1}}, m.read(), "twice dirty is once")

		time.Sleep(100 * time.Millisecond)
		q.Get()
		require.Equal(t, values{"q depth": {-1}, "q latency": {0.1}}, m.read())

		time.Sleep(100 * time.Millisecond)
		q.Add("a")
		require.Equal(t, values{"q adds": {1}, "q depth": {1}}, m.read(), "an item in work counts when it is dirty")

		time.Sleep(200 * time.Millisecond)
		q.Done("a")
		q.Done("a")
		require.Equal(t, values{"q work": {0.3}}, m.read())

		q.Get()
		require.Equal(t, values{"q depth": {-1}, "q latency": {0.2}}, m.read(), "dirty since it was added")
		q.Done("a")
		require.Equal(t, values{"q work": {0}}, m.read())
	})
}

// Nobody knows when an item came that was in its Queue from the beginning, and nobody makes up a time.
func TestMetricsOfAnItemThatWasThereBefore(t *testing.T) {
	storage := workqueue.DefaultQueue[string]()
	storage.Push("a")
	m := newMeters()
	q := workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[string]{Name: "q", MetricsProvider: m, Queue: storage})
	defer q.ShutDown()
	q.Get()
	require.Equal(t, values{"q depth": {-1}}, m.read())
}

func TestMetricsOfUnfinishedWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeters()
		q := workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[string]{Name: "q", MetricsProvider: m})
		q.Add("a")
		q.Add("b")
		q.Get()
		time.Sleep(250 * time.Millisecond)
		q.Get()
		m.read()

		time.Sleep(250*time.Millisecond - time.Nanosecond)
		require.Empty(t, m.read())
		time.Sleep(time.Nanosecond)
		synctest.Wait()
		require.Equal(t, values{"q unfinished": {0.75}, "q longest": {0.5}}, m.read())
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, values{"q unfinished": {1.75}, "q longest": {1}}, m.read())

		q.Done("a")
		q.Done("b")
		m.read()
		time.Sleep(500 * time.Millisecond)
		synctest.Wait()
		require.Equal(t, values{"q unfinished": {0}, "q longest": {0}}, m.read())

		q.ShutDown()
		time.Sleep(time.Minute)
		require.Empty(t, m.read(), "it ends with the queue")
	})
}

// Nothing is set any more when ShutDown has returned, also if it came at the moment in which the gauges are set.
func TestGaugesEndWithTheQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeters()
		var queues []*workqueue.Typed[string]
		for range 200 {
			queues = append(queues, workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[string]{Name: "q", MetricsProvider: m}))
		}
		time.Sleep(500 * time.Millisecond)
		for _, q := range queues {
			q.ShutDown()
		}
		m.read()
		time.Sleep(time.Minute)
		require.Empty(t, m.read())
	})
}

func TestMetricsOfRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := newMeters()
		limiter := workqueue.NewTypedItemFastSlowRateLimiter[string](time.Second, time.Second, 1)
		q := workqueue.NewTypedRateLimitingQueueWithConfig(limiter, workqueue.TypedRateLimitingQueueConfig[string]{
			Name: "q", MetricsProvider: m,
		})
		q.AddRateLimited("a")
		q.AddRateLimited("a")
		require.Equal(t, values{"q retries": {1, 1}}, m.read())
		q.AddAfter("b", 0)
		require.Equal(t, values{"q retries": {1}, "q adds": {1}, "q depth": {1}}, m.read())
		q.Add("c")
		require.Equal(t, values{"q adds": {1}, "q depth": {1}}, m.read())
		q.ShutDown()
		q.AddRateLimited("d")
		q.Add("d")
		require.Empty(t, m.read())
	})
}

// The first provider that is set is the one of all queues with a name that have none of their own.
func TestSetProvider(t *testing.T) {
	defer workqueue.UnsetProvider()
	add := func(config workqueue.TypedDelayingQueueConfig[string]) {
		q := workqueue.NewTypedDelayingQueueWithConfig(config)
		defer q.ShutDown()
		q.AddAfter("a", 0)
	}
	all := values{"q retries": {1}, "q adds": {1}, "q depth": {1}}
	first, second, own := newMeters(), newMeters(), newMeters()

	add(workqueue.TypedDelayingQueueConfig[string]{Name: "q"})
	workqueue.SetProvider(nil)
	workqueue.SetProvider(first)
	workqueue.SetProvider(second)
	require.Empty(t, first.read())
	add(workqueue.TypedDelayingQueueConfig[string]{Name: "q"})
	require.Equal(t, all, first.read())
	add(workqueue.TypedDelayingQueueConfig[string]{Name: "q", MetricsProvider: own})
	require.Equal(t, all, own.read())
	add(workqueue.TypedDelayingQueueConfig[string]{MetricsProvider: own})
	add(workqueue.TypedDelayingQueueConfig[string]{})

	require.Empty(t, own.read())
	require.Empty(t, first.read())
	require.Empty(t, second.read())
}
