package events

import (
	"context"
	"fmt"
	"sync"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/broadcast"
)

// maxQueuedEvents is how many events wait for one watcher. A watcher that falls back further misses the newest.
const maxQueuedEvents = 1000

// EventBroadcaster hands the events of its recorders to sinks, logs and watchers.
type EventBroadcaster interface {
	// StartRecordingToSinkWithContext writes events to the broadcaster's sink from now on. When ctx ends, it stops at once,
	// in the middle of a request; Shutdown, before that, lets it write what it has. It fails after Shutdown.
	StartRecordingToSinkWithContext(ctx context.Context) error

	// NewRecorder returns a recorder for reportingController, a qualified name such as "example.com/shopkeeper": the API takes no
	// others. scheme tells the kinds of objects that don't know their own. It may be nil if all do.
	NewRecorder(scheme *runtime.Scheme, reportingController string) EventRecorderLogger

	// StartEventWatcher calls eventHandler with each event, an *eventsv1.Event, one after the other. The event belongs to
	// others too: who wants to change or keep it makes a copy. If eventHandler panics, the panic is logged and ends the process, as
	// utilruntime.HandleCrash does. The function that it returns stops it. It fails after Shutdown.
	StartEventWatcher(eventHandler func(event runtime.Object)) (func(), error)

	// StartLogging logs each event, at the verbosity that logger has: pass logger.V(3), not logger. The function that it
	// returns stops it. It fails after Shutdown.
	StartLogging(logger klog.Logger) (func(), error)

	// Shutdown refuses further events, hands out those that it accepted, and returns when all watchers have handled theirs and
	// the sink has them. For the sink it waits five seconds at most. An eventHandler must not call it: it would wait for itself.
	Shutdown()
}

const (
	defaultRefreshTime = 30 * time.Minute
	defaultFinishTime  = 6 * time.Minute
)

// BroadcasterOption is an option of NewBroadcaster. Upstream has none.
type BroadcasterOption func(*config)

type config struct {
	sink        EventSink
	refreshTime time.Duration
	finishTime  time.Duration
}

// WithRefreshTime sets how often the API hears of each series. The default is 30 minutes, half of what the API keeps an event that it
// doesn't hear of. What isn't positive is no refresh time, and sets nothing.
func WithRefreshTime(refreshTime time.Duration) BroadcasterOption {
	return func(c *config) {
		if refreshTime > 0 {
			c.refreshTime = refreshTime
		}
	}
}

// WithFinishTime sets how long nothing must happen for a series to end, and how often ends are looked for. The default is 6
// minutes. What isn't positive sets nothing.
func WithFinishTime(finishTime time.Duration) BroadcasterOption {
	return func(c *config) {
		if finishTime > 0 {
			c.finishTime = finishTime
		}
	}
}

// broadcaster is the EventBroadcaster. Whenever mu is free, work counts one for each watcher that was started and
// hasn't returned, and nothing starts after events are shut down.
type broadcaster struct {
	config
	events *broadcast.Broadcaster

	mu   sync.Mutex
	work sync.WaitGroup
}

// NewBroadcaster returns a broadcaster that will write to sink when recording is started. It drops events rather than make a
// recorder wait. Who makes it calls Shutdown.
func NewBroadcaster(sink EventSink, opts ...BroadcasterOption) EventBroadcaster {
	c := config{sink, defaultRefreshTime, defaultFinishTime}
	for _, set := range opts {
		set(&c)
	}
	return &broadcaster{config: c, events: broadcast.NewBroadcaster(maxQueuedEvents, broadcast.DropIfChannelFull)}
}

func (b *broadcaster) NewRecorder(scheme *runtime.Scheme, reportingController string) EventRecorderLogger {
	return recorder{to: b.events, by: newReporter(scheme, reportingController), logger: klog.Background()}
}

func (b *broadcaster) StartRecordingToSinkWithContext(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	events, err := b.events.Watch()
	if err != nil {
		return fmt.Errorf("record events to the sink: %w", err)
	}
	b.work.Go(func() {
		defer events.Stop()
		newRecording(b.config).run(ctx, events.ResultChan())
	})
	return nil
}

func (b *broadcaster) StartEventWatcher(eventHandler func(event runtime.Object)) (func(), error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	events, err := b.events.Watch()
	if err != nil {
		return nil, fmt.Errorf("watch events: %w", err)
	}
	b.work.Go(func() { handle(events, eventHandler) })
	return events.Stop, nil
}

// handle calls eventHandler until events have ended.
func handle(events watch.Interface, eventHandler func(event runtime.Object)) {
	defer utilruntime.HandleCrashWithLogger(klog.Background())
	defer events.Stop() // a handler that panicked takes no more
	for event := range events.ResultChan() {
		eventHandler(event.Object)
	}
}

func (b *broadcaster) StartLogging(logger klog.Logger) (func(), error) {
	return b.StartEventWatcher(func(object runtime.Object) {
		event := object.(*eventsv1.Event) // recorders send nothing else
		logger.Info("Event occurred",
			"object", klog.KRef(event.Regarding.Namespace, event.Regarding.Name),
			"kind", event.Regarding.Kind, "apiVersion", event.Regarding.APIVersion,
			"type", event.Type, "reason", event.Reason, "action", event.Action, "note", event.Note)
	})
}

func (b *broadcaster) Shutdown() {
	b.mu.Lock()
	b.events.Shutdown()
	b.mu.Unlock()
	b.work.Wait()
}
