package record_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/strategicpatch"

	"client-go-workbook/lib/record"
)

// backOff is what the kubelet says of a pod that can't start, now.
func backOff(message string) *corev1.Event {
	now := metav1.Now()
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Namespace: "shop", Name: fmt.Sprintf("web.%x", now.UnixNano())},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web", UID: "1", APIVersion: "v1"},
		Source:         corev1.EventSource{Component: "kubelet", Host: "n1"},
		Type:           corev1.EventTypeWarning,
		Reason:         "BackOff",
		Message:        message,
		FirstTimestamp: now,
		LastTimestamp:  now,
		Count:          1,
	}
}

func backOffOf(pod, message string) *corev1.Event {
	event := backOff(message)
	event.InvolvedObject.Name, event.InvolvedObject.UID = pod, ""
	return event
}

// told tells the correlator of an event that must have a result.
func told(t *testing.T, c *record.EventCorrelator, event *corev1.Event) *record.EventCorrelateResult {
	t.Helper()
	result, err := c.EventCorrelate(event)
	require.NoError(t, err)
	require.NotNil(t, result)
	return result
}

// deed says in a word or two what is to be written.
func deed(result *record.EventCorrelateResult) string {
	switch {
	case result.Skip:
		return "skip"
	case result.Patch == nil:
		return "create " + result.Event.Message
	}
	return fmt.Sprintf("patch to %d %s", result.Event.Count, result.Event.Message)
}

// The limits that a test is not about are out of its way.
const enough = 1 << 20

// The kubelet says the same thing three times. The API gets one event, and is told twice to count.
func TestSameEventIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := record.NewEventCorrelator(nil)
		first := told(t, c, backOff("waiting"))
		require.Nil(t, first.Patch)
		require.Equal(t, backOff("waiting"), first.Event)

		server := first.Event.DeepCopy()
		server.ResourceVersion = "17"
		c.UpdateState(server)
		for count := int32(2); count <= 3; count++ {
			time.Sleep(time.Minute)
			again := told(t, c, backOff("waiting"))
			require.Equal(t, server.Name, again.Event.Name)
			require.Equal(t, "17", again.Event.ResourceVersion)
			require.Equal(t, count, again.Event.Count)
			require.True(t, again.Event.FirstTimestamp.Equal(&server.FirstTimestamp))
			require.WithinDuration(t, time.Now(), again.Event.LastTimestamp.Time, 0)
			server = patched(t, server, again)
			require.Equal(t, again.Event, server)
		}
	})
}

// patched is what a server makes of the patch. JSON knows no fractions of these seconds, and the bubble's clock has none.
func patched(t *testing.T, server *corev1.Event, result *record.EventCorrelateResult) *corev1.Event {
	t.Helper()
	before, err := json.Marshal(server)
	require.NoError(t, err)
	after, err := strategicpatch.StrategicMergePatch(before, result.Patch, corev1.Event{})
	require.NoError(t, err)
	var event corev1.Event
	require.NoError(t, json.Unmarshal(after, &event))
	for _, stamp := range []*metav1.Time{&event.FirstTimestamp, &event.LastTimestamp} {
		stamp.Time = stamp.Local()
	}
	return &event
}

// What other writers count, and the version that the server gives, are the server's to say.
func TestServerKnowsBetter(t *testing.T) {
	c := record.NewEventCorrelator(nil)
	server := told(t, c, backOff("waiting")).Event.DeepCopy()
	server.Name, server.ResourceVersion, server.Count = "web.again", "40", 11
	c.UpdateState(server)
	again := told(t, c, backOff("waiting"))
	require.Equal(t, "patch to 12 waiting", deed(again))
	require.Equal(t, "web.again", again.Event.Name)
	require.Equal(t, "40", again.Event.ResourceVersion)
}

// The sink was away and nobody knows whether the event exists. The next one is a patch nevertheless: the sink creates
// the event when it finds that there is nothing to patch.
func TestNobodySaysWhetherTheEventWasWritten(t *testing.T) {
	c := record.NewEventCorrelator(nil)
	first := told(t, c, backOff("waiting"))
	second := told(t, c, backOff("waiting"))
	require.Equal(t, "patch to 2 waiting", deed(second))
	require.Equal(t, first.Event.Name, second.Event.Name)
}

