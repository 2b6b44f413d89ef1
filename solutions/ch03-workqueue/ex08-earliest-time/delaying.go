// Package earliesttime adds items to a queue later.
//
//	AddAfter(cart, 10s) ──▶ due  cart 10s              timer 10s
//	AddAfter(door, 30s) ──▶ due  cart 10s, door 30s    timer 10s
//	AddAfter(door, 5s)  ──▶ due  door 5s, cart 10s     timer 5s      the earlier time counts
//	… 5s later …            due  cart 10s              timer 10s     Add(door)
package earliesttime

import (
	"sync"
	"time"

	"client-go-workbook/lib/workqueue"
)

// Delaying stands in front of a queue. Whenever mu is free:
//   - each item that waits is in due, with the time when it is to be added;
//   - the timer fires at the earliest of these times; if there is none, it doesn't run.
type Delaying struct {
	queue workqueue.TypedInterface[string]

	mu    sync.Mutex
	due   map[string]time.Time
	timer *time.Timer
}

// New returns a Delaying in front of queue.
func New(queue workqueue.TypedInterface[string]) *Delaying {
	d := &Delaying{queue: queue, due: map[string]time.Time{}}
	d.timer = time.AfterFunc(time.Hour, d.fire)
	d.timer.Stop()
	return d
}

// AddAfter adds item to the queue when delay has passed, and doesn't wait for that. If item waits already, the earlier of
// both times counts, and item is added once. A delay that isn't positive adds item now, and changes nothing of when it
// comes if it waits. After ShutDown nothing happens.
func (d *Delaying) AddAfter(item string, delay time.Duration) {
	// BEGIN SOLUTION: Add item now, or note when it is due and see to the timer.
	// setTimerLocked sets the timer to the earliest time that is due; it needs d.mu.

	d.mu.Lock()
	defer d.mu.Unlock()
	if d.queue.ShuttingDown() {
		return
	}
	if delay <= 0 {
		d.queue.Add(item)
		return
	}
	at := time.Now().Add(delay)
	if earlier, waits := d.due[item]; waits && !at.Before(earlier) {
		return
	}
	d.due[item] = at
	d.setTimerLocked()
	// END SOLUTION
}

// fire is what the timer does: it adds what is due, the earliest first.
func (d *Delaying) fire() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for item, at, ok := d.earliestLocked(); ok && !at.After(time.Now()); item, at, ok = d.earliestLocked() {
		delete(d.due, item)
		d.queue.Add(item)
	}
	d.setTimerLocked()
}

// setTimerLocked sets the timer to the earliest time that is due, and stops it if there is none.
func (d *Delaying) setTimerLocked() {
	if _, at, ok := d.earliestLocked(); ok {
		d.timer.Reset(time.Until(at))
	} else {
		d.timer.Stop()
	}
}

// earliestLocked returns what is due first. lib/workqueue has a heap for this.
func (d *Delaying) earliestLocked() (earliest string, at time.Time, ok bool) {
	for item, t := range d.due {
		if !ok || t.Before(at) {
			earliest, at, ok = item, t, true
		}
	}
	return earliest, at, ok
}

// ShutDown shuts the queue down. What still waits is never added.
func (d *Delaying) ShutDown() {
	d.queue.ShutDown()
	d.mu.Lock()
	defer d.mu.Unlock()
	clear(d.due)
	d.timer.Stop()
}
