package conformance_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	theirrecord "k8s.io/client-go/tools/record"

	ourrecord "client-go-workbook/lib/record"
)

// TestCorrelatorsAgree tells both libraries' correlators of the same events, at the same times, and what a server makes
// of those that are written. They have to write the same.
func TestCorrelatorsAgree(t *testing.T) {
	seeds := uint64(400)
	if testing.Short() {
		seeds = 80
	}
	written := map[string]int{}
	for seed := range seeds {
		playEvents(t, seed, written)
	}
	t.Log(written)
	for _, kind := range []string{"created", "patched", "skipped", "created, combined", "patched, combined"} {
		require.Greater(t, written[kind], int(seeds), "the scripts hardly ever get there: %s", kind)
	}
}

const eventsPerScript = 150

func playEvents(t *testing.T, seed uint64, written map[string]int) {
	random := rand.New(rand.NewPCG(seed, 4))
	clock := &standingClock{time.Date(2026, time.May, 4, 12, 0, 0, 999_999_999, time.UTC)}
	limits := newLimits(random)
	theirs := theirrecord.NewEventCorrelatorWithOptions(limits.theirs(clock))
	ours := ourrecord.NewEventCorrelatorWithOptions(limits.ours(clock))
	script := eventScript{random: random, limits: limits, groups: map[string]*eventGroup{}}
	server := eventServer{random: random}

	for step := range eventsPerScript {
		clock.now = clock.now.Add(script.pause())
		event := script.next(clock.now)
		expected, err1 := theirs.EventCorrelate(event.DeepCopy())
		before := event.DeepCopy()
		actual, err2 := ours.EventCorrelate(event)
		if err1 != nil || err2 != nil || !sameResult(expected, actual) || !reflect.DeepEqual(before, event) {
			t.Logf("seed %d, step %d: %+v\nevent %+v", seed, step, limits, before)
			require.Equal(t, err1, err2)
			require.Equal(t, before, event, "the caller's event has changed")
			require.Equal(t, expected.Skip, actual.Skip)
			require.Equal(t, string(expected.Patch), string(actual.Patch))
			require.Equal(t, expected.Event, actual.Event)
		}
		written[kindOf(expected)]++
		server.write(expected)
		for _, answer := range server.answers() {
			theirs.UpdateState(answer.DeepCopy())
			ours.UpdateState(answer)
		}
	}
}

// sameResult also says no if one has no patch, and the other an empty one.
func sameResult(expected *theirrecord.EventCorrelateResult, actual *ourrecord.EventCorrelateResult) bool {
	return reflect.DeepEqual((*ourrecord.EventCorrelateResult)(expected), actual)
}

// kindOf says what a correlator does with an event.
func kindOf(result *theirrecord.EventCorrelateResult) string {
	if result.Skip {
		return "skipped"
	}
	kind := "created"
	if result.Patch != nil {
		kind = "patched"
	}
	if strings.HasPrefix(result.Event.Message, "(combined") || result.Event.Message == combinedMessage(result.Event) {
		kind += ", combined"
	}
	return kind
}

// standingClock moves when it is told to. It fits both libraries' interfaces.
type standingClock struct{ now time.Time }

func (c *standingClock) Now() time.Time                  { return c.now }
func (c *standingClock) Since(t time.Time) time.Duration { return c.now.Sub(t) }

func combinedMessage(*corev1.Event) string { return "many of them" }

// limits are the options of a correlator of either library.
type limits struct {
	CacheSize, Burst, MaxEvents, Interval int
	QPS                                   float32
	SpamKey, Key, Message                 string // names of functions; "" is the default
}

