package record

import (
	"cmp"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// What a zero CorrelatorOptions stands for.
const (
	defaultCacheSize = 4096

	defaultMaxSimilar      = 10
	defaultSimilarInterval = 600 // seconds

	defaultSpamBurst = 25
	defaultSpamQPS   = 1. / 300 // one event in five minutes
)

// PassiveClock tells the time. The clocks of k8s.io/utils/clock fit.
type PassiveClock interface {
	Now() time.Time
}

type realClock struct{}

func (realClock) Now() time.Time { return time.Now() }

// CorrelatorOptions sets the limits of an EventCorrelator. A field that is zero has the default that it names. The
// functions may be called by several goroutines at once, and must not change the event.
type CorrelatorOptions struct {
	// LRUCacheSize is how many entries each of the three steps remembers: 4096.
	LRUCacheSize int
	// BurstSize is how many events of one SpamKeyFunc key may pass at once: 25.
	BurstSize int
	// QPS is how many events of one SpamKeyFunc key may pass a second in the long run: 1 in 300 seconds.
	QPS float32
	// KeyFunc says which events are similar: EventAggregatorByReasonFunc.
	KeyFunc EventAggregatorKeyFunc
	// MessageFunc words the message of a combined event: EventAggregatorByReasonMessageFunc.
	MessageFunc EventAggregatorMessageFunc
	// MaxEvents is which of the similar events is the first to be combined: the 10th.
	MaxEvents int
	// MaxIntervalInSeconds is how long similar events may pause until they count as new: 600 seconds.
	MaxIntervalInSeconds int
	// Clock is what all of that is measured with: the real one.
	Clock PassiveClock
	// SpamKeyFunc says which events share a bucket of BurstSize tokens: those of one type that one source sends about
	// one object.
	SpamKeyFunc EventSpamKeyFunc
}

func (o CorrelatorOptions) withDefaults() CorrelatorOptions {
	o.LRUCacheSize = cmp.Or(o.LRUCacheSize, defaultCacheSize)
	o.BurstSize = cmp.Or(o.BurstSize, defaultSpamBurst)
	o.QPS = cmp.Or(o.QPS, defaultSpamQPS)
	o.MaxEvents = cmp.Or(o.MaxEvents, defaultMaxSimilar)
	o.MaxIntervalInSeconds = cmp.Or(o.MaxIntervalInSeconds, defaultSimilarInterval)
	if o.KeyFunc == nil {
		o.KeyFunc = EventAggregatorByReasonFunc
	}
	if o.MessageFunc == nil {
		o.MessageFunc = EventAggregatorByReasonMessageFunc
	}
	if o.Clock == nil {
		o.Clock = realClock{}
	}
	if o.SpamKeyFunc == nil {
		o.SpamKeyFunc = spamKey
	}
	return o
}

// EventCorrelator makes few writes of many events. It is safe for concurrent use; it talks to no server.
//
//	event ──▶ EventAggregator ──▶ counter ──────────▶ spam filter ──▶ Event, Patch
//	          the 10th similar    the same again:     more than 25    or Skip
//	          one: combined       count 2, 3, 4 …     at once: skip
//
// What was written is told to UpdateState.
//
// Upstream: tools/record/events_cache.go.
type EventCorrelator struct {
	aggregator *EventAggregator
	counter    *counter
	skip       EventFilterFunc
}

// EventCorrelateResult says what to write.
type EventCorrelateResult struct {
	// Event is to be created, unless Patch is set. It belongs to the caller. Nil if Skip is true.
	Event *corev1.Event
	// Patch is a strategic merge patch for the event that the server already has under Event's name, or nil.
	Patch []byte
	// Skip is true if nothing is to be written.
	Skip bool
}

// NewEventCorrelator returns a correlator with the defaults of CorrelatorOptions.
func NewEventCorrelator(clock PassiveClock) *EventCorrelator {
	return NewEventCorrelatorWithOptions(CorrelatorOptions{Clock: clock})
}

// NewEventCorrelatorWithOptions returns a correlator with limits of its own.
func NewEventCorrelatorWithOptions(options CorrelatorOptions) *EventCorrelator {
	o := options.withDefaults()
	spam := NewEventSourceObjectSpamFilter(o.LRUCacheSize, o.BurstSize, o.QPS, o.Clock, o.SpamKeyFunc)
	return &EventCorrelator{
		aggregator: NewEventAggregator(o.LRUCacheSize, o.KeyFunc, o.MessageFunc, o.MaxEvents, o.MaxIntervalInSeconds, o.Clock),
		counter:    newCounter(o.LRUCacheSize),
		skip:       spam.Filter,
	}
}

// EventCorrelate returns what to write for an event that has happened; newEvent itself stays as it is. An event that is
// skipped counts nevertheless: the next one that passes carries the whole number.
func (c *EventCorrelator) EventCorrelate(newEvent *corev1.Event) (*EventCorrelateResult, error) {
	if newEvent == nil {
		return nil, errors.New("correlate an event: it is nil")
	}
	event, key := c.aggregator.EventAggregate(newEvent)
	if event == newEvent {
		event = new(*newEvent)
	}
	again := c.counter.observe(event, key)
	if c.skip(event) {
		return &EventCorrelateResult{Skip: true}, nil
	}
	result := &EventCorrelateResult{Event: event}
	if !again {
		return result, nil
	}
	// Only now, because most events that come again are skipped when there are many.
	patch, err := countPatch(event)
	result.Patch = patch
	return result, err
}

// UpdateState takes over what the server says of an event after it was written: its name, version and count.
// The event must not be nil.
func (c *EventCorrelator) UpdateState(event *corev1.Event) {
	c.counter.set(eventKey(event), event)
}
