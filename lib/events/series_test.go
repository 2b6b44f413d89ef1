package events_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes/scheme"
)

func TestASeriesArisesGoesOnAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, _ := start(t, api)
		pull := func(note string) {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "%s", note)
			synctest.Wait()
		}

		pull("first")
		require.Equal(t, "0s create web-0 Pulling", api.told())
		event := api.all()[0]
		require.Nil(t, event.Series, "one is no series")

		time.Sleep(time.Minute)
		pull("second")
		require.Equal(t, "1m0s patch web-0 Pulling ×2", api.told())
		event = api.all()[0]
		require.Equal(t, "first", event.Note)
		require.Equal(t, time.Minute, event.Series.LastObservedTime.Sub(event.EventTime.Time))

		for range 10 {
			time.Sleep(3 * time.Minute)
			pull("again")
		}
		require.Equal(t, "30m0s patch web-0 Pulling ×11", api.told(), "only now and then, so that it doesn't expire")

		time.Sleep(time.Hour)
		require.Equal(t, "42m0s patch web-0 Pulling ×12", api.told(), "six minutes after the last, when ends are looked for")
		event = api.all()[0]
		require.Equal(t, 31*time.Minute, event.Series.LastObservedTime.Sub(event.EventTime.Time))

		pull("a new one")
		require.Equal(t, "1h31m0s create web-0 Pulling", api.told())
		require.Len(t, api.all(), 2)
	})
}

func TestASingleEventEndsWithoutAWord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, _ := start(t, api)
		for _, after := range []time.Duration{time.Minute, 12 * time.Minute} {
			time.Sleep(after)
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		}
		synctest.Wait()
		require.Equal(t, "1m0s create web-0 Pulling\n13m0s create web-0 Pulling", api.told())
	})
}

// What comes while the end of a series is written belongs to it.
func TestASeriesThatGoesOnAtTheLastMomentDoesNotEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, _ := start(t, api)
		pull := func() {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		pull()
		pull()
		api.told()
		time.Sleep(11 * time.Minute)
		api.failWith(slow(2 * time.Minute))
		time.Sleep(2 * time.Minute) // it is 13:00, the last write began at 12:00
		pull()
		time.Sleep(2 * time.Minute)
		api.failWith(nil)
		pull()
		time.Sleep(10 * time.Minute) // 24:00 is more than six minutes after 15:00
		require.Equal(t, "12m0s patch web-0 Pulling ×2\n24m0s patch web-0 Pulling ×4", api.told())
		require.Len(t, api.all(), 1)
	})
}

// A single event is not forgotten while it is being written, however long that takes.
func TestASingleEventThatTakesLongToWrite(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		api.failWith(slow(13 * time.Minute))
		recorder, stop := start(t, api)
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		time.Sleep(12*time.Minute + time.Second)
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		synctest.Wait()
		api.failWith(nil)
		time.Sleep(time.Minute)
		stop()
		require.Equal(t, "0s create web-0 Pulling\n13m0s patch web-0 Pulling ×2", api.told())
	})
}

// Nor while it waits for its next try.
func TestASingleEventThatWaitsLongForItsNextTry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		api.failWith(times(1, errAway))
		recorder, stop := start(t, api, events.WithFinishTime(5*time.Second))
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		time.Sleep(13 * time.Second) // at 0:10 it would have been forgotten, and now it is written
		recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		stop()
		require.Regexp(t, `^0s create web-0 Pulling\n1[0-3]s create web-0 Pulling\n13s patch web-0 Pulling ×2$`, api.told())
	})
}

// The end of a series takes so long to write that it is to be refreshed meanwhile: it ends after that.
func TestASeriesThatIsRefreshedWhileItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, stop := start(t, api, events.WithFinishTime(5*time.Second), events.WithRefreshTime(11*time.Second))
		pull := func() { recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "") }
		pull()
		pull()
		synctest.Wait()
		api.told()
		api.failWith(slow(3 * time.Second))
		time.Sleep(14 * time.Second)
		pull()
		stop()
		require.Equal(t, "10s patch web-0 Pulling ×2\n13s patch web-0 Pulling ×2\n16s patch web-0 Pulling ×3", api.told())
	})
}

// The log tells the end when it is over: what happens then begins a new series.
func TestTheEndOfASeriesIsLogged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		logger, logged := logger(t)
		broadcaster := events.NewBroadcaster(api)
		defer broadcaster.Shutdown()
		require.NoError(t, broadcaster.StartRecordingToSinkWithContext(klog.NewContext(t.Context(), logger)))
		recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
		for range 3 {
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
		}
		time.Sleep(12*time.Minute - time.Nanosecond)
		require.NotContains(t, logged(), "ended")
		api.failWith(slow(time.Minute))
		time.Sleep(time.Minute)
		require.NotContains(t, logged(), "ended", "what comes now belongs to it")
		time.Sleep(time.Minute)
		require.Regexp(t, `The series has ended event="shop/web-0\.[0-9a-f]+" reason="Pulling" count=3\s*$`, logged())
	})
}

// Events of several goroutines may come in another order than they happened.
func TestTheLatestEventOfASeriesIsTheLatest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		incoming := make(chan watch.Event, 3)
		for _, after := range []time.Duration{0, 2 * time.Second, time.Second} {
			incoming <- watch.Event{Object: &eventsv1.Event{EventTime: metav1.NewMicroTime(api.opened.Add(after))}}
		}
		close(incoming)
		events.NewRecording(api).Run(t.Context(), incoming)
		require.Equal(t, 2*time.Second, api.all()[0].Series.LastObservedTime.Sub(api.opened))
	})
}

