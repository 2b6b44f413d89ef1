package informer

import (
	"fmt"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
)

// audience is the handlers of one informer. It also holds the lock under which the store changes, so that joining the
// audience and changing the store exclude each other. Whenever mu is free:
//   - every listener has been given, in order, all changes of the store since it joined, but for updates to the same
//     resource version that were not due for it, and before them all that was in the store when it joined;
//   - if synced is closed, every listener has been given the mark behind its initial list;
//   - every listener has a goroutine if open is true, and none that hasn't left has one otherwise.
//
// Upstream: sharedProcessor and blockDeltas in tools/cache/shared_informer.go.
type audience struct {
	name   string        // of the informer, for DoneCheckers
	synced chan struct{} // the informer's

	mu        sync.Mutex
	listeners map[*listener]struct{}
	open      bool // between start and stop
	hasSynced bool

	running sync.WaitGroup
}

func newAudience(name string) *audience {
	return &audience{name: name, synced: make(chan struct{}), listeners: map[*listener]struct{}{}}
}

// join adds a listener, which is first told of what the store has now: current. It starts with the others, or at once.
func (a *audience) join(l *listener, current func() []any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.listeners[l] = struct{}{}
	objects := current()
	notes := make([]notification, 0, len(objects)+1)
	for _, obj := range objects {
		notes = append(notes, notification{kind: added, new: obj, initial: true})
	}
	if a.hasSynced {
		notes = append(notes, notification{kind: synced})
	}
	l.add(notes...)
	if a.open {
		a.runLocked(l)
	}
}

func (a *audience) runLocked(l *listener) {
	l.running = true
	a.running.Go(l.run)
}

// leave removes a listener. It may have left before.
func (a *audience) leave(handle ResourceEventHandlerRegistration) error {
	l, ok := handle.(*listener)
	switch {
	case !ok:
		return fmt.Errorf("remove event handler: %T is not a registration of this package", handle)
	case l == nil || l.audience != a:
		return fmt.Errorf("remove event handler: the handler is not one of %s", a.name)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.leaveLocked(l)
	return nil
}

func (a *audience) leaveLocked(l *listener) {
	if _, ok := a.listeners[l]; !ok {
		return
	}
	delete(a.listeners, l)
	close(l.leave)
	if !l.running {
		close(l.ended)
	}
}

// start gives every listener its goroutine.
func (a *audience) start() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open = true
	for l := range a.listeners {
		a.runLocked(l)
	}
}

// stop removes all listeners and waits for their goroutines.
func (a *audience) stop() {
	a.mu.Lock()
	a.open = false
	for l := range a.listeners {
		a.leaveLocked(l)
	}
	a.mu.Unlock()
	a.running.Wait()
}

// markSynced says that the first list has been told.
func (a *audience) markSynced() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.hasSynced = true
	close(a.synced)
	for l := range a.listeners {
		l.add(notification{kind: synced})
	}
}

// tellLocked gives every listener the notifications that are for it.
func (a *audience) tellLocked(notes []notification) {
	some := false // of them are not for everyone
	for i := range notes {
		notes[i].sync = notes[i].kind == updated && sameVersion(notes[i].old, notes[i].new)
		some = some || notes[i].sync
	}
	var unsynced []notification
	for l := range a.listeners {
		switch {
		case l.due || !some:
			l.add(notes...)
		default:
			if unsynced == nil {
				unsynced = withoutSyncs(notes)
			}
			l.add(unsynced...)
		}
	}
}

func withoutSyncs(notes []notification) []notification {
	rest := make([]notification, 0, len(notes))
	for _, note := range notes {
		if !note.sync {
			rest = append(rest, note)
		}
	}
	return rest
}

// sameVersion says whether an update changes nothing: it is from a resync, or from a list that found what was known.
func sameVersion(old, new any) bool {
	o, err := meta.Accessor(old)
	if err != nil {
		return false
	}
	n, err := meta.Accessor(new)
	return err == nil && o.GetResourceVersion() == n.GetResourceVersion()
}

// shouldResync says whether a resync is due for any listener, and leaves it to those for which it is.
func (a *audience) shouldResync() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	anyDue, now := false, time.Now()
	for l := range a.listeners {
		l.due = l.resync.take(now)
		anyDue = anyDue || l.due
	}
	return anyDue
}
