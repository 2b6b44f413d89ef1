package aggregationkey_test

import (
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	aggregationkey "client-go-workbook/exercises/ch04-events/ex02-aggregation-key"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	together = invariant.Invariant{
		Says: "events that differ only in what they say, and when, are of one group",
		Read: "README.md, Invariant; lib/record/key.go, EventAggregatorByReasonFunc",
	}
	apart = invariant.Invariant{
		Says: "events of another source, object, type or reason are of another group",
		Read: "README.md, Invariant; lib/record/key.go, EventAggregatorByReasonFunc",
	}
	own = invariant.Invariant{
		Says: "within a group, an event is known by its message",
		Read: "README.md, Task; lib/record/aggregator.go, EventAggregatorKeyFunc",
	}
	unequivocal = invariant.Invariant{
		Says: "a key says where one field ends and the next begins",
		Read: "README.md, fourth paragraph; lib/record/key.go, keySeparator",
	}
	combined = invariant.Invariant{
		Says: "of similar events nine are objects in the API, and all others are one",
		Read: "README.md, second paragraph; lib/record/aggregator.go, EventAggregator",
	}
)

// created is an event that says that a ReplicaSet has created a pod.
func created() *corev1.Event {
	return &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Name: "web.17ad", Namespace: "shop"},
		InvolvedObject: corev1.ObjectReference{
			Kind: "ReplicaSet", APIVersion: "apps/v1", Namespace: "shop", Name: "web", UID: "42", ResourceVersion: "7",
		},
		Source:              corev1.EventSource{Component: "replicaset-controller", Host: "m1"},
		ReportingController: "replicaset-controller",
		ReportingInstance:   "m1",
		Type:                corev1.EventTypeNormal,
		Reason:              "SuccessfulCreate",
		Message:             "Created pod: web-7x2kq",
		Count:               1,
	}
}

// change is one difference between two events.
type change struct {
	name string
	make func(e *corev1.Event)
}

// but returns created with a change.
func (c change) but() *corev1.Event {
	e := created()
	c.make(e)
	return e
}

func TestSimilarEventsAreOfOneGroup(t *testing.T) {
	group, _ := aggregationkey.Key(created())
	for _, c := range []change{
		{"message", func(e *corev1.Event) { e.Message = "Created pod: web-9kk1z" }},
		{"name", func(e *corev1.Event) { e.Name = "web.17ae" }},
		{"times", func(e *corev1.Event) {
			e.FirstTimestamp = metav1.NewTime(time.Unix(1, 0))
			e.LastTimestamp = metav1.NewTime(time.Unix(2, 0))
			e.EventTime = metav1.NewMicroTime(time.Unix(3, 0))
		}},
		{"count", func(e *corev1.Event) { e.Count = 12 }},
		{"object's version", func(e *corev1.Event) { e.InvolvedObject.ResourceVersion = "8" }},
		{"part of the object", func(e *corev1.Event) { e.InvolvedObject.FieldPath = "spec.containers{web}" }},
		{"annotations", func(e *corev1.Event) { e.Annotations = map[string]string{"a": "b"} }},
		{"version of the event", func(e *corev1.Event) { e.ResourceVersion = "99" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			other, _ := aggregationkey.Key(c.but())
			together.Equal(t, group, other, "compare the groups of two events with another %s", c.name)
		})
	}
}

func TestOtherEventsAreOfAnotherGroup(t *testing.T) {
	group, _ := aggregationkey.Key(created())
	for _, c := range []change{
		{"component", func(e *corev1.Event) { e.Source.Component = "deployment-controller" }},
		{"host", func(e *corev1.Event) { e.Source.Host = "m2" }},
		{"kind", func(e *corev1.Event) { e.InvolvedObject.Kind = "StatefulSet" }},
		{"namespace", func(e *corev1.Event) { e.InvolvedObject.Namespace = "bank" }},
		{"name of the object", func(e *corev1.Event) { e.InvolvedObject.Name = "api" }},
		{"UID of the object", func(e *corev1.Event) { e.InvolvedObject.UID = "43" }},
		{"API version", func(e *corev1.Event) { e.InvolvedObject.APIVersion = "apps/v2" }},
		{"type", func(e *corev1.Event) { e.Type = corev1.EventTypeWarning }},
		{"reason", func(e *corev1.Event) { e.Reason = "FailedCreate" }},
		{"reason, in small letters", func(e *corev1.Event) { e.Reason = "successfulcreate" }},
		{"reporting controller", func(e *corev1.Event) { e.ReportingController = "example.com/replicas" }},
		{"reporting instance", func(e *corev1.Event) { e.ReportingInstance = "m2" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if other, _ := aggregationkey.Key(c.but()); other == group {
				apart.Broken(t, invariant.Report{
					Doing: "compare the groups of two events with another " + c.name, Expected: "two groups", Saw: fmt.Sprintf("%q, for both", group),
				})
			}
		})
	}
}

