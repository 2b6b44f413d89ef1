package testing

import (
	"sync"

	"k8s.io/apimachinery/pkg/watch"
)

// watcher is a watch that its sender never waits for, and that loses nothing.
//
// There is a goroutine only while more events wait than the channel has room for. It ends when the reader has caught up, and
// Stop waits for it. Whenever mu is free:
//   - the events in result are older than those in waiting;
//   - pumping is true if something is in waiting, and while it is, only the goroutine sends to result.
type watcher struct {
	result chan watch.Event
	done   chan struct{} // closed by Stop

	mu      sync.Mutex
	waiting []watch.Event
	pumping bool
	stopped bool

	pumps sync.WaitGroup
}

func newWatcher() *watcher {
	return &watcher{result: make(chan watch.Event, watch.DefaultChanSize), done: make(chan struct{})}
}

func (w *watcher) ResultChan() <-chan watch.Event { return w.result }

// Stop ends the watch. What is in the channel can still be read.
func (w *watcher) Stop() {
	w.mu.Lock()
	first := !w.stopped
	w.stopped = true
	w.mu.Unlock()
	if !first {
		return
	}
	close(w.done)
	w.pumps.Wait()
	close(w.result)
}

// send returns false if nobody will ever read the event.
func (w *watcher) send(event watch.Event) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stopped {
		return false
	}
	if !w.pumping {
		select {
		case w.result <- event:
			return true
		default:
		}
		w.pumping = true
		w.pumps.Go(w.pump)
	}
	w.waiting = append(w.waiting, event)
	return true
}

func (w *watcher) pump() {
	for {
		event, ok := w.next()
		if !ok {
			return
		}
		select {
		case w.result <- event:
		case <-w.done:
			return
		}
	}
}

// next takes the oldest event that waits. When there is none, the goroutine has ended in the eyes of send.
func (w *watcher) next() (watch.Event, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.waiting) == 0 {
		w.pumping, w.waiting = false, nil
		return watch.Event{}, false
	}
	event := w.waiting[0]
	w.waiting = w.waiting[1:]
	return event, true
}
