package broadcast

import (
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/watch"
)

// broadcasterWatcher is what Watch returns. Its result is closed once: by Stop if that still finds it among the watchers
// of its broadcaster, or else by Shutdown.
type broadcasterWatcher struct {
	broadcaster *Broadcaster
	result      chan watch.Event
	stopping    sync.Once
	stopped     chan struct{} // closed first, to free the Action that waits for room in result

	// sending is held while an Action waits for room, which it does without the broadcaster's mu.
	sending sync.Mutex
}

// newWatcher returns a watcher of b with room for length events, and for those that b takes ahead. b doesn't know it yet.
func newWatcher(b *Broadcaster, length int) *broadcasterWatcher {
	return &broadcasterWatcher{
		broadcaster: b,
		result:      make(chan watch.Event, length+b.ahead),
		stopped:     make(chan struct{}),
	}
}

// ResultChan returns the events. It is closed after Stop or Shutdown, and can still be read empty then.
func (w *broadcasterWatcher) ResultChan() <-chan watch.Event {
	return w.result
}

// Stop ends the watch. ResultChan is closed when it returns; it waits for nobody's events. An Action that waits for room in
// it goes on, and its event is not in there. To call it again does no harm.
func (w *broadcasterWatcher) Stop() {
	w.stopping.Do(func() {
		close(w.stopped)
		if w.leave() {
			w.sending.Lock()
			defer w.sending.Unlock()
			close(w.result)
		}
	})
}

// leave takes w from the list of watchers. It returns false if Shutdown has done that.
func (w *broadcasterWatcher) leave() bool {
	b := w.broadcaster
	b.mu.Lock()
	defer b.mu.Unlock()
	i := slices.Index(b.watchers, w)
	if i < 0 {
		return false
	}
	b.watchers = slices.Delete(b.watchers, i, i+1)
	return true
}

// isStopped tells whether Stop was called.
func (w *broadcasterWatcher) isStopped() bool {
	select {
	case <-w.stopped:
		return true
	default:
		return false
	}
}

// full tells whether w has to be waited for. Only those with the right to send may ask: its answer no stays true for them, since
// others can but take something out.
func (w *broadcasterWatcher) full() bool {
	return len(w.result) == cap(w.result)
}

// send waits until there is room for event, or w is stopped.
func (w *broadcasterWatcher) send(event watch.Event) {
	w.sending.Lock()
	defer w.sending.Unlock()
	if w.isStopped() { // result may be closed
		return
	}
	select {
	case w.result <- event:
	case <-w.stopped:
	}
}
