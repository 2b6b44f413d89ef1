package events_test

import (
	"context"
	"fmt"
	"strings"
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
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	c := live{ctx, clients, namespace}

	const goroutines, each, pods = 20, 500, 50
	recorder, written, stop := c.start(t)
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
	want := map[string][]int{}
	for i := range pods {
		want[fmt.Sprint("crowd-", i)] = []int{goroutines * each / pods}
	}
	for g := range goroutines {
		for i := 0; i < each; i += 10 {
			want[fmt.Sprintf("single-%d-%d", g, i)] = []int{1}
		}
	}
	created(ctx, t, written, len(want))
	stop() // now the numbers are written

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
	require.Equal(t, want, there)
}

// created waits until the server has so many series. Shutdown gives it five seconds, and one that is busy, and has just come back,
// needs longer for all that has waited.
func created(ctx context.Context, t *testing.T, written <-chan string, series int) {
	t.Helper()
	there := map[string]bool{}
	for len(there) < series {
		select {
		case write := <-written:
			words := strings.Fields(write) // "create single-0-10 <nil>"
			if words[0] == "create" && (words[2] == "<nil>" || strings.HasSuffix(write, "already exists")) {
				there[words[1]] = true
			}
		case <-ctx.Done():
			require.Len(t, there, series, "the rest was never written")
		}
	}
}