func TestWhatMakesASeries(t *testing.T) {
	type call struct {
		regarding, related             runtime.Object
		annotations                    map[string]string
		kind, reason, action, note, by string
	}
	changed := pod("web-0")
	changed.ResourceVersion = "2"
	other := pod("web-0")
	other.UID = "of its successor"
	node := func(name, version string) *corev1.Node {
		return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name, ResourceVersion: version}}
	}
	part := &corev1.ObjectReference{Kind: "Pod", APIVersion: "v1", Namespace: "shop", Name: "web-0", UID: "uid of web-0", FieldPath: "spec.containers{app}"}
	for name, tt := range map[string]struct {
		change func(*call)
		series bool
	}{
		"nothing":                   {func(*call) {}, true},
		"note":                      {func(c *call) { c.note = "another" }, true},
		"annotations":               {func(c *call) { c.annotations = map[string]string{"a": "b"} }, true},
		"the object's version":      {func(c *call) { c.regarding = changed }, true},
		"type":                      {func(c *call) { c.kind = corev1.EventTypeWarning }, false},
		"reason":                    {func(c *call) { c.reason = "Pulled" }, false},
		"action":                    {func(c *call) { c.action = "Push" }, false},
		"controller":                {func(c *call) { c.by = "example.com/other" }, false},
		"object":                    {func(c *call) { c.regarding = pod("web-1") }, false},
		"the object that it now is": {func(c *call) { c.regarding = other }, false},
		"part of the object":        {func(c *call) { c.regarding = part }, false},
		"related":                   {func(c *call) { c.related = node("node-2", "1") }, false},
		"the related one's version": {func(c *call) { c.related = node("node-1", "2") }, true},
		"nothing related":           {func(c *call) { c.related = nil }, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := newShelf()
				broadcaster := events.NewBroadcaster(api)
				defer broadcaster.Shutdown()
				require.NoError(t, broadcaster.StartRecordingToSinkWithContext(t.Context()))
				say := func(c call) {
					recorder := broadcaster.NewRecorder(nil, c.by).(events.AnnotatedEventRecorder)
					recorder.AnnotatedEventf(typed(c.regarding), typed(c.related), c.annotations, c.kind, c.reason, c.action, "%s", c.note)
				}
				c := call{regarding: pod("web-0"), related: node("node-1", "1"), kind: normal, reason: "Pulling", action: "Pull", note: "one", by: "example.com/kubelet"}
				say(c)
				tt.change(&c)
				say(c)
				synctest.Wait()
				if tt.series {
					require.Len(t, api.all(), 1)
				} else {
					require.Len(t, api.all(), 2)
				}
				require.Equal(t, 2, api.sum())
			})
		})
	}
}

// typed has objects say their kind, so that no scheme is needed.
func typed(object runtime.Object) runtime.Object {
	switch o := object.(type) {
	case *corev1.Pod:
		o.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Pod"))
	case *corev1.Node:
		o.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Node"))
	}
	return object
}

// What the API server has removed meanwhile comes back with all of its series.
func TestASeriesThatExpiredIsCreatedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, _ := start(t, api)
		for range 14 { // to 26:00, so that the look for ends at 30:00, in one moment with the refresh, doesn't find one
			recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
			time.Sleep(2 * time.Minute)
		}
		synctest.Wait()
		api.told()
		api.expire()
		time.Sleep(2 * time.Minute) // it is 30:00
		synctest.Wait()
		require.Equal(t, "30m0s patch web-0 Pulling ×14\n30m0s create web-0 Pulling ×14", api.told())
	})
}

func TestTheTimesOfASeriesCanBeSet(t *testing.T) {
	for name, tt := range map[string]struct {
		options []events.BroadcasterOption
		want    string
	}{
		"to what is sensible": {
			[]events.BroadcasterOption{events.WithRefreshTime(50 * time.Second), events.WithFinishTime(time.Minute)},
			"50s patch web-0 Pulling ×2\n1m40s patch web-0 Pulling ×2\n2m0s patch web-0 Pulling ×2",
		},
		"but not to nothing": {
			[]events.BroadcasterOption{events.WithRefreshTime(0), events.WithFinishTime(-time.Minute)},
			"12m0s patch web-0 Pulling ×2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api := newShelf()
				broadcaster := events.NewBroadcaster(api, tt.options...)
				defer broadcaster.Shutdown()
				recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/kubelet")
				require.NoError(t, broadcaster.StartRecordingToSinkWithContext(t.Context()))
				recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
				recorder.Eventf(pod("web-0"), nil, normal, "Pulling", "Pull", "")
				synctest.Wait()
				api.told()
				time.Sleep(time.Hour)
				require.Equal(t, tt.want, api.told())
			})
		})
	}
}

func TestManySeriesAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api := newShelf()
		recorder, stop := start(t, api)
		for i := range 300 {
			recorder.Eventf(pod(fmt.Sprint("web-", i%30)), nil, normal, "Pulling", "Pull", "")
			synctest.Wait()
		}
		require.Len(t, api.all(), 30)
		require.Equal(t, 60, api.sum(), "two of each are written at once")
		stop()
		require.Len(t, api.all(), 30)
		require.Equal(t, 300, api.sum())
	})
}
