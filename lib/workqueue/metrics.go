package workqueue

import (
	"sync/atomic"
	"time"
)

// GaugeMetric is a number that goes up and down by one.
type GaugeMetric interface {
	Inc()
	Dec()
}

// SettableGaugeMetric is a number that is set.
type SettableGaugeMetric interface {
	Set(float64)
}

// CounterMetric is a number that only goes up.
type CounterMetric interface {
	Inc()
}

// SummaryMetric takes single values.
type SummaryMetric interface {
	Observe(float64)
}

// HistogramMetric takes single values.
type HistogramMetric interface {
	Observe(float64)
}

// MetricsProvider makes the metrics of the queue with this name: each once when the queue is made. Times are in seconds.
// What it makes is called under the lock of the queue, except for retries.
type MetricsProvider interface {
	// NewDepthMetric is for the number of items that are dirty.
	NewDepthMetric(name string) GaugeMetric
	// NewAddsMetric is for how many times an item became dirty.
	NewAddsMetric(name string) CounterMetric
	// NewLatencyMetric is for how long an item was dirty before it was handed out.
	NewLatencyMetric(name string) HistogramMetric
	// NewWorkDurationMetric is for how long it took from Get to Done.
	NewWorkDurationMetric(name string) HistogramMetric
	// NewUnfinishedWorkSecondsMetric is for how long the items in work have been in work, all together. If it grows as
	// fast as time passes, or faster, a worker hangs, or several do. It is set twice a second.
	NewUnfinishedWorkSecondsMetric(name string) SettableGaugeMetric
	// NewLongestRunningProcessorSecondsMetric is for how long the oldest of them has been. It is set twice a second.
	NewLongestRunningProcessorSecondsMetric(name string) SettableGaugeMetric
	// NewRetriesMetric is for how many times AddAfter was called.
	NewRetriesMetric(name string) CounterMetric
}

var globalProvider atomic.Pointer[MetricsProvider]

// SetProvider says who makes the metrics of all queues that are made from now on with a name, but without a provider of
// their own. Only the first call has an effect.
func SetProvider(metricsProvider MetricsProvider) {
	if metricsProvider != nil {
		globalProvider.CompareAndSwap(nil, &metricsProvider)
	}
}

// providerOr returns own, or what SetProvider set, or nil.
func providerOr(own MetricsProvider) MetricsProvider {
	if global := globalProvider.Load(); own == nil && global != nil {
		return *global
	}
	return own
}

// queueMetrics observes a Typed, under its lock. Its methods do nothing if it is nil: the queue has no metrics then.
type queueMetrics[T comparable] struct {
	depth        GaugeMetric
	adds         CounterMetric
	latency      HistogramMetric
	workDuration HistogramMetric
	unfinished   SettableGaugeMetric
	longest      SettableGaugeMetric

	addTimes   table[T, time.Time] // of what is dirty
	startTimes table[T, time.Time] // of what is processing
	timer      *time.Timer
}

// updatePeriod is how often the two gauges about unfinished work are set.
const updatePeriod = 500 * time.Millisecond

// measure gives a new queue its metrics.
func (q *Typed[T]) measure(provider MetricsProvider, name string) {
	if provider == nil || name == "" {
		return
	}
	q.metrics = &queueMetrics[T]{
		depth:        provider.NewDepthMetric(name),
		adds:         provider.NewAddsMetric(name),
		latency:      provider.NewLatencyMetric(name),
		workDuration: provider.NewWorkDurationMetric(name),
		unfinished:   provider.NewUnfinishedWorkSecondsMetric(name),
		longest:      provider.NewLongestRunningProcessorSecondsMetric(name),
	}
	q.mu.Lock() // the timer may fire before it is assigned
	defer q.mu.Unlock()
	q.metrics.timer = time.AfterFunc(updatePeriod, q.update)
}

// update sets the gauges about unfinished work, twice a second until the queue is shut down.
func (q *Typed[T]) update() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.closed.Load() {
		q.metrics.setUnfinished()
		q.metrics.timer.Reset(updatePeriod)
	}
}

func (m *queueMetrics[T]) added(item T) {
	if m == nil {
		return
	}
	m.adds.Inc()
	m.depth.Inc()
	*m.addTimes.at(item) = time.Now()
}

func (m *queueMetrics[T]) handedOut(item T) {
	if m == nil {
		return
	}
	now := time.Now()
	m.depth.Dec()
	if added, ok := m.addTimes.get(item); ok { // not for a NaN, nor for what a Queue had by itself
		m.latency.Observe(now.Sub(added).Seconds())
		m.addTimes.delete(item)
	}
	*m.startTimes.at(item) = now
}

func (m *queueMetrics[T]) done(item T) {
	if m == nil {
		return
	}
	started, _ := m.startTimes.get(item)
	m.workDuration.Observe(time.Since(started).Seconds())
	m.startTimes.delete(item)
}

func (m *queueMetrics[T]) setUnfinished() {
	now := time.Now()
	var total, longest time.Duration
	for _, start := range m.startTimes.all() {
		age := now.Sub(start)
		total += age
		longest = max(longest, age)
	}
	m.unfinished.Set(total.Seconds())
	m.longest.Set(longest.Seconds())
}

func (m *queueMetrics[T]) stop() {
	if m != nil {
		m.timer.Stop()
	}
}

// newRetries returns the counter of a delaying queue, or nil if it has none.
func newRetries(provider MetricsProvider, name string) CounterMetric {
	if provider == nil || name == "" {
		return nil
	}
	return provider.NewRetriesMetric(name)
}