func newLimits(random *rand.Rand) limits {
	return limits{
		CacheSize: pick(random, 0, 0, 1, 2, 5, 20, -1),
		Burst:     pick(random, 0, 0, 1, 3, 24, 26, 100, -1),
		QPS:       pick[float32](random, 0, 0.01, 1, 100),
		MaxEvents: pick(random, 0, 1, 2, 3, 5, 9, 11, -1),
		Interval:  pick(random, 0, 1, 60, -1),
		SpamKey:   pick(random, "", "", "by reason", "by count"),
		Key:       pick(random, "", "", "by source"),
		Message:   pick(random, "", "", "the same for all", "none"),
	}
}

var spamKeys = map[string]func(*corev1.Event) string{
	"by reason": func(e *corev1.Event) string { return e.Reason },
	"by count":  func(e *corev1.Event) string { return strconv.Itoa(int(e.Count)) + e.Name },
}

var aggregationKeys = map[string]func(*corev1.Event) (string, string){
	"by source": func(e *corev1.Event) (string, string) {
		return e.Source.Component + "/" + e.Source.Host, e.InvolvedObject.Name + e.Message
	},
}

var combinedMessages = map[string]func(*corev1.Event) string{
	"the same for all": combinedMessage,
	"none":             func(*corev1.Event) string { return "" },
}

func (l limits) theirs(clock *standingClock) theirrecord.CorrelatorOptions {
	return theirrecord.CorrelatorOptions{
		LRUCacheSize: l.CacheSize, BurstSize: l.Burst, QPS: l.QPS, MaxEvents: l.MaxEvents, MaxIntervalInSeconds: l.Interval, Clock: clock,
		SpamKeyFunc: spamKeys[l.SpamKey], KeyFunc: aggregationKeys[l.Key], MessageFunc: combinedMessages[l.Message],
	}
}

func (l limits) ours(clock *standingClock) ourrecord.CorrelatorOptions {
	return ourrecord.CorrelatorOptions{
		LRUCacheSize: l.CacheSize, BurstSize: l.Burst, QPS: l.QPS, MaxEvents: l.MaxEvents, MaxIntervalInSeconds: l.Interval, Clock: clock,
		SpamKeyFunc: spamKeys[l.SpamKey], KeyFunc: aggregationKeys[l.Key], MessageFunc: combinedMessages[l.Message],
	}
}

// eventScript makes events that are often the same, or similar.
//
// Once client-go has begun to combine a group, it remembers all of its local keys but one, taken at random. Whether it
// would combine an event whose local key came before is then anybody's guess, so there are none of these.
type eventScript struct {
	random *rand.Rand
	limits limits
	groups map[string]*eventGroup
	unique int
}

// eventGroup are the events with one aggregation key.
type eventGroup struct {
	local map[string]bool
	last  time.Time
}

// pause is a time to wait, often one at which something changes. Below 0, the clock is set back.
func (s *eventScript) pause() time.Duration {
	interval := time.Duration(s.limits.interval()) * time.Second
	const token = 300 * time.Second // until there is one more, by default
	return pick(s.random, 0, 0, 0, 0, 0, 0, time.Millisecond, time.Second, 30*time.Second,
		interval, interval+1, token-1, token, 2*time.Hour, -time.Second, -time.Hour)
}

func (s *eventScript) next(now time.Time) *corev1.Event {
	event := s.any(now)
	group, local := s.groupOf(event)
	if !group.last.IsZero() && now.Sub(group.last) > time.Duration(s.limits.interval())*time.Second {
		clear(group.local)
	}
	group.last = now
	if group.local[local] && len(group.local) >= s.limits.maxEvents() {
		s.unique++
		event.Message += " #" + strconv.Itoa(s.unique)
		_, local = s.groupOf(event)
	}
	group.local[local] = true
	return event
}

func (l limits) interval() int {
	if l.Interval == 0 {
		return 600
	}
	return l.Interval
}

// maxEvents is the number that makes client-go forget a local key. The first is forgotten at once.
func (l limits) maxEvents() int {
	switch l.MaxEvents {
	case 0:
		return 10
	case 1, -1:
		return 1 << 30
	}
	return l.MaxEvents
}

