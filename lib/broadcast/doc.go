// Package broadcast gives every event to every watcher, and lets the maker choose what a full watcher costs: the event,
// or time.
//
//	                 ┌──▶ watcher [■■■■□□□□] ──▶ a goroutine that reads
//	Action ──event──▶├──▶ watcher [□□□□□□□□] ──▶ a goroutine that reads faster
//	                 └──▶ watcher [■■■■■■■■] full: WaitIfChannelFull   Action waits until it reads, or stops
//	                                               DropIfChannelFull   it misses this event, Dropped counts one more
//
// An event is accepted when Action begins to hand it out, one event at a time. Action itself puts it into the watchers'
// channels, so that no queue and no goroutine stands between those who send and those who read:
//   - every watcher gets the events in the same order, the order in which they were accepted;
//   - a watcher gets what is accepted after Watch returned it and before Stop is called on it, and nothing else;
//   - an event of which Action returned an error reaches nobody;
//   - Shutdown has nothing to send on, but for the one event whose Action waits. What is in the channels stays there
//     to be read.
//
// The package starts no goroutine.
//
// Upstream: k8s.io/apimachinery/pkg/watch/mux.go, where one goroutine distributes what a queue of events has for it.
// Left out: that queue. When watchers are waited for, its length is added to each channel, so that as many events fit in.
//
// Different: a full watcher holds up those who send, and nobody else. Upstream, Watch, Stop of any watcher, ActionOrDrop and
// Shutdown may wait for it, and the others don't get what waits in the queue. The error has a name, and drops are counted.
package broadcast
