package stuckworker

import (
	"fmt"
	"sync"
	"time"

	"client-go-workbook/lib/workqueue"
)

// Sample is what the metrics of a queue said at a moment.
type Sample struct {
	At         time.Time
	Depth      int           // items that wait for a worker
	Done       int           // how often a worker was done with an item
	Unfinished time.Duration // how long the items in work have been in work, all together; up to half a second old
	Longest    time.Duration // how long the oldest of them has been in work; up to half a second old
}

// String shows the sample in one line, without its time.
func (s Sample) String() string {
	return fmt.Sprintf("unfinished %v longest %v depth %d done %d", s.Unfinished, s.Longest, s.Depth, s.Done)
}

// Metrics keeps the metrics of one queue; it is the queue's workqueue.MetricsProvider.
type Metrics struct {
	mu  sync.Mutex
	now Sample
}

// Read returns what the metrics say now.
func (m *Metrics) Read() Sample {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now.At = time.Now()
	return m.now
}

// metric is any of the metrics: it changes a Sample.
type metric struct {
	*Metrics
	change func(s *Sample, by float64)
}

func (m metric) apply(by float64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.change(&m.now, by)
}

func (m metric) Inc()              { m.apply(1) }
func (m metric) Dec()              { m.apply(-1) }
func (m metric) Set(to float64)    { m.apply(to) }
func (m metric) Observe(v float64) { m.apply(v) }

func seconds(s float64) time.Duration {
	return time.Duration(s * float64(time.Second)).Round(time.Millisecond)
}

func (m *Metrics) NewDepthMetric(string) workqueue.GaugeMetric {
	return metric{m, func(s *Sample, by float64) { s.Depth += int(by) }}
}

func (m *Metrics) NewAddsMetric(string) workqueue.CounterMetric {
	return metric{m, func(*Sample, float64) {}}
}

func (m *Metrics) NewLatencyMetric(string) workqueue.HistogramMetric {
	return metric{m, func(*Sample, float64) {}}
}

func (m *Metrics) NewWorkDurationMetric(string) workqueue.HistogramMetric {
	return metric{m, func(s *Sample, _ float64) { s.Done++ }}
}

func (m *Metrics) NewUnfinishedWorkSecondsMetric(string) workqueue.SettableGaugeMetric {
	return metric{m, func(s *Sample, to float64) { s.Unfinished = seconds(to) }}
}

func (m *Metrics) NewLongestRunningProcessorSecondsMetric(string) workqueue.SettableGaugeMetric {
	return metric{m, func(s *Sample, to float64) { s.Longest = seconds(to) }}
}

func (m *Metrics) NewRetriesMetric(string) workqueue.CounterMetric {
	return metric{m, func(*Sample, float64) {}}
}
