package informer

import (
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
)

// listener is one handler of an informer and what it is still to be told. It is the handler's registration, too.
//
// Upstream: processorListener in tools/cache/shared_informer.go.
type listener struct {
	logger   klog.Logger
	handler  ResourceEventHandler
	audience *audience
	done     doneChannel   // the handler's sync
	leave    chan struct{} // closed: no further call
	ended    chan struct{} // closed: the last call has returned
	wake     chan struct{} // holds one token if there may be something in buffer

	// Guarded by audience.mu.
	running bool
	resync  resyncSchedule
	due     bool // whether updates to the same resource version are for this handler

	mu sync.Mutex
	// buffer is what the goroutine has not yet taken, oldest first.
	buffer []notification
}

// afterPanic is how long a handler is left alone after a panic.
const afterPanic = time.Second

func newListener(a *audience, handler ResourceEventHandler, logger klog.Logger, period time.Duration) *listener {
	name := nameOf(handler)
	return &listener{
		logger:   klog.LoggerWithValues(logger, "handler", name),
		handler:  handler,
		audience: a,
		done:     doneChannel{name: a.name + " + event handler " + name, done: make(chan struct{})},
		leave:    make(chan struct{}),
		ended:    make(chan struct{}),
		wake:     make(chan struct{}, 1),
		resync:   newResyncSchedule(period, time.Now()),
		due:      true, // until the first look at the schedule
	}
}

func (l *listener) HasSynced() bool               { return fifo.IsDone(l.done) }
func (l *listener) HasSyncedChecker() DoneChecker { return l.done }

// add appends to the buffer. It never waits for the handler.
func (l *listener) add(notes ...notification) {
	l.mu.Lock()
	l.buffer = append(l.buffer, notes...)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default: // the goroutine has yet to look
	}
}

// run calls the handler until leave is closed. It takes all that waits at once, and gives its own empty slice for it.
func (l *listener) run() {
	defer close(l.ended)
	var batch []notification
	for !l.hasLeft() {
		select {
		case <-l.leave:
		case <-l.wake:
			l.mu.Lock()
			batch, l.buffer = l.buffer, recycle(batch)
			l.mu.Unlock()
			l.tellAll(batch)
		}
	}
}

// tellAll calls the handler for one notification after the other, with a pause after those that panic.
func (l *listener) tellAll(batch []notification) {
	for len(batch) > 0 && !l.hasLeft() {
		told, panicked := l.tell(batch)
		batch = batch[told:]
		if panicked {
			select {
			case <-l.leave:
			case <-time.After(afterPanic):
			}
		}
	}
}

// tell stops early, and says after how many, if the handler leaves or panics. The panic is reported, and goes on if
// utilruntime.ReallyCrash is set, as it is unless somebody has changed it.
func (l *listener) tell(batch []notification) (told int, panicked bool) {
	defer utilruntime.HandleCrashWithLogger(l.logger)
	for told < len(batch) && !l.hasLeft() {
		note := batch[told]
		batch[told] = notification{} // a long batch keeps alive only what is still to be told
		told++
		if note.kind == synced {
			close(l.done.done)
			continue
		}
		panicked = true // if the next line doesn't return
		note.tell(l.handler)
		panicked = false
	}
	return told, panicked
}

func (l *listener) hasLeft() bool {
	select {
	case <-l.leave:
		return true
	default:
		return false
	}
}

// doneChannel is a DoneChecker.
type doneChannel struct {
	name string
	done chan struct{}
}

func (d doneChannel) Name() string          { return d.name }
func (d doneChannel) Done() <-chan struct{} { return d.done }
