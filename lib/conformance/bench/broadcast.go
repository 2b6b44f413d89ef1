package main

import (
	"context"
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/broadcast"
)

// broadcaster is what sends events to watchers, in either library.
type broadcaster interface {
	Watch() (watch.Interface, error)
	Action(watch.EventType, runtime.Object) error
	Shutdown()
}

// queued is the room that each watcher has: a thousand events, as the recorders of both libraries give it.
const queued = 1000

// The broadcasters under each behavior.
var behaviors = []struct {
	name         string
	theirs, ours func() broadcaster
	burst        int // how many events are sent before the watchers have to have them all
}{
	{
		name:   "drop", // the events of a burst fit in, so that both libraries deliver all of them
		theirs: func() broadcaster { return watch.NewLongQueueBroadcaster(queued, watch.DropIfChannelFull) },
		ours:   func() broadcaster { return broadcast.NewLongQueueBroadcaster(queued, broadcast.DropIfChannelFull) },
		burst:  queued,
	},
	{
		name:   "wait",
		theirs: func() broadcaster { return watch.NewLongQueueBroadcaster(queued, watch.WaitIfChannelFull) },
		ours:   func() broadcaster { return broadcast.NewLongQueueBroadcaster(queued, broadcast.WaitIfChannelFull) },
		burst:  10 * queued,
	},
}

// send sends n events in bursts to watchers that read as fast as they can.
func send(b broadcaster, watchers, burst, n int) {
	var reading, behind sync.WaitGroup // behind: the watchers that have not read all of the burst
	for range watchers {
		w, err := b.Watch()
		must(err)
		reading.Go(func() {
			got := 0
			for range w.ResultChan() {
				if got++; got%burst == 0 {
					behind.Done()
				}
			}
			if got != n {
				panic(fmt.Sprintf("a watcher has read %d events of %d", got, n))
			}
		})
	}
	event := &corev1.Event{}
	for range n / burst {
		behind.Add(watchers)
		for range burst {
			must(b.Action(watch.Added, event))
		}
		behind.Wait()
	}
	b.Shutdown()
	reading.Wait()
}

func broadcastExperiments(s scale) (out []experiment) {
	for _, watchers := range []int{1, 10, 100} {
		for _, behavior := range behaviors {
			out = append(out, experiment{
				metrics: []metric{{fmt.Sprintf("broadcast, %s, watchers: %d", behavior.name, watchers), perOperation, directly}},
				rounds:  s.rounds,
				prepare: func(context.Context, *servers) (pair, error) {
					sending := func(newBroadcaster func() broadcaster) contender {
						return timed(s.slice, behavior.burst, func(n int) { send(newBroadcaster(), watchers, behavior.burst, n) })
					}
					return pair{theirs: sending(behavior.theirs), ours: sending(behavior.ours)}, nil
				},
			})
		}
	}
	return out
}
