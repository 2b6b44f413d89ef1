package testing_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/kubernetes/scheme"
	clienttesting "client-go-workbook/lib/testing"
)

func newTracker() clienttesting.ObjectTracker {
	return clienttesting.NewObjectTracker(scheme.Scheme, scheme.Codecs.UniversalDeserializer())
}

func watching(t *testing.T, tracker clienttesting.ObjectTracker, namespace string, opts ...metav1.ListOptions) watch.Interface {
	t.Helper()
	w, err := tracker.Watch(pods, namespace, opts...)
	require.NoError(t, err)
	t.Cleanup(w.Stop)
	return w
}

func line(e watch.Event) string {
	object := e.Object.(metav1.Object)
	return fmt.Sprintf("%s %s/%s", e.Type, object.GetNamespace(), object.GetName())
}

// read takes n events.
func read(w watch.Interface, n int) (lines []string) {
	for range n {
		lines = append(lines, line(<-w.ResultChan()))
	}
	return lines
}

// isQuiet says that a watch has nothing for its reader. Inside a bubble, so that a goroutine can't be on its way with it.
func isQuiet(t *testing.T, w watch.Interface) {
	t.Helper()
	synctest.Wait()
	select {
	case e, ok := <-w.ResultChan():
		require.Fail(t, "the watch is not quiet", "%v %v", e, ok)
	default:
	}
}

func create(t *testing.T, tracker clienttesting.ObjectTracker, from, to int) (want []string) {
	t.Helper()
	for i := from; i < to; i++ {
		require.NoError(t, tracker.Create(pods, pod("shop", fmt.Sprint(i)), "shop"))
		want = append(want, fmt.Sprintf("ADDED shop/%d", i))
	}
	return want
}

func TestSlowReaderLosesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tracker := newTracker()
		w := watching(t, tracker, "shop")
		want := create(t, tracker, 0, 1000)
		require.Equal(t, want[:150], read(w, 150))

		want = append(want, create(t, tracker, 1000, 1500)...)
		require.Equal(t, want[150:], read(w, 1350))
		isQuiet(t, w)

		// It has caught up: the next events go the short way again, and still in order.
		want = create(t, tracker, 1500, 2000)
		require.Equal(t, want, read(w, 500))
		isQuiet(t, w)
	})
}

func TestReaderBesideWriters(t *testing.T) {
	tracker := newTracker()
	w := watching(t, tracker, "")
	var writers sync.WaitGroup
	for writer := range 4 {
		writers.Go(func() {
			for i := range 500 {
				p := pod(fmt.Sprint(writer), fmt.Sprint(i))
				_ = tracker.Create(pods, p, p.Namespace)
			}
		})
	}
	next := map[string]int{}
	for range 4 * 500 {
		object := (<-w.ResultChan()).Object.(metav1.Object)
		require.Equal(t, fmt.Sprint(next[object.GetNamespace()]), object.GetName(), "of writer %s", object.GetNamespace())
		next[object.GetNamespace()]++
	}
	writers.Wait()
}

// Stop ends the goroutine that waits for a reader (goleak looks), closes the channel, and may be called again, by anybody.
func TestStopWhileEventsWait(t *testing.T) {
	tracker := newTracker()
	w := watching(t, tracker, "shop")
	want := create(t, tracker, 0, 500)
	var stops sync.WaitGroup
	for range 3 {
		stops.Go(w.Stop)
	}
	stops.Wait()
	create(t, tracker, 500, 501)

	got := 0
	for e := range w.ResultChan() {
		require.Equal(t, want[got], line(e), "what was in the channel is still there")
		got++
	}
	require.GreaterOrEqual(t, got, int(watch.DefaultChanSize))
	require.LessOrEqual(t, got, 500)
}

func TestStopWhileOthersWrite(t *testing.T) {
	tracker := newTracker()
	var all sync.WaitGroup
	for n := range 20 {
		w := watching(t, tracker, "shop")
		all.Go(func() {
			for range n {
				<-w.ResultChan()
			}
			w.Stop()
		})
	}
	create(t, tracker, 0, 300)
	all.Wait()
}
