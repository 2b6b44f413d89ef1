package record

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/broadcast"
)

// queueLength is how many events may wait for one handler. It misses what comes while as many do.
const queueLength = 1000

// drainTime is how long Shutdown goes on to write what was accepted before it.
const drainTime = 5 * time.Second

// EventBroadcaster takes events from its recorders to whoever asked for them. The watch that a Start… method returns can be
// ignored, or stopped; its ResultChan is not for the caller to read. A Start… method after Shutdown logs an error, and
// returns a watch that has ended.
type EventBroadcaster interface {
	// StartEventWatcher calls eventHandler for every event from now on, one at a time. The handler must not change it.
	// If it panics, the panic is logged and ends the process, as utilruntime.HandleCrash does.
	StartEventWatcher(eventHandler func(*corev1.Event)) watch.Interface

	// StartRecordingToSink writes events to sink, as its correlator lets them through.
	StartRecordingToSink(sink EventSink) watch.Interface

	// StartLogging calls logf with one line for every event.
	StartLogging(logf func(format string, args ...any)) watch.Interface

	// StartStructuredLogging logs every event at verbosity, to the logger of the broadcaster's context.
	StartStructuredLogging(verbosity klog.Level) watch.Interface

	// NewRecorder returns a recorder of events from source. The scheme says of which kind objects are.
	NewRecorder(scheme *runtime.Scheme, source corev1.EventSource) EventRecorderLogger

	// Shutdown accepts no more events, and returns when all handlers have had those that were accepted. An event is
	// written once then, not tried again, and the writing stops after 5 seconds: what is left is lost, and logged.
	// It waits for a handler that runs, so none may call it, and for a request under way: EventSinkImpl cancels
	// that after the 5 seconds as well. To call it again does no harm.
	Shutdown()
}

// BroadcasterOption is an option of NewBroadcaster.
type BroadcasterOption func(*config)

type config struct {
	correlator    CorrelatorOptions
	ctx           context.Context
	sleepDuration time.Duration
}

// WithCorrelatorOptions sets what the correlator of each sink skips and combines.
func WithCorrelatorOptions(options CorrelatorOptions) BroadcasterOption {
	return func(c *config) { c.correlator = options }
}

// WithContext has the broadcaster shut down when ctx ends; Shutdown need not be called then, but still waits. Its logger
// is the one of ctx. A nil ctx never ends.
func WithContext(ctx context.Context) BroadcasterOption {
	return func(c *config) { c.ctx = ctx }
}

// WithSleepDuration sets the sleep before each retry; the default is 10 seconds. The first sleep is shorter, by chance.
func WithSleepDuration(sleepDuration time.Duration) BroadcasterOption {
	return func(c *config) { c.sleepDuration = sleepDuration }
}

// NewBroadcasterForTests returns a broadcaster that sleeps for sleepDuration before a retry.
func NewBroadcasterForTests(sleepDuration time.Duration) EventBroadcaster {
	return NewBroadcaster(WithSleepDuration(sleepDuration))
}

// NewBroadcasterWithCorrelatorOptions returns a broadcaster whose correlators have these options.
func NewBroadcasterWithCorrelatorOptions(options CorrelatorOptions) EventBroadcaster {
	return NewBroadcaster(WithCorrelatorOptions(options))
}

// NewBroadcaster returns a broadcaster that has to be shut down, by Shutdown or the end of its context.
func NewBroadcaster(opts ...BroadcasterOption) EventBroadcaster {
	c := config{sleepDuration: defaultSleepDuration}
	for _, set := range opts {
		set(&c)
	}
	if c.ctx == nil {
		c.ctx = context.Background()
	}
	b := &broadcaster{config: c, events: broadcast.NewLongQueueBroadcaster(queueLength, broadcast.DropIfChannelFull)}
	b.retries, b.endRetries = context.WithCancel(c.ctx)
	b.requests, b.endRequests = context.WithCancel(context.WithoutCancel(c.ctx))
	b.detach = context.AfterFunc(c.ctx, b.drain)
	return b
}

// broadcaster is the EventBroadcaster. Whenever starting is free:
//   - each goroutine in handlers reads one watcher of events, until that is closed and empty;
//   - once events is shut down, no goroutine is added;
//   - requests doesn't end before retries.
type broadcaster struct {
	config
	events *broadcast.Broadcaster
	detach func() bool // from the caller's context

	retries, requests       context.Context // a write that may sleep and try again; one that may be sent
	endRetries, endRequests context.CancelFunc

	starting sync.Mutex
	handlers sync.WaitGroup
	reported sync.Once // what they missed
}

func (b *broadcaster) NewRecorder(scheme *runtime.Scheme, source corev1.EventSource) EventRecorderLogger {
	return &recorder{scheme: scheme, source: source, to: b.events, logger: klog.Background()}
}

func (b *broadcaster) StartEventWatcher(eventHandler func(*corev1.Event)) watch.Interface {
	b.starting.Lock()
	defer b.starting.Unlock()
	watcher, err := b.events.Watch()
	if err != nil {
		b.logger().Error(err, "No events will be handled")
		return watch.NewEmptyWatch()
	}
	b.handlers.Go(func() { b.handle(watcher, eventHandler) })
	return watcher
}

// handle calls handler until watcher has ended and is empty.
func (b *broadcaster) handle(watcher watch.Interface, handler func(*corev1.Event)) {
	defer utilruntime.HandleCrashWithContext(b.ctx)
	defer watcher.Stop() // a handler that panicked takes no more
	for e := range watcher.ResultChan() {
		handler(e.Object.(*corev1.Event))
	}
}

func (b *broadcaster) Shutdown() {
	b.detach()
	b.drain()
}

// drain may run more than once, also at the same time: each run waits for all handlers.
func (b *broadcaster) drain() {
	b.starting.Lock()
	b.events.Shutdown()
	b.starting.Unlock()
	b.endRetries()
	late := time.AfterFunc(drainTime, b.endRequests)
	b.handlers.Wait()
	late.Stop()
	b.endRequests()
	b.reported.Do(b.reportDropped)
}

func (b *broadcaster) reportDropped() {
	if missed := b.events.Dropped(); missed > 0 {
		b.logger().Error(nil, "Events were dropped: their handlers were too slow", "events", missed)
	}
}

func (b *broadcaster) logger() klog.Logger { return klog.FromContext(b.ctx) }
