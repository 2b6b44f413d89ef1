package prometheus_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	client "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/workqueue"
	"client-go-workbook/lib/workqueue/prometheus"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A queue with one item in work for a second, one that waits, and one that was delayed.
func TestMetricsOfAQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		registry := client.NewRegistry()
		provider, err := prometheus.NewProvider(registry)
		require.NoError(t, err)
		q := workqueue.NewTypedDelayingQueueWithConfig(workqueue.TypedDelayingQueueConfig[string]{
			Name: "pods", MetricsProvider: provider,
		})
		defer q.ShutDown()
		q.Add("a")
		q.Get()
		q.Add("b")
		q.AddAfter("c", time.Hour)
		time.Sleep(time.Second)
		synctest.Wait()
		require.NoError(t, testutil.GatherAndCompare(registry, strings.NewReader(`
# HELP workqueue_adds_total How many times an item was added that didn't wait already.
# TYPE workqueue_adds_total counter
workqueue_adds_total{name="pods"} 2
# HELP workqueue_depth Items that wait for a worker, and those added again while they are in work.
# TYPE workqueue_depth gauge
workqueue_depth{name="pods"} 1
# HELP workqueue_longest_running_processor_seconds How long the oldest item in work has been in work.
# TYPE workqueue_longest_running_processor_seconds gauge
workqueue_longest_running_processor_seconds{name="pods"} 1
# HELP workqueue_retries_total How many times an item was added with a delay.
# TYPE workqueue_retries_total counter
workqueue_retries_total{name="pods"} 1
`), "workqueue_adds_total", "workqueue_depth", "workqueue_longest_running_processor_seconds", "workqueue_retries_total"))

		q.Done("a")
		families, err := registry.Gather()
		require.NoError(t, err)
		counts := map[string]uint64{}
		for _, family := range families {
			if h := family.GetMetric()[0].GetHistogram(); h != nil {
				counts[family.GetName()] = h.GetSampleCount()
				require.Len(t, h.GetBucket(), 10)
			}
		}
		require.Equal(t, map[string]uint64{"workqueue_queue_duration_seconds": 1, "workqueue_work_duration_seconds": 1}, counts)
		require.Len(t, families, 7)
	})
}

func TestTwoProvidersDoNotShareARegistry(t *testing.T) {
	registry := client.NewRegistry()
	_, err := prometheus.NewProvider(registry)
	require.NoError(t, err)
	_, err = prometheus.NewProvider(registry)
	require.ErrorContains(t, err, "register the metrics of work queues")
	require.ErrorAs(t, err, &client.AlreadyRegisteredError{})
}

// Metrics of half a provider would stay zero for ever.
func TestAllMetricsAreRegisteredOrNone(t *testing.T) {
	registry := client.NewRegistry()
	same := client.NewCounterVec(client.CounterOpts{
		Name: "workqueue_retries_total", Help: "How many times an item was added with a delay.",
	}, []string{"name"})
	registry.MustRegister(same)
	_, err := prometheus.NewProvider(registry)
	require.ErrorAs(t, err, &client.AlreadyRegisteredError{})

	registry.Unregister(same)
	_, err = prometheus.NewProvider(registry)
	require.NoError(t, err)
}
