// Package droporwait gives each event to everybody who watches.
//
//	                ┌──▶ [■■□□]  has room
//	Send ──event──▶ ├──▶ [■■■■]  is full: drop it, or wait?
//	                └──▶ [□□□□]  has room, and is not to suffer for it
package droporwait

import (
	"client-go-workbook/lib/broadcast"
)

// Broadcaster gives events to watchers.
type Broadcaster struct {
	// Behavior is broadcast.DropIfChannelFull or broadcast.WaitIfChannelFull.
	Behavior broadcast.FullChannelBehavior
	Watchers []*Watcher
	Dropped  int // an event that two watchers missed counts twice
}

// Watcher has a channel of events. When it wants no more, it closes Stopped. Nobody closes Result.
type Watcher struct {
	Result  chan string
	Stopped chan struct{}
}

// Send gives event to every watcher that has not stopped. One goroutine sends, one event after the other; watchers read and
// stop when they like.
//
// A watcher with room has the event at once. One without misses it under DropIfChannelFull, and is counted; under
// WaitIfChannelFull, Send returns when it has made room, or has stopped.
func (b *Broadcaster) Send(event string) {
	// BEGIN SOLUTION: Give the event to those who have room, then see to the others.
	// A select with a default never waits. One without waits for the first of its cases that is possible.

	var full []*Watcher
	for _, w := range b.Watchers {
		select {
		case <-w.Stopped:
			continue
		default:
		}
		select {
		case w.Result <- event:
		default:
			full = append(full, w)
		}
	}
	if b.Behavior == broadcast.DropIfChannelFull {
		b.Dropped += len(full)
		return
	}
	for _, w := range full {
		select {
		case w.Result <- event:
		case <-w.Stopped:
		}
	}
	// END SOLUTION
}
