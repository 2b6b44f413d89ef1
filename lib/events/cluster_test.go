package events_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes"
)

func TestOnTheCluster(t *testing.T) {
	config := cluster.ForTest(t)
	config.QPS = -1
	namespace := cluster.NamespaceForTest(t, config)
	clients, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)

	c := live{ctx, clients, namespace}
	t.Run("counts series", c.countsSeries)
	t.Run("takes what is cut to its limits", c.takesWhatIsCutToItsLimits)
	t.Run("shows a series in the other group", c.showsASeriesInTheOtherGroup)
	t.Run("begins again what was deleted", c.beginsAgainWhatWasDeleted)
	t.Run("refuses what has no action", c.refusesWhatHasNoAction)
	t.Run("has the adapter write series", c.hasTheAdapterWriteSeries)
}

// live is the real API server.
type live struct {
	ctx       context.Context
	clients   *kubernetes.Clientset
	namespace string
}

func (c live) pod(name string) *corev1.ObjectReference {
	return &corev1.ObjectReference{APIVersion: "v1", Kind: "Pod", Namespace: c.namespace, Name: name}
}

// start is start with the real sink, and what came of each write.
func (c live) start(t *testing.T) (recorder events.EventRecorderLogger, written <-chan string, stop func()) {
	t.Helper()
	sink := telling{&events.EventSinkImpl{Interface: c.clients.EventsV1()}, make(chan string, 10_000)}
	recorder, stop = start(t, sink)
	return recorder, sink.told, stop
}

type telling struct {
	events.EventSink
	told chan string
}

func (s telling) Create(ctx context.Context, event *eventsv1.Event) (*eventsv1.Event, error) {
	created, err := s.EventSink.Create(ctx, event)
	s.told <- fmt.Sprintf("create %s %v", event.Regarding.Name, err)
	return created, err
}

func (s telling) Patch(ctx context.Context, event *eventsv1.Event, data []byte) (*eventsv1.Event, error) {
	patched, err := s.EventSink.Patch(ctx, event, data)
	s.told <- fmt.Sprintf("patch %s %v", event.Regarding.Name, err)
	return patched, err
}

// about lists the events about a pod.
func (c live) about(t *testing.T, name string) []eventsv1.Event {
	t.Helper()
	selector, err := events.GetFieldSelector(eventsv1.SchemeGroupVersion, corev1.SchemeGroupVersion.WithKind("Pod"), name, "")
	require.NoError(t, err)
	list, err := c.clients.EventsV1().Events(c.namespace).List(c.ctx, metav1.ListOptions{FieldSelector: selector.String()})
	require.NoError(t, err)
	return list.Items
}

// Twenty goroutines, 10,000 events, 50 series: each is one object in the API, with its count. They come in bursts of 500, for which
// the sink's watcher has room however busy the machine is.
func (c live) countsSeries(t *testing.T) {
	const goroutines, bursts, each, pods = 20, 20, 25, 50
	recorder, written, stop := c.start(t)
	for burst := range bursts {
		var work sync.WaitGroup
		for g := range goroutines {
			work.Go(func() {
				for i := range each {
					recorder.Eventf(c.pod(fmt.Sprint("crowd-", (g*each+i)%pods)), nil, normal, "Pulling", "Pull", "burst %d", burst)
				}
			})
		}
		work.Wait()
		recorder.Eventf(c.pod(fmt.Sprint("last-of-burst-", burst)), nil, normal, "Pulled", "Pull", "")
		for !strings.HasPrefix(<-written, "create last-of-burst") {
		}
	}
	stop()
	for i := range pods {
		about := c.about(t, fmt.Sprint("crowd-", i))
		require.Len(t, about, 1)
		require.Equal(t, int32(goroutines*bursts*each/pods), about[0].Series.Count)
		require.False(t, about[0].Series.LastObservedTime.Before(&about[0].EventTime))
	}
}

// What the recorder lets through the server takes: no write has an error.
func (c live) takesWhatIsCutToItsLimits(t *testing.T) {
	long := strings.Repeat("€", 1000)
	recorder, written, stop := c.start(t)
	recorder.Eventf(c.pod("limits"), c.pod("other"), "Warning", strings.Repeat("R", 500), strings.Repeat("A", 500), "%s", long)
	recorder.Eventf(c.pod("limits"), nil, normal, "Pulled", "Pull", "no UTF-8: %s", "\xff\xfe")
	role := c.pod("system:node")
	recorder.Eventf(role, nil, normal, "Bound", "Bind", "")
	for range 3 {
		require.Regexp(t, `^create \S+ <nil>$`, <-written)
	}
	stop()
	require.Len(t, c.about(t, "limits"), 2)
	require.Len(t, c.about(t, "system:node"), 1)
}

// kubectl get events reads core/v1.
func (c live) showsASeriesInTheOtherGroup(t *testing.T) {
	recorder, _, stop := c.start(t)
	for range 7 {
		recorder.Eventf(c.pod("shown"), nil, normal, "Pulling", "Pull", "image nginx")
	}
	stop()
	list, err := c.clients.CoreV1().Events(c.namespace).List(c.ctx, metav1.ListOptions{FieldSelector: "involvedObject.name=shown"})
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	require.Equal(t, "image nginx", list.Items[0].Message)
	require.Equal(t, int32(7), list.Items[0].Series.Count)
	require.Zero(t, list.Items[0].Count, "the old count isn't kept any more")
}

func (c live) beginsAgainWhatWasDeleted(t *testing.T) {
	recorder, written, stop := c.start(t)
	say := func() { recorder.Eventf(c.pod("deleted"), nil, normal, "Pulling", "Pull", "") }
	say()
	require.Equal(t, "create deleted <nil>", <-written)
	name := c.about(t, "deleted")[0].Name
	require.NoError(t, c.clients.EventsV1().Events(c.namespace).Delete(c.ctx, name, metav1.DeleteOptions{}))
	say()
	require.Contains(t, <-written, "patch deleted events.events.k8s.io")
	require.Equal(t, "create deleted <nil>", <-written)
	stop()
	require.Equal(t, int32(2), c.about(t, "deleted")[0].Series.Count)
}

func (c live) refusesWhatHasNoAction(t *testing.T) {
	recorder, written, stop := c.start(t)
	recorder.Eventf(c.pod("refused"), nil, normal, "Pulling", "", "")
	require.Contains(t, <-written, "action: Required value")
	stop()
	require.Empty(t, c.about(t, "refused"))
}

func (c live) hasTheAdapterWriteSeries(t *testing.T) {
	adapter := events.NewEventBroadcasterAdapterWithContext(c.ctx, c.clients)
	adapter.StartRecordingToSink(make(chan struct{}))
	recorder := adapter.NewRecorder("example.com/kubelet")
	for range 4 {
		recorder.Eventf(c.pod("adapted"), nil, normal, "Pulling", "Pull", "")
	}
	adapter.Shutdown()
	require.Equal(t, int32(4), c.about(t, "adapted")[0].Series.Count)
}
