package record_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/record"
)

// Which field of an event counts for what. A difference in it makes an event that is not the same, not even similar,
// or takes its token from another bucket.
var fieldsThatCount = map[string]struct {
	change                   func(*corev1.Event)
	same, similar, oneBucket bool
}{
	"nothing":              {func(*corev1.Event) {}, true, true, true},
	"message":              {func(e *corev1.Event) { e.Message += "!" }, false, true, true},
	"field of the object":  {func(e *corev1.Event) { e.InvolvedObject.FieldPath = "spec" }, false, true, true},
	"reason":               {func(e *corev1.Event) { e.Reason += "!" }, false, false, true},
	"type":                 {func(e *corev1.Event) { e.Type = "Normal" }, false, false, false},
	"component":            {func(e *corev1.Event) { e.Source.Component += "!" }, false, false, false},
	"host":                 {func(e *corev1.Event) { e.Source.Host += "!" }, false, false, false},
	"kind":                 {func(e *corev1.Event) { e.InvolvedObject.Kind += "!" }, false, false, false},
	"namespace":            {func(e *corev1.Event) { e.InvolvedObject.Namespace += "!" }, false, false, false},
	"name":                 {func(e *corev1.Event) { e.InvolvedObject.Name += "!" }, false, false, false},
	"uid":                  {func(e *corev1.Event) { e.InvolvedObject.UID += "!" }, false, false, false},
	"apiVersion":           {func(e *corev1.Event) { e.InvolvedObject.APIVersion += "!" }, false, false, false},
	"reporting controller": {func(e *corev1.Event) { e.ReportingController += "!" }, true, false, true},
	"reporting instance":   {func(e *corev1.Event) { e.ReportingInstance += "!" }, true, false, true},

	"the event's own name":      {func(e *corev1.Event) { e.Name += "!" }, true, true, true},
	"the event's own namespace": {func(e *corev1.Event) { e.Namespace += "!" }, true, true, true},
	"version of the object":     {func(e *corev1.Event) { e.InvolvedObject.ResourceVersion = "1" }, true, true, true},
	"annotations":               {func(e *corev1.Event) { e.Annotations = map[string]string{"a": "b"} }, true, true, true},
	"times":                     {func(e *corev1.Event) { e.FirstTimestamp, e.LastTimestamp = metav1.Time{}, metav1.Time{} }, true, true, true},
	"action":                    {func(e *corev1.Event) { e.Action = "Pull" }, true, true, true},
	"related object":            {func(e *corev1.Event) { e.Related = &corev1.ObjectReference{Kind: "Node"} }, true, true, true},

	"where the namespace ends and the name begins": {func(e *corev1.Event) { e.InvolvedObject.Namespace, e.InvolvedObject.Name = "sho", "pweb" }, false, false, false},
}

func TestFieldsThatCount(t *testing.T) {
	for name, tc := range fieldsThatCount {
		t.Run(name, func(t *testing.T) {
			other := backOff("waiting")
			tc.change(other)

			c := record.NewEventCorrelator(nil)
			told(t, c, backOff("waiting"))
			require.Equal(t, tc.same, told(t, c, other).Patch != nil, "is it the same?")

			c = record.NewEventCorrelator(nil)
			c.UpdateState(backOff("waiting"))
			require.Equal(t, tc.same, told(t, c, other).Patch != nil, "has the server said so?")

			group, _ := record.EventAggregatorByReasonFunc(backOff("waiting"))
			otherGroup, local := record.EventAggregatorByReasonFunc(other)
			require.Equal(t, tc.similar, group == otherGroup, "is it similar?")
			require.Equal(t, other.Message, local)

			c = record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{BurstSize: 1})
			told(t, c, backOff("waiting"))
			require.Equal(t, tc.oneBucket, told(t, c, other).Skip, "do they share a bucket?")
		})
	}
}

// A step can be used alone, with limits that CorrelatorOptions would take for defaults.
func TestFilterAlone(t *testing.T) {
	key := func(e *corev1.Event) string { return e.Message }
	for name, tc := range map[string]struct {
		size, burst int
		passes      []bool
	}{
		"one bucket is remembered":   {1, 1, []bool{true, false, true, true}},
		"all buckets are remembered": {0, 1, []bool{true, false, true, false}},
		"a bucket without tokens":    {0, 0, []bool{false, false, false, false}},
	} {
		t.Run(name, func(t *testing.T) {
			f := record.NewEventSourceObjectSpamFilter(tc.size, tc.burst, 0, &standing{}, key)
			var passes []bool
			for _, message := range []string{"a", "a", "b", "a"} {
				passes = append(passes, !f.Filter(backOff(message)))
			}
			require.Equal(t, tc.passes, passes)
		})
	}
}

func TestAggregatorAlone(t *testing.T) {
	byReason := func(e *corev1.Event) (string, string) { return e.Reason, e.Message }
	a := record.NewEventAggregator(0, byReason, record.EventAggregatorByReasonMessageFunc, 2, 60, &standing{})
	first := backOff("a")
	event, ownKey := a.EventAggregate(first)
	require.Same(t, first, event)
	_, sameKey := a.EventAggregate(backOff("a"))
	require.Equal(t, ownKey, sameKey)

	event, key := a.EventAggregate(backOff("b"))
	require.Equal(t, "(combined from similar events): b", event.Message)
	require.Equal(t, "BackOff", key)
	require.EqualValues(t, 1, event.Count)
}
