package events_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
)

// Twenty goroutines record for ten seconds, and the API server is killed meanwhile: nothing is lost, and nothing is there twice.
func TestWhileTheAPIServerRestarts(t *testing.T) {
	config := cluster.ForDisruption(t)
	config.QPS = -1
	namespace := cluster.NamespaceForTest(t, config)
	clients, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	c := live{ctx, clients, namespace}

	const goroutines, each, pods = 20, 500, 50
	recorder, _, stop := c.start(t)
	var work sync.WaitGroup
	for g := range goroutines {
		work.Go(func() {
			for i := range each {
				recorder.Eventf(c.pod(fmt.Sprint("crowd-", (g+i)%pods)), nil, normal, "Pulling", "Pull", "")
				if i%10 == 0 {
					// New things happen all the time, also while the server is away.
					recorder.Eventf(c.pod(fmt.Sprintf("single-%d-%d", g, i)), nil, normal, "Pulled", "Pull", "")
				}
				time.Sleep(20 * time.Millisecond) // the sink's watcher has room for a second
			}
		})
	}
	require.NoError(t, cluster.RestartAPIServer(ctx))
	work.Wait()
	stop() // what waits for its next try has it now

	list, err := clients.EventsV1().Events(namespace).List(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	there := map[string][]int{}
	for _, event := range list.Items {
		n := 1
		if event.Series != nil {
			n = int(event.Series.Count)
		}
		there[event.Regarding.Name] = append(there[event.Regarding.Name], n)
	}
	want := map[string][]int{}
	for i := range pods {
		want[fmt.Sprint("crowd-", i)] = []int{goroutines * each / pods}
	}
	for g := range goroutines {
		for i := 0; i < each; i += 10 {
			want[fmt.Sprintf("single-%d-%d", g, i)] = []int{1}
		}
	}
	require.Equal(t, want, there)
}