func TestPatchHoldsWhatChangesAndNoMore(t *testing.T) {
	noon := metav1.Date(2026, time.May, 4, 14, 0, 0, 7, time.FixedZone("here", 7200))
	for name, tc := range map[string]struct {
		message string
		last    metav1.Time
		patch   string
	}{
		"as always":         {"waiting", noon, `{"count":2,"lastTimestamp":"2026-05-04T12:00:00Z","message":"waiting"}`},
		"without a message": {"", noon, `{"count":2,"lastTimestamp":"2026-05-04T12:00:00Z"}`},
		"without a time":    {"waiting", metav1.Time{}, `{"count":2,"lastTimestamp":null,"message":"waiting"}`},
		"odd letters":       {"a \"<b>\"\n\u2028", noon, `{"count":2,"lastTimestamp":"2026-05-04T12:00:00Z","message":"a \"\u003cb\u003e\"\n\u2028"}`},
		"no letters":        {"\xff", noon, `{"count":2,"lastTimestamp":"2026-05-04T12:00:00Z","message":"\ufffd"}`},
	} {
		t.Run(name, func(t *testing.T) {
			c := record.NewEventCorrelator(nil)
			event := backOff(tc.message)
			event.LastTimestamp = tc.last
			event.Labels = map[string]string{"stays": "as it is"}
			told(t, c, event)
			require.Equal(t, tc.patch, string(told(t, c, event).Patch))
		})
	}
}

// A pod fails with another text each time. Nine events say so; the tenth takes the place of all others to come.
func TestSimilarEventsAreCombined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := record.NewEventCorrelator(nil)
		for i := 1; i <= 9; i++ {
			require.Equal(t, fmt.Sprintf("create exit code %d", i), deed(told(t, c, backOff("exit code "+strconv.Itoa(i)))))
		}
		tenth := told(t, c, backOff("exit code 10"))
		require.Equal(t, "create (combined from similar events): exit code 10", deed(tenth))
		require.Equal(t, backOff("").ObjectMeta, tenth.Event.ObjectMeta)
		require.Equal(t, backOff("").InvolvedObject, tenth.Event.InvolvedObject)
		require.Equal(t, backOff("").Source, tenth.Event.Source)

		time.Sleep(time.Minute)
		eleventh := told(t, c, backOff("exit code 11"))
		require.Equal(t, "patch to 2 (combined from similar events): exit code 11", deed(eleventh))
		require.Equal(t, tenth.Event.Name, eleventh.Event.Name)
		require.Equal(t, tenth.Event.FirstTimestamp, eleventh.Event.FirstTimestamp)

		require.Equal(t, "patch to 2 exit code 3", deed(told(t, c, backOff("exit code 3"))), "it has an event of its own")
		require.Equal(t, "create exit code 10", deed(told(t, c, backOffOf("till", "exit code 10"))), "another pod")
	})
}

// Similar events are forgotten once there was none for more than ten minutes.
func TestPauseEndsASeries(t *testing.T) {
	for name, tc := range map[string]struct {
		pause time.Duration
		deed  string
	}{
		"ten minutes":              {10 * time.Minute, "create (combined from similar events): the tenth"},
		"a moment more":            {10*time.Minute + 1, "create the tenth"},
		"as long as nobody counts": {100 * time.Hour, "create the tenth"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := record.NewEventCorrelator(nil)
				for i := range 9 {
					time.Sleep(9 * time.Minute) // each event prolongs the series
					told(t, c, backOff(strconv.Itoa(i)))
				}
				time.Sleep(tc.pause)
				require.Equal(t, tc.deed, deed(told(t, c, backOff("the tenth"))))
			})
		})
	}
}

// The kubelet has 25 events for a pod, and one more every five minutes. What is skipped is counted nevertheless.
func TestSpamIsSkipped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := record.NewEventCorrelator(nil)
		for i := range 25 {
			require.NotEqual(t, "skip", deed(told(t, c, backOff("waiting"))), i)
		}
		for range 3 {
			skipped := told(t, c, backOff("waiting"))
			require.Equal(t, &record.EventCorrelateResult{Skip: true}, skipped)
		}
		require.Equal(t, "create waiting", deed(told(t, c, backOffOf("till", "waiting"))), "another pod has another bucket")

		time.Sleep(5*time.Minute - time.Second)
		require.Equal(t, "skip", deed(told(t, c, backOff("waiting"))))
		time.Sleep(time.Second)
		require.Equal(t, "patch to 30 waiting", deed(told(t, c, backOff("waiting"))))
		require.Equal(t, "skip", deed(told(t, c, backOff("waiting"))), "that was the one")
	})
}

