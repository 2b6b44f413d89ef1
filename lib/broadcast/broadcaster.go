package broadcast

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// FullChannelBehavior says what happens to an event when a watcher's channel has no room for it.
type FullChannelBehavior int

const (
	// WaitIfChannelFull makes Action wait until the watcher has read something, or is stopped. No event is lost, and one
	// watcher that doesn't read holds up all who send.
	WaitIfChannelFull FullChannelBehavior = iota
	// DropIfChannelFull takes the event from that watcher alone. Action never waits.
	DropIfChannelFull
)

// ErrShutDown is what Action and Watch return after Shutdown. Test for it with errors.Is.
var ErrShutDown = errors.New("broadcaster is shut down")

// ahead is how many events a broadcaster under WaitIfChannelFull takes on top of what its watchers have room for.
// Upstream has them in a queue before its watchers.
const ahead = 25

// Broadcaster gives events to watchers. Make it with NewBroadcaster or NewLongQueueBroadcaster. All of its methods may be
// called at the same time. Whenever mu is free:
//   - every accepted event has been put, in order, into the channels of those who watched when it was accepted, or was
//     dropped there; while sending is true, watchers that were full may still lack the last one;
//   - nobody but the holder of mu sends or, while sending is true, that one Action: room that a watcher has doesn't shrink;
//   - what is in watchers has an open channel, in the order of the calls to Watch;
//   - once stopped is true and sending is false, watchers is empty.
type Broadcaster struct {
	behavior FullChannelBehavior
	length   int // how many events a watcher is promised room for
	ahead    int // how many more it gets under WaitIfChannelFull

	mu       sync.Mutex
	watchers []*broadcasterWatcher
	dropped  uint64
	sending  bool // an Action waits for a full watcher, without mu
	stopped  bool

	// turn wakes one of those who wait for sending to be false. Each wakes the next when it is done.
	turn sync.Cond
}

// NewBroadcaster returns a broadcaster without watchers. queueLength is how many events wait in a watcher's channel at
// most; below 0 counts as 0. Under WaitIfChannelFull 26 more may wait: the 25 that upstream keeps in a queue before its
// watchers and the one on its way between them.
func NewBroadcaster(queueLength int, fullChannelBehavior FullChannelBehavior) *Broadcaster {
	return newBroadcaster(queueLength, ahead, fullChannelBehavior)
}

// NewLongQueueBroadcaster is NewBroadcaster with room for queueLength+1 more events, instead of 26, under
// WaitIfChannelFull. Under DropIfChannelFull both are the same.
func NewLongQueueBroadcaster(queueLength int, fullChannelBehavior FullChannelBehavior) *Broadcaster {
	return newBroadcaster(queueLength, max(0, queueLength), fullChannelBehavior)
}

func newBroadcaster(queueLength, ahead int, behavior FullChannelBehavior) *Broadcaster {
	b := &Broadcaster{behavior: behavior, length: max(0, queueLength)}
	b.turn.L = &b.mu
	if behavior != DropIfChannelFull {
		b.ahead = ahead + 1
	}
	return b
}

// Watch adds a watcher, which gets every event that is accepted from now on. Whoever calls it has to read ResultChan until
// it is closed, or to call Stop. Watch never waits. The error is ErrShutDown.
func (b *Broadcaster) Watch() (watch.Interface, error) {
	return b.add(newWatcher(b, b.length))
}

// WatchWithPrefix adds a watcher that gets queuedEvents first. Its channel has room for all of them and for one event more
// at least. The error is ErrShutDown.
func (b *Broadcaster) WatchWithPrefix(queuedEvents []watch.Event) (watch.Interface, error) {
	w := newWatcher(b, max(b.length, len(queuedEvents)+1))
	for _, event := range queuedEvents {
		w.result <- event
	}
	return b.add(w)
}

func (b *Broadcaster) add(w *broadcasterWatcher) (watch.Interface, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return nil, fmt.Errorf("watch: %w", ErrShutDown)
	}
	b.watchers = append(b.watchers, w)
	return w, nil
}

// Action gives an event to every watcher, and returns when all have it in their channel or have dropped it. Under
// WaitIfChannelFull it waits for watchers that are full, and for the Actions that wait for them already; who reads from a
// watcher must not call it then. The error is ErrShutDown: nobody gets the event.
func (b *Broadcaster) Action(action watch.EventType, obj runtime.Object) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.sending && !b.stopped {
		b.turn.Wait()
	}
	if b.stopped {
		return b.refuse(action)
	}
	b.sendLocked(watch.Event{Type: action, Object: obj})
	b.turn.Signal()
	return nil
}

// ActionOrDrop is an Action that never waits. If that takes a full watcher to be waited for, it gives the event to nobody
// and returns false. The error is ErrShutDown.
func (b *Broadcaster) ActionOrDrop(action watch.EventType, obj runtime.Object) (bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stopped {
		return false, b.refuse(action)
	}
	if b.behavior != DropIfChannelFull && (b.sending || slices.ContainsFunc(b.watchers, (*broadcasterWatcher).full)) {
		return false, nil
	}
	b.sendLocked(watch.Event{Type: action, Object: obj})
	return true, nil
}

func (b *Broadcaster) refuse(action watch.EventType) error {
	return fmt.Errorf("broadcast %s event: %w", action, ErrShutDown)
}

// sendLocked accepts event. Watchers with room have it at once, so that they don't wait for those without. Who is about to
// leave gets nothing more: it may have missed the event before this one.
func (b *Broadcaster) sendLocked(event watch.Event) {
	var full []*broadcasterWatcher
	for _, w := range b.watchers {
		if w.isStopped() {
			continue
		}
		select {
		case w.result <- event:
		default:
			if b.behavior == DropIfChannelFull {
				b.dropped++
			} else {
				full = append(full, w)
			}
		}
	}
	if full != nil {
		b.waitLocked(full, event)
	}
}

// waitLocked gives up mu until all of watchers have event, or are stopped.
func (b *Broadcaster) waitLocked(watchers []*broadcasterWatcher, event watch.Event) {
	b.sending = true
	b.mu.Unlock()
	for _, w := range watchers {
		w.send(event)
	}
	b.mu.Lock()
	b.sending = false
}

// Dropped counts the events that watchers have missed because they were full: one event that two watchers missed counts
// twice. Under WaitIfChannelFull it is 0.
func (b *Broadcaster) Dropped() uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.dropped
}

// Shutdown closes the watchers' channels, after all that was accepted is in them. It waits if an Action waits for a full
// watcher; the Actions behind that one return ErrShutDown, as do all later ones. To call it again does no harm.
func (b *Broadcaster) Shutdown() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.stopped = true
	b.turn.Broadcast()
	for b.sending {
		b.turn.Wait()
	}
	for _, w := range b.watchers {
		close(w.result)
	}
	b.watchers = nil
	b.turn.Signal()
}
