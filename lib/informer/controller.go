package informer

import (
	"context"
	"errors"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/runtime"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/reflector"
)

// Config is what a Controller consists of.
//
// Upstream: tools/cache/controller.go.
type Config struct {
	// Queue is between the reflector and Process. The controller closes it.
	fifo.Queue

	// ListerWatcher is where the objects come from.
	reflector.ListerWatcher

	// Process gets what Pop takes out of the queue. An error is reported, and the next call follows; after a fifo.ErrRequeue,
	// it follows a second later, as does the one after a panic.
	Process ProcessFunc

	// ProcessBatch, if it is set and Queue is a fifo.QueueWithBatch, gets what can be processed together.
	ProcessBatch fifo.ProcessBatchFunc

	// ObjectType is an example of an object, ObjectDescription what logs call it.
	ObjectType        runtime.Object
	ObjectDescription string

	// FullResyncPeriod is how often ShouldResync is asked whether to resync; 0 is never.
	FullResyncPeriod time.Duration

	// MinWatchTimeout is the shortest timeout of a watch; less than 5 minutes, and zero, are 5 minutes.
	MinWatchTimeout time.Duration

	// ShouldResync may be nil, and is then always true.
	ShouldResync ShouldResyncFunc

	// WatchErrorHandlerWithContext is called when a list or watch failed, before the next attempt. Nil is
	// reflector.DefaultWatchErrorHandler.
	WatchErrorHandlerWithContext reflector.WatchErrorHandlerWithContext

	// WatchListPageSize is the page size of lists; see reflector.Reflector.
	WatchListPageSize int64
}

// ShouldResyncFunc says whether now is the time for a resync.
type ShouldResyncFunc func() bool

// ProcessFunc processes what a Queue's Pop takes.
type ProcessFunc func(obj any, isInInitialList bool) error

// Controller moves changes from a ListerWatcher through a Queue to Process.
type Controller interface {
	// RunWithContext runs a reflector and processes what it queues, until the context ends and both have stopped.
	// It must not be called twice.
	RunWithContext(ctx context.Context)

	// HasSynced says whether the first list has been processed; HasSyncedChecker is for waiting for that.
	HasSynced() bool
	HasSyncedChecker() DoneChecker

	// LastSyncResourceVersion is the newest resource version that the reflector has seen; "" before its first list.
	LastSyncResourceVersion() string
}

// New returns the controller of a Config.
func New(c *Config) Controller { return newController(*c) }

type controller struct {
	config Config

	mu        sync.Mutex
	reflector *reflector.Reflector // nil until the controller runs
}

func newController(c Config) *controller { return &controller{config: c} }

func (c *controller) HasSynced() bool               { return c.config.Queue.HasSynced() }
func (c *controller) HasSyncedChecker() DoneChecker { return c.config.Queue.HasSyncedChecker() }

func (c *controller) LastSyncResourceVersion() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reflector == nil {
		return ""
	}
	return c.reflector.LastSyncResourceVersion()
}

func (c *controller) RunWithContext(ctx context.Context) {
	r := c.newReflector(ctx)
	c.mu.Lock()
	c.reflector = r
	c.mu.Unlock()

	var running sync.WaitGroup
	defer running.Wait()
	running.Go(func() {
		defer utilruntime.HandleCrashWithContext(ctx)
		defer c.config.Queue.Close() // which wakes processLoop
		r.RunWithContext(ctx)
	})
	// The loop ends when the queue is closed, or Process wants to see something again. If the context hasn't ended, or
	// Process panics (and panics don't end the process), it begins again after a while.
	wait.UntilWithContext(ctx, c.processLoop, processPause)
}

// processPause is how long the queue is left alone if to go on at once would be to try the same without end.
const processPause = time.Second

func (c *controller) newReflector(ctx context.Context) *reflector.Reflector {
	logger := klog.FromContext(ctx)
	r := reflector.NewReflectorWithOptions(c.config.ListerWatcher, c.config.ObjectType, c.config.Queue, reflector.ReflectorOptions{
		Logger:          &logger,
		ResyncPeriod:    c.config.FullResyncPeriod,
		MinWatchTimeout: c.config.MinWatchTimeout,
		TypeDescription: c.config.ObjectDescription,
	})
	if c.config.WatchErrorHandlerWithContext != nil {
		r.WatchErrorHandler = c.config.WatchErrorHandlerWithContext
	}
	r.ShouldResync = c.config.ShouldResync
	r.WatchListPageSize = c.config.WatchListPageSize
	return r
}

// processLoop stops at the end of the context, even if there is more in the queue.
func (c *controller) processLoop(ctx context.Context) {
	pop := c.pop()
	for ctx.Err() == nil {
		requeued, err := pop()
		if errors.Is(err, fifo.ErrFIFOClosed) {
			return
		}
		if err != nil {
			utilruntime.HandleErrorWithContext(ctx, err, "A change was not processed", "type", c.config.ObjectDescription)
		}
		if requeued {
			return
		}
	}
}

// pop returns what takes from the queue and processes, batches if both sides can. It says whether that went back into the
// queue: for all that the loop knows, it is what the next pop would take.
func (c *controller) pop() func() (requeued bool, err error) {
	var requeued bool
	note := func(err error) error {
		_, requeued = errors.AsType[fifo.ErrRequeue](err)
		return err
	}
	single := func(obj any, isInInitialList bool) error { return note(c.config.Process(obj, isInInitialList)) }
	batch := func(deltas []fifo.Delta, isInInitialList bool) error {
		return note(c.config.ProcessBatch(deltas, isInInitialList))
	}
	take := func() error {
		_, err := c.config.Pop(single)
		return err
	}
	if queue, ok := c.config.Queue.(fifo.QueueWithBatch); ok && c.config.ProcessBatch != nil {
		take = func() error { return queue.PopBatch(batch, single) }
	}
	return func() (bool, error) {
		requeued = false
		err := take()
		return requeued, err
	}
}