// Whoever looks for a needle in the events has a correlator with limits of their own.
func TestOptionsReplaceTheDefaults(t *testing.T) {
	for name, tc := range map[string]struct {
		options  record.CorrelatorOptions
		messages []string
		deeds    []string
	}{
		"MaxEvents": {record.CorrelatorOptions{MaxEvents: 2}, []string{"a", "b", "a"},
			[]string{"create a", "create (combined from similar events): b", "patch to 2 a"}},
		"MaxEvents 1 combines all": {record.CorrelatorOptions{MaxEvents: 1}, []string{"a", "a"},
			[]string{"create (combined from similar events): a", "patch to 2 (combined from similar events): a"}},
		"MaxEvents below 0 combines none": {record.CorrelatorOptions{MaxEvents: -1}, []string{"a", "b"}, []string{"create a", "create b"}},
		"MaxIntervalInSeconds": {record.CorrelatorOptions{MaxEvents: 2, MaxIntervalInSeconds: 1}, []string{"a", "pause", "b", "c"},
			[]string{"create a", "create b", "create (combined from similar events): c"}},
		"MessageFunc": {record.CorrelatorOptions{MaxEvents: 2, MessageFunc: func(e *corev1.Event) string { return "and " + e.Message }}, []string{"a", "b"},
			[]string{"create a", "create and b"}},
		"KeyFunc": {record.CorrelatorOptions{MaxEvents: 2, KeyFunc: func(e *corev1.Event) (string, string) { return e.Message[:1], e.Message }}, []string{"a1", "b1", "b2"},
			[]string{"create a1", "create b1", "create (combined from similar events): b2"}},
		"BurstSize": {record.CorrelatorOptions{BurstSize: 2}, []string{"a", "b", "c"}, []string{"create a", "create b", "skip"}},
		"QPS": {record.CorrelatorOptions{BurstSize: 1, QPS: 0.5}, []string{"a", "b", "pause", "c", "d"},
			[]string{"create a", "skip", "create c", "skip"}},
		"SpamKeyFunc": {record.CorrelatorOptions{BurstSize: 1, SpamKeyFunc: func(e *corev1.Event) string { return e.Message }}, []string{"a", "b", "a"},
			[]string{"create a", "create b", "skip"}},
		"SpamKeyFunc sees what is to be written": {record.CorrelatorOptions{BurstSize: 1, SpamKeyFunc: func(e *corev1.Event) string { return strconv.Itoa(int(e.Count)) }}, []string{"a", "a", "a", "b"},
			[]string{"create a", "patch to 2 a", "patch to 3 a", "skip"}},
		"LRUCacheSize": {record.CorrelatorOptions{LRUCacheSize: 2}, []string{"a", "b", "a", "c", "a", "b"},
			[]string{"create a", "create b", "patch to 2 a", "create c", "patch to 3 a", "create b"}},
		"LRUCacheSize below 0 remembers nothing": {record.CorrelatorOptions{LRUCacheSize: -1, BurstSize: 1, MaxEvents: 2}, []string{"a", "b", "a"},
			[]string{"create a", "create b", "create a"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := record.NewEventCorrelatorWithOptions(tc.options)
				var deeds []string
				for _, message := range tc.messages {
					if message == "pause" {
						time.Sleep(2 * time.Second)
						continue
					}
					deeds = append(deeds, deed(told(t, c, backOff(message))))
					require.NoError(t, record.CheckInvariants(c))
				}
				require.Equal(t, tc.deeds, deeds)
			})
		})
	}
}

// A correlator knows 4,096 events, and forgets what nobody has spoken of the longest.
func TestOldestIsForgotten(t *testing.T) {
	c := record.NewEventCorrelator(nil)
	pod := func(i int) *corev1.Event { return backOffOf("web-"+strconv.Itoa(i), "waiting") }
	for i := range 4096 {
		require.Equal(t, "create waiting", deed(told(t, c, pod(i))))
	}
	require.Equal(t, "patch to 2 waiting", deed(told(t, c, pod(0))))
	require.Equal(t, "create waiting", deed(told(t, c, pod(4096))))
	require.Equal(t, "create waiting", deed(told(t, c, pod(1))), "it had to make room")
	require.Equal(t, "patch to 3 waiting", deed(told(t, c, pod(0))))
	require.NoError(t, record.CheckInvariants(c))
}