func TestMessageTellsThemApart(t *testing.T) {
	_, first := aggregationkey.Key(created())
	_, again := aggregationkey.Key(change{"name", func(e *corev1.Event) { e.Name, e.Count = "web.17ae", 7 }}.but())
	own.Equal(t, first, again, "look at what tells two events apart that say the same")
	for _, message := range []string{"Created pod: web-9kk1z", ""} {
		if _, other := aggregationkey.Key(change{"message", func(e *corev1.Event) { e.Message = message }}.but()); other == first {
			own.Broken(t, invariant.Report{
				Doing: fmt.Sprintf("look at what tells two events apart that say %q and %q", created().Message, message), Expected: "a difference", Saw: fmt.Sprintf("%q, for both", first),
			})
		}
	}
}

// Each pair has the same letters in the same order, in other fields.
func TestFieldsDoNotRunTogether(t *testing.T) {
	for _, pair := range []struct {
		name          string
		first, second func(e *corev1.Event)
	}{
		{
			"namespace sh, name opweb; namespace shop, name web",
			func(e *corev1.Event) { e.InvolvedObject.Namespace, e.InvolvedObject.Name = "sh", "opweb" },
			func(e *corev1.Event) { e.InvolvedObject.Namespace, e.InvolvedObject.Name = "shop", "web" },
		},
		{
			"type Normal, reason Failed; type NormalFailed, no reason",
			func(e *corev1.Event) { e.Type, e.Reason = "Normal", "Failed" },
			func(e *corev1.Event) { e.Type, e.Reason = "NormalFailed", "" },
		},
		{
			"namespace web, no name; no namespace, name web",
			func(e *corev1.Event) { e.InvolvedObject.Namespace, e.InvolvedObject.Name = "web", "" },
			func(e *corev1.Event) { e.InvolvedObject.Namespace, e.InvolvedObject.Name = "", "web" },
		},
		{
			"component a, host b/c; component a/b, host c",
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a", "b/c" },
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a/b", "c" },
		},
		{
			"component a, host b c; component a b, host c",
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a", "b c" },
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a b", "c" },
		},
		{
			"component a, host b,c; component a,b, host c",
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a", "b,c" },
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a,b", "c" },
		},
		{
			"component a, host b|c; component a|b, host c",
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a", "b|c" },
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a|b", "c" },
		},
		{
			"component a, host b:c; component a:b, host c",
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a", "b:c" },
			func(e *corev1.Event) { e.Source.Component, e.Source.Host = "a:b", "c" },
		},
	} {
		first, _ := aggregationkey.Key(change{"", pair.first}.but())
		second, _ := aggregationkey.Key(change{"", pair.second}.but())
		if first == second {
			unequivocal.Broken(t, invariant.Report{Doing: "compare the groups of " + pair.name, Expected: "two groups", Saw: fmt.Sprintf("%q, for both", first)})
		}
	}
}

// clock is one that a test sets.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

// write sends events through a correlator that has Key, and counts what it would have the API create. The spam
// filter is kept out of this.
func write(t *testing.T, events []*corev1.Event) (created int) {
	t.Helper()
	clock := &clock{now: time.Unix(1_000_000, 0)}
	correlator := record.NewEventCorrelatorWithOptions(record.CorrelatorOptions{KeyFunc: aggregationkey.Key, Clock: clock, BurstSize: 1_000_000})
	for _, e := range events {
		clock.now = clock.now.Add(time.Minute)
		result, err := correlator.EventCorrelate(e)
		combined.NoError(t, err, "correlate %s", e.Message)
		if result.Patch == nil {
			created++
		}
	}
	return created
}

func TestThousandSimilarEventsAreTenObjects(t *testing.T) {
	var events []*corev1.Event
	for n := range 1000 {
		events = append(events, change{"message", func(e *corev1.Event) { e.Message = fmt.Sprint("Created pod: web-", n) }}.but())
	}
	combined.Equal(t, 10, write(t, events), "a ReplicaSet creates a thousand pods: how many events does the API get to create")
}

func TestEachObjectHasItsOwn(t *testing.T) {
	var events []*corev1.Event
	for n := range 1000 {
		events = append(events, change{"", func(e *corev1.Event) {
			e.InvolvedObject.Name, e.InvolvedObject.UID = fmt.Sprint("web-", n%100), ""
			e.Message = fmt.Sprint("Created pod: web-", n)
		}}.but())
	}
	combined.Equal(t, 1000, write(t, events), "a hundred ReplicaSets without UIDs create ten pods each: how many events does the API get to create, if the tenth of each is the first to be combined")
}
