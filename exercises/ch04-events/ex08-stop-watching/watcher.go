// Package stopwatching ends a watch while somebody sends to it.
//
//	sender    Send ──▶ wants it? ──▶ [■■■■] full: waits ··· is free ──▶ goes on
//	reader                                 Stop ─┘       └─▶ closed ──▶ reads what is left, and the end
package stopwatching

// Watcher passes events from one goroutine, that sends, to another one, that reads and stops.
type Watcher struct {
	wants   func(event string) bool
	result  chan string
	stopped chan struct{} // closed by Stop, so that a sender need not wait for room

	// These are locks: whoever puts something in has the lock, and gives it back by taking it out.
	sending  chan struct{} // of Send
	stopping chan struct{} // of Stop
}

// New returns a Watcher with room for so many events. It gets those that wants says yes to, which may take its time.
func New(room int, wants func(event string) bool) *Watcher {
	return &Watcher{
		wants: wants, result: make(chan string, room), stopped: make(chan struct{}),
		sending: make(chan struct{}, 1), stopping: make(chan struct{}, 1),
	}
}

// ResultChan returns the events. It is closed after Stop, behind those that are still to be read.
func (w *Watcher) ResultChan() <-chan string { return w.result }

// Send waits until there is room for event, or the watcher is stopped. After Stop it does nothing.
func (w *Watcher) Send(event string) {
	w.sending <- struct{}{}
	defer func() { <-w.sending }()
	select {
	case <-w.stopped:
		return
	default:
	}
	if !w.wants(event) {
		return
	}
	select {
	case w.result <- event:
	case <-w.stopped:
	}
}

// Stop ends the watch. A Send that waits for room returns. What is in the channel can still be read, and behind it the
// channel is closed: when Stop returns, also when several goroutines call it at once, that is done. Later calls do nothing.
//
// Nothing is sent on a closed channel, or the process would end: that is what a sender that is somewhere between two lines
// of Send must not be made to do.
func (w *Watcher) Stop() {
	// TODO: Free the sender, wait until nobody sends, and close the result. Once.
	panic("TODO ch04/ex08: fill in Watcher.Stop")
}
