package record

import (
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/sets"
)

// EventAggregatorKeyFunc returns what similar events have in common, and what tells one of them from the others.
type EventAggregatorKeyFunc func(event *corev1.Event) (aggregateKey string, localKey string)

// EventAggregatorMessageFunc returns the message of the combined event that takes the place of this one.
type EventAggregatorMessageFunc func(event *corev1.Event) string

// EventAggregatorByReasonMessageFunc says that the event stands for others, and what the latest of them said.
func EventAggregatorByReasonMessageFunc(event *corev1.Event) string {
	return "(combined from similar events): " + event.Message
}

// EventAggregator combines events that are similar but not the same: their messages hold a pod's name or a number,
// and each would become an object of its own on the server.
//
// The first maxEvents-1 that differ keep their own events. All others are combined into one, until nothing similar has
// come for the interval. Whenever mu is free, a group remembers at most maxEvents-1 local keys.
//
// It is safe for concurrent use.
type EventAggregator struct {
	keyFunc     EventAggregatorKeyFunc
	messageFunc EventAggregatorMessageFunc
	maxEvents   uint
	maxInterval time.Duration
	clock       PassiveClock

	mu     sync.Mutex
	groups lru[similarEvents]
}

// similarEvents is what is known of the events with one aggregate key.
type similarEvents struct {
	localKeys sets.Set[string]
	last      time.Time
}

// NewEventAggregator returns an aggregator that remembers lruCacheSize groups of similar events, or all if that is 0.
// The maxEvents-th event of a group and those after it are combined, if no two are more than maxIntervalInSeconds apart.
func NewEventAggregator(lruCacheSize int, keyFunc EventAggregatorKeyFunc, messageFunc EventAggregatorMessageFunc,
	maxEvents int, maxIntervalInSeconds int, clock PassiveClock) *EventAggregator {
	return &EventAggregator{
		keyFunc:     keyFunc,
		messageFunc: messageFunc,
		maxEvents:   uint(maxEvents),
		maxInterval: time.Duration(maxIntervalInSeconds) * time.Second,
		clock:       clock,
		groups:      newLRU[similarEvents](lruCacheSize),
	}
}

// EventAggregate returns newEvent, or the combined event that takes its place, with the key under which to count it:
// the event's own one, or the group's. The event must not be nil.
func (a *EventAggregator) EventAggregate(newEvent *corev1.Event) (*corev1.Event, string) {
	now := a.clock.Now()
	group, local := a.keyFunc(newEvent)
	if a.ownEvent(group, local, now) {
		return newEvent, eventKey(newEvent)
	}
	return a.combined(newEvent, metav1.NewTime(now)), group
}

// ownEvent says whether an event is among the few of its group that aren't combined.
func (a *EventAggregator) ownEvent(group, local string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	similar := a.groups.at(group)
	if similar.localKeys == nil || now.Sub(similar.last) > a.maxInterval {
		similar.localKeys = sets.New[string]()
	}
	similar.last = now
	if similar.localKeys.Has(local) {
		return true
	}
	if uint(similar.localKeys.Len())+1 >= a.maxEvents {
		return false
	}
	similar.localKeys.Insert(local)
	return true
}

// combined takes over the event's name. Nothing else has it, now that the event itself isn't created, and the server
// takes it. Upstream makes one of the object's name and the time, which an earlier event may have, or nobody can.
func (a *EventAggregator) combined(event *corev1.Event, now metav1.Time) *corev1.Event {
	return &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Name: event.Name, Namespace: event.Namespace},
		InvolvedObject: event.InvolvedObject,
		Source:         event.Source,
		Type:           event.Type,
		Reason:         event.Reason,
		Message:        a.messageFunc(event),
		FirstTimestamp: now,
		LastTimestamp:  now,
		Count:          1,
	}
}