// standing is a clock that stands still. Those of k8s.io/utils/clock fit as well.
type standing struct{ now time.Time }

func (s *standing) Now() time.Time { return s.now }

func TestClockOfTheCaller(t *testing.T) {
	clock := &standing{time.Unix(1000, 0)}
	c := record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{Clock: clock, BurstSize: 1, QPS: 1, MaxEvents: 1, MaxIntervalInSeconds: 1})
	require.Equal(t, metav1.Unix(1000, 0), told(t, c, backOff("a")).Event.FirstTimestamp)
	require.Equal(t, "skip", deed(told(t, c, backOff("a"))))
	clock.now = clock.now.Add(time.Second)
	require.Equal(t, "patch to 3 (combined from similar events): a", deed(told(t, c, backOff("a"))))
}

// A clock that has not been set stands at the zero time, which is not a time long ago.
func TestClockThatIsNotSet(t *testing.T) {
	c := record.NewEventCorrelator(&standing{})
	require.Equal(t, "create a", deed(told(t, c, backOff("a"))))
	require.Equal(t, "patch to 2 a", deed(told(t, c, backOff("a"))))
}

func TestNoEvent(t *testing.T) {
	result, err := record.NewEventCorrelator(nil).EventCorrelate(nil)
	require.ErrorContains(t, err, "correlate an event")
	require.Nil(t, result)
}

// An event goes to a log as well as to the API: who writes it to one must not change it for the other.
func TestEventStaysTheCallers(t *testing.T) {
	c := record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{MaxEvents: 2})
	for _, message := range []string{"a", "a", "b", "c"} {
		event := backOff(message)
		before := event.DeepCopy()
		result := told(t, c, event)
		result.Event.ResourceVersion, result.Event.Count = "of the sink", 99
		require.Equal(t, before, event, message)
	}
}

// What a count of zero says, nobody knows: such an event is always new.
func TestEventWithoutACount(t *testing.T) {
	c := record.NewEventCorrelator(nil)
	for range 3 {
		event := backOff("waiting")
		event.Count = 0
		require.Equal(t, "create waiting", deed(told(t, c, event)))
	}
}

const (
	goroutines = 8
	each       = 500
)

// atOnce tells c of the events of each goroutine, and returns what is to be written.
func atOnce(t *testing.T, c *record.EventCorrelator, event func(goroutine, i int) *corev1.Event) map[string]int {
	var mu sync.Mutex
	deeds := map[string]int{}
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				result, err := c.EventCorrelate(event(g, i))
				if err != nil || result == nil {
					t.Errorf("result %v, error %v", result, err)
					return
				}
				if !result.Skip && i%3 == 0 {
					c.UpdateState(backOff("something else"))
				}
				mu.Lock()
				deeds[deed(result)]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	require.NoError(t, record.CheckInvariants(c))
	return deeds
}

// However many say the same at once, one of them creates the event, and each number is counted to once.
func TestManyCountAtOnce(t *testing.T) {
	c := record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{BurstSize: enough})
	want := map[string]int{"create waiting": 1}
	for count := 2; count <= goroutines*each; count++ {
		want[fmt.Sprintf("patch to %d waiting", count)] = 1
	}
	require.Equal(t, want, atOnce(t, c, func(int, int) *corev1.Event { return backOff("waiting") }))
}

func TestManyCombineAtOnce(t *testing.T) {
	c := record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{
		BurstSize: enough, MessageFunc: func(*corev1.Event) string { return "all" },
	})
	deeds := atOnce(t, c, func(g, i int) *corev1.Event { return backOff(fmt.Sprintf("%d of %d", i, g)) })
	require.Len(t, deeds, goroutines*each)
	combined := 0
	for count := 2; count <= goroutines*each; count++ {
		combined += deeds[fmt.Sprintf("patch to %d all", count)]
	}
	require.Equal(t, goroutines*each-10, combined, "nine have their own event, and one creates the combined one")
	require.Equal(t, 1, deeds["create all"])
}

func TestManyEmptyABucketAtOnce(t *testing.T) {
	c := record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{Clock: &standing{time.Unix(1, 0)}})
	deeds := atOnce(t, c, func(int, int) *corev1.Event { return backOff("waiting") })
	require.Equal(t, goroutines*each-25, deeds["skip"])
}
