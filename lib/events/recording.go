package events

import (
	"context"
	"sync"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/workqueue"
)

const (
	maxTriesPerEvent = 12
	retryDelay       = 10 * time.Second
	retryJitter      = 0.25 // so that not all clients come back at once

	// writers is how many requests there are at a time, so that one that hangs doesn't hold up all others.
	writers = 8
	// maxBacklog is how many series may wait to be written. It keeps memory bounded when the API is away and many different
	// things happen; what repeats is counted all the same.
	maxBacklog = 10_000
	// maxSeries is how many series there may be, those included that are written, and those that nobody tries to write any
	// more: each is remembered until it ends, in six to twelve minutes, or, if it repeats, until its number is written.
	maxSeries = 50_000
	// shutdownPatience is how long the last writes may take.
	shutdownPatience = 5 * time.Second
)

// recording writes what happens to a sink: the first event of a series at once, the second as a patch that makes it a series, the
// others now and then as a patch with their number. Its queue holds series, not events, so that what happens while a write
// waits or fails becomes part of it. Whenever mu is free:
//   - series holds at most one series for a key, and all that are wanted or being written;
//   - a series that is wanted is in the queue, or waits there for its next try;
//   - backlog is the number of series that are wanted;
//   - there are maxSeries series at most.
type recording struct {
	config
	queue workqueue.TypedDelayingInterface[*series]

	mu      sync.Mutex
	series  map[eventKey]*series
	backlog int
	dropped int  // since there is no room
	closing bool // nothing is tried again
}

func newRecording(c config) *recording {
	return &recording{
		config: c,
		queue:  workqueue.NewTypedDelayingQueue[*series](),
		series: map[eventKey]*series{},
	}
}

// run records events until they end, and then writes what is left to write; or until ctx does, and then drops it. It returns
// after its writers have.
func (r *recording) run(ctx context.Context, events <-chan watch.Event) {
	writing, stop := context.WithCancel(ctx)
	defer stop()
	var work sync.WaitGroup
	for range writers {
		work.Go(func() { r.write(writing) })
	}
	if r.observeAll(ctx, events) {
		defer time.AfterFunc(shutdownPatience, stop).Stop()
		r.wantTheRest()
	}
	r.queue.ShutDown() // the writers empty it before they return
	work.Wait()
	if lost := r.countIncomplete(); lost > 0 {
		klog.FromContext(ctx).Info("Recording ended before all events were written", "series", lost)
	}
}

// wantTheRest gives what isn't written one more try.
func (r *recording) wantTheRest() {
	r.mu.Lock()
	r.closing = true
	r.mu.Unlock()
	r.rewrite((*series).incomplete)
}

// observeAll returns whether events ended before ctx did.
func (r *recording) observeAll(ctx context.Context, events <-chan watch.Event) bool {
	logger := klog.FromContext(ctx)
	refresh, finish := time.NewTicker(r.refreshTime), time.NewTicker(r.finishTime)
	defer refresh.Stop()
	defer finish.Stop()
	for {
		select {
		case event, ok := <-events:
			if !ok {
				return true
			}
			r.observe(logger, event.Object.(*eventsv1.Event)) // recorders send nothing else
		case <-refresh.C:
			r.rewrite((*series).repeats)
		case now := <-finish.C:
			r.finish(now.Add(-r.finishTime))
		case <-ctx.Done():
			return false
		}
	}
}

// observe counts event. Only the first two of a series have it written at once.
func (r *recording) observe(logger klog.Logger, event *eventsv1.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := keyOf(event)
	s := r.series[key]
	if s == nil {
		if !r.roomLocked(logger) {
			return
		}
		s = &series{event: event}
		r.series[key] = s
	}
	s.add(event)
	if s.count <= 2 {
		r.wantLocked(s, 0)
	}
}

// roomLocked tells whether there may be another series. It logs when there is no room any more, and how many events that cost.
func (r *recording) roomLocked(logger klog.Logger) bool {
	if r.backlog >= maxBacklog || len(r.series) >= maxSeries {
		if r.dropped++; r.dropped == 1 {
			logger.Error(nil, "Too many events wait to be written or to end, new ones are dropped", "waiting", r.backlog, "series", len(r.series))
		}
		return false
	}
	if r.dropped > 0 {
		logger.Error(nil, "Events were dropped, because too many waited to be written or to end", "dropped", r.dropped)
		r.dropped = 0
	}
	return true
}

// rewrite has the series written that the API should hear of again.
func (r *recording) rewrite(which func(*series) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.series {
		if which(s) {
			r.wantLocked(s, 0)
		}
	}
}

func (r *recording) countIncomplete() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, s := range r.series {
		if s.incomplete() {
			n++
		}
	}
	return n
}

// finish ends the series that nothing was added to since a time: their number is written for the last time, and what happens then
// begins a new series. A single event ends without a word.
func (r *recording) finish(since time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for key, s := range r.series {
		switch {
		case !s.last.Time.Before(since):
		case s.repeats():
			s.ending = true
			r.wantLocked(s, 0)
		case !s.wanted && s.writing == 0:
			delete(r.series, key)
		}
	}
}

// wantLocked has a series written, after a while or at once. Who wants it earlier is served earlier.
func (r *recording) wantLocked(s *series, after time.Duration) {
	if !s.wanted {
		s.wanted = true
		r.backlog++
	}
	r.queue.AddAfter(s, after)
}

// write writes series of the queue until that is shut down. When ctx ends, it only empties the queue.
func (r *recording) write(ctx context.Context) {
	for {
		s, shutdown := r.queue.Get()
		if shutdown {
			return
		}
		if ctx.Err() == nil {
			r.writeOne(ctx, s)
		}
		r.queue.Done(s)
	}
}

func (r *recording) writeOne(ctx context.Context, s *series) {
	event, known := r.take(s)
	if event == nil {
		return // it was written while it waited for its next try
	}
	err := writeEvent(ctx, r.sink, event, known)
	r.settle(ctx, s, event, err)
}

// take returns a series as it is now, or nil if nobody wants it written. Whoever does from now on wants it written again.
func (r *recording) take(s *series) (event *eventsv1.Event, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !s.wanted {
		return nil, false
	}
	s.wanted, s.writing = false, s.count
	r.backlog--
	return s.toWrite(), s.written > 0
}

// settle draws the consequences of a write.
func (r *recording) settle(ctx context.Context, s *series, event *eventsv1.Event, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.writing = 0
	logger := klog.FromContext(ctx).WithValues("event", klog.KObj(event), "reason", event.Reason)
	if err != nil && temporary(err) && !r.closing && ctx.Err() == nil {
		r.retryLocked(logger, s, err)
		return
	}
	s.tries = 0
	if err == nil {
		s.written = countOf(event)
	} else {
		logger.Error(err, "Event isn't written, and not tried again")
	}
	if s.ending && !s.wanted {
		delete(r.series, keyOf(s.event))
		logger.V(4).Info("The series has ended", "count", s.count)
	}
}

// retryLocked has a series written later. After too many tries it waits until the series goes on, is refreshed or finished.
func (r *recording) retryLocked(logger klog.Logger, s *series, err error) {
	if s.tries++; s.tries >= maxTriesPerEvent {
		logger.Error(err, "Event isn't written, it was tried often enough", "tries", s.tries)
		s.tries = 0
		return
	}
	logger.Error(err, "Event isn't written yet, it is tried again", "tries", s.tries)
	r.wantLocked(s, wait.Jitter(retryDelay, retryJitter))
}
