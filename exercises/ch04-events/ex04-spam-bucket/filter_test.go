package spambucket_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"

	spambucket "client-go-workbook/exercises/ch04-events/ex04-spam-bucket"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/record"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	burst = invariant.Invariant{
		Says: "a bucket is full at first, and never holds more than that",
		Read: "README.md, Invariant; lib/record/spamfilter.go, EventSourceObjectSpamFilter",
	}
	refill = invariant.Invariant{
		Says: "a bucket gets QPS tokens a second, evenly; a token is spent once",
		Read: "README.md, Invariant; filter.go, Skip",
	}
	free = invariant.Invariant{
		Says: "what is skipped costs nothing",
		Read: "README.md, What the tests verify; filter.go, Skip",
	}
	apart = invariant.Invariant{
		Says: "each source, object and type has a bucket of its own",
		Read: "filter.go, Key; lib/record/key.go, spamKey",
	}
	setBack = invariant.Invariant{
		Says: "a clock that is set back takes no tokens away",
		Read: "filter.go, Skip",
	}
	asInLib = invariant.Invariant{
		Says: "the filter skips what lib's filter skips",
		Read: "README.md, Task; lib/record/spamfilter.go, Filter",
	}
)

// desk is a Filter with a clock, and its events.
type desk struct {
	spambucket.Filter
	now time.Time
}

func newDesk(burst int, qps float64) *desk {
	d := &desk{now: time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)}
	d.Filter = spambucket.Filter{Burst: burst, QPS: qps, Now: d.Now}
	return d
}

func (d *desk) Now() time.Time { return d.now }

func about(pod string) *corev1.Event {
	return &corev1.Event{
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: pod},
		Source:         corev1.EventSource{Component: "kubelet", Host: "n1"},
		Type:           corev1.EventTypeWarning, Reason: "BackOff", Message: "restarting",
	}
}

// passing offers n events about a pod at once, and returns how many pass.
func (d *desk) passing(n int, pod string) int {
	passed := 0
	for range n {
		if !d.Skip(about(pod)) {
			passed++
		}
	}
	return passed
}

func (d *desk) later(by time.Duration) { d.now = d.now.Add(by) }

// The limits that controllers have if nobody says otherwise.
const (
	usualBurst = 25
	usualQPS   = 1. / 300
)

func TestBurstPasses(t *testing.T) {
	d := newDesk(usualBurst, usualQPS)
	burst.Equal(t, 25, d.passing(100, "web"), "a hundred events about web at once, with a burst of 25: how many pass")
	burst.Equal(t, 0, d.passing(100, "web"), "a hundred more: how many pass")
}

func TestFirstEventPasses(t *testing.T) {
	d := newDesk(1, 0)
	burst.Equal(t, 1, d.passing(3, "web"), "three events at once, with a burst of 1 and no QPS: how many pass")
	d.later(1000 * time.Hour)
	burst.Equal(t, 0, d.passing(3, "web"), "three more after 1000 hours: how many pass")
	none := newDesk(0, 1)
	burst.Equal(t, 0, none.passing(3, "web"), "three events at once, with a burst of 0: how many pass")
}

func TestOneInFiveMinutes(t *testing.T) {
	d := newDesk(usualBurst, usualQPS)
	d.passing(25, "web")
	d.later(299 * time.Second)
	refill.Equal(t, 0, d.passing(10, "web"), "the bucket is empty; ten events after 299 s, with a token every 300 s: how many pass")
	d.later(2 * time.Second)
	refill.Equal(t, 1, d.passing(10, "web"), "ten more after 301 s: how many pass")
	d.later(601 * time.Second)
	refill.Equal(t, 2, d.passing(10, "web"), "ten more, 601 s later: how many pass")
}

func TestBucketIsFullAgainLater(t *testing.T) {
	d := newDesk(usualBurst, usualQPS)
	d.passing(25, "web")
	d.later(24 * time.Hour)
	burst.Equal(t, 25, d.passing(1000, "web"), "the bucket is empty; a thousand events a day later: how many pass")
	d.later(301 * time.Second)
	burst.Equal(t, 1, d.passing(1000, "web"), "a thousand more, 301 s later: how many pass")
}

func TestPartsAddUp(t *testing.T) {
	d := newDesk(10, 0.25)
	d.passing(10, "web")
	var passed []int
	for range 12 {
		d.later(time.Second)
		passed = append(passed, d.passing(1, "web"))
	}
	refill.Equal(t, []int{0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1}, passed, "the bucket is empty, and gets a token every 4 s; an event a second: how many pass each time")
}

func TestWhatIsSkippedCostsNothing(t *testing.T) {
	d := newDesk(10, 0.25)
	d.passing(10, "web")
	free.Equal(t, 0, d.passing(10_000, "web"), "the bucket is empty; ten thousand events at once: how many pass")
	d.later(4 * time.Second)
	free.Equal(t, 1, d.passing(10, "web"), "ten events 4 s later, when there is a token: how many pass")
}

func TestEachHasItsOwnBucket(t *testing.T) {
	for _, test := range []struct {
		name string
		make func(e *corev1.Event)
	}{
		{"object", func(e *corev1.Event) { e.InvolvedObject.Name = "api" }},
		{"namespace", func(e *corev1.Event) { e.InvolvedObject.Namespace = "bank" }},
		{"node", func(e *corev1.Event) { e.Source.Host = "n2" }},
		{"component", func(e *corev1.Event) { e.Source.Component = "scheduler" }},
		{"type", func(e *corev1.Event) { e.Type = corev1.EventTypeNormal }},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(3, 0.25)
			d.passing(10, "web")
			other := about("web")
			test.make(other)
			apart.Equal(t, false, d.Skip(other), "an empty bucket, then an event of another %s: is it skipped", test.name)
		})
	}
	for _, test := range []struct {
		name string
		make func(e *corev1.Event)
	}{
		{"reason", func(e *corev1.Event) { e.Reason = "Failed" }},
		{"message", func(e *corev1.Event) { e.Message = "once more" }},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := newDesk(3, 0.25)
			d.passing(10, "web")
			other := about("web")
			test.make(other)
			apart.Equal(t, true, d.Skip(other), "an empty bucket, then an event with another %s: is it skipped", test.name)
		})
	}
}

func TestClockIsSetBack(t *testing.T) {
	d := newDesk(10, 0.25)
	d.passing(4, "web")
	d.later(-time.Hour)
	setBack.Equal(t, 6, d.passing(100, "web"), "take 4 tokens of 10, set the clock back by an hour, and offer a hundred events: how many pass")
	d.later(4 * time.Second)
	setBack.Equal(t, 1, d.passing(100, "web"), "a hundred more, 4 s later, when there is a token by that clock: how many pass")
}

// A random story, told to the filter and to the one of lib.
func TestAsInLib(t *testing.T) {
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 4))
		d := newDesk(random.IntN(6), 0.25)
		lib := record.NewEventSourceObjectSpamFilter(0, d.Burst, float32(d.QPS), d, spambucket.Key)
		var told []string
		for range 100 {
			d.later(time.Duration(random.IntN(20)) * 250 * time.Millisecond)
			e := about(fmt.Sprint("web-", random.IntN(3)))
			told = append(told, fmt.Sprintf("%s %s", d.now.Format("15:04:05.00"), e.InvolvedObject.Name))
			asInLib.Equal(t, lib.Filter(e), d.Skip(e), "burst %d, a token every 4 s, story %d, its last events:\n%s\nis the last one skipped",
				d.Burst, seed, strings.Join(told[max(0, len(told)-12):], "\n"))
		}
	}
}