func (s *eventScript) groupOf(event *corev1.Event) (g *eventGroup, local string) {
	keys := aggregationKeys[s.limits.Key]
	if keys == nil {
		keys = theirrecord.EventAggregatorByReasonFunc
	}
	key, local := keys(event)
	if s.groups[key] == nil {
		s.groups[key] = &eventGroup{local: map[string]bool{}}
	}
	return s.groups[key], local
}

func (s *eventScript) any(now time.Time) *corev1.Event {
	r := s.random
	s.unique++
	event := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: "shop"},
		InvolvedObject: corev1.ObjectReference{
			Kind: often(r, "Pod", "Node"), Namespace: "shop", Name: often(r, "web", "till"), UID: types.UID(often(r, "1", "2")),
			APIVersion: often(r, "v1", "v2"), FieldPath: often(r, "", "spec.containers{a}"), ResourceVersion: strconv.Itoa(s.unique),
		},
		Source:  corev1.EventSource{Component: often(r, "kubelet", "scheduler"), Host: often(r, "n1", "")},
		Type:    often(r, corev1.EventTypeNormal, corev1.EventTypeWarning),
		Reason:  often(r, "Pulled", "Failed"),
		Message: pick(r, "pulled", "<b> & c", "", "café\u2028\u0007", `"quoted\`, "1", "2", "3", "4", "5", "6", "7", "8"),
		Count:   pick[int32](r, 1, 1, 1, 1, 1, 1, 1, 0, 7, -1), ReportingController: often(r, "by", "for"), ReportingInstance: often(r, "me", "you"),
		FirstTimestamp: metav1.NewTime(now), LastTimestamp: metav1.NewTime(now),
	}
	event.Name = fmt.Sprintf("%s.%x", event.InvolvedObject.Name, now.UnixNano()) // as a recorder does
	if r.IntN(4) == 0 {
		s.decorate(event)
	}
	return event
}

// often returns the first text, or now and then the second.
func often(random *rand.Rand, first, second string) string {
	if random.IntN(8) > 0 {
		return first
	}
	return second
}

// decorate sets what no key depends on.
func (s *eventScript) decorate(event *corev1.Event) {
	event.Labels = map[string]string{"a": "b", "$patch": "delete"}
	event.Annotations = map[string]string{"at": strconv.Itoa(s.unique)}
	event.Finalizers = []string{"x", "y"}
	event.OwnerReferences = []metav1.OwnerReference{{Kind: "Pod", Name: "web", UID: "1"}}
	event.Related = &corev1.ObjectReference{Kind: "Node", Name: "n1"}
	event.Series = &corev1.EventSeries{Count: 3, LastObservedTime: metav1.NewMicroTime(event.FirstTimestamp.Time)}
	event.EventTime = event.Series.LastObservedTime
	event.Action = "Pull"
	if s.random.IntN(2) == 0 {
		event.LastTimestamp = metav1.Time{}
	}
}

// eventServer writes events. Sometimes it is away, or knows better.
type eventServer struct {
	random  *rand.Rand
	version int
	pending []*corev1.Event // written, but nobody has been told
}

func (s *eventServer) write(result *theirrecord.EventCorrelateResult) {
	if result.Skip || s.random.IntN(5) == 0 {
		return
	}
	s.version++
	answer := result.Event.DeepCopy()
	answer.ResourceVersion = strconv.Itoa(s.version)
	switch s.random.IntN(12) {
	case 0:
		answer.Count += 5 // another replica has counted too
	case 1:
		answer.Name += "-renamed"
	case 2:
		answer.Count = 0
	}
	s.pending = append(s.pending, answer)
}

// answers returns what the correlators are told now: mostly at once, sometimes later, and then in any order.
func (s *eventServer) answers() []*corev1.Event {
	if s.random.IntN(6) == 0 {
		return nil
	}
	answers := s.pending
	s.pending = nil
	s.random.Shuffle(len(answers), func(i, j int) { answers[i], answers[j] = answers[j], answers[i] })
	return answers
}
