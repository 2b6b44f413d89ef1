// Package prometheus shows the metrics of work queues to Prometheus.
//
//	queue "pods" ──Inc, Set, Observe──▶ Provider ──▶ Registerer ──▶ /metrics   workqueue_depth{name="pods"} 3
//
// The names are those of a Kubernetes component, so that dashboards and alerts made for one fit.
//
// Upstream: k8s.io/component-base/metrics/prometheus/workqueue.
// Left out: the init that sets the provider for the whole program. Call workqueue.SetProvider, or give it to a queue.
package prometheus

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"client-go-workbook/lib/workqueue"
)

// Provider makes the metrics of queues. Each queue is a label of the seven.
type Provider struct {
	depth, unfinished, longest *prometheus.GaugeVec
	adds, retries              *prometheus.CounterVec
	latency, workDuration      *prometheus.HistogramVec
}

var _ workqueue.MetricsProvider = (*Provider)(nil)

// NewProvider returns a provider whose metrics are in registerer, which must not have those of another one. If it has,
// it is left as it was.
func NewProvider(registerer prometheus.Registerer) (*Provider, error) {
	p := &Provider{
		depth:        gauge("depth", "Items that wait for a worker, and those added again while they are in work."),
		adds:         counter("adds_total", "How many times an item was added that didn't wait already."),
		latency:      histogram("queue_duration_seconds", "How long an item waited for a worker."),
		workDuration: histogram("work_duration_seconds", "How long a worker had an item in work."),
		unfinished: gauge("unfinished_work_seconds", "How long the items in work have been in work, all together. "+
			"It grows by as many seconds per second as there are workers that hang."),
		longest: gauge("longest_running_processor_seconds", "How long the oldest item in work has been in work."),
		retries: counter("retries_total", "How many times an item was added with a delay."),
	}
	all := []prometheus.Collector{p.depth, p.adds, p.latency, p.workDuration, p.unfinished, p.longest, p.retries}
	for i, c := range all {
		if err := registerer.Register(c); err != nil {
			for _, c := range all[:i] {
				registerer.Unregister(c)
			}
			return nil, fmt.Errorf("register the metrics of work queues: %w", err)
		}
	}
	return p, nil
}

const subsystem = "workqueue"

var labels = []string{"name"}

func gauge(name, help string) *prometheus.GaugeVec {
	return prometheus.NewGaugeVec(prometheus.GaugeOpts{Subsystem: subsystem, Name: name, Help: help}, labels)
}

func counter(name, help string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Subsystem: subsystem, Name: name, Help: help}, labels)
}

// histogram has buckets from 10ns to 10s, each ten times the one before.
func histogram(name, help string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Subsystem: subsystem, Name: name, Help: help, Buckets: prometheus.ExponentialBuckets(1e-8, 10, 10),
	}, labels)
}

func (p *Provider) NewDepthMetric(name string) workqueue.GaugeMetric {
	return p.depth.WithLabelValues(name)
}

func (p *Provider) NewAddsMetric(name string) workqueue.CounterMetric {
	return p.adds.WithLabelValues(name)
}

func (p *Provider) NewLatencyMetric(name string) workqueue.HistogramMetric {
	return p.latency.WithLabelValues(name)
}

func (p *Provider) NewWorkDurationMetric(name string) workqueue.HistogramMetric {
	return p.workDuration.WithLabelValues(name)
}

func (p *Provider) NewUnfinishedWorkSecondsMetric(name string) workqueue.SettableGaugeMetric {
	return p.unfinished.WithLabelValues(name)
}

func (p *Provider) NewLongestRunningProcessorSecondsMetric(name string) workqueue.SettableGaugeMetric {
	return p.longest.WithLabelValues(name)
}

func (p *Provider) NewRetriesMetric(name string) workqueue.CounterMetric {
	return p.retries.WithLabelValues(name)
}
