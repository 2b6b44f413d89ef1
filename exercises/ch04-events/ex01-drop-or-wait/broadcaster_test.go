package droporwait_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	droporwait "client-go-workbook/exercises/ch04-events/ex01-drop-or-wait"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/broadcast"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	everybody = invariant.Invariant{
		Says: "a watcher with room gets every event, in order, at once",
		Read: "README.md, Invariant; lib/broadcast/broadcaster.go, sendLocked",
	}
	dropped = invariant.Invariant{
		Says: "under drop nobody waits; a full watcher misses the event, it alone, and that is counted",
		Read: "README.md, Invariant; lib/broadcast/broadcaster.go, DropIfChannelFull",
	}
	waited = invariant.Invariant{
		Says: "under wait nothing is lost: Send returns when all have the event, or have stopped",
		Read: "README.md, Invariant; lib/broadcast/broadcaster.go, WaitIfChannelFull",
	}
	stopped = invariant.Invariant{
		Says: "who has stopped gets nothing, misses nothing, and is waited for by nobody",
		Read: "README.md, What the tests verify; lib/broadcast/watcher.go, Stop",
	}
)

const (
	drop = broadcast.DropIfChannelFull
	wait = broadcast.WaitIfChannelFull
)

func newWatcher(room int) *droporwait.Watcher {
	return &droporwait.Watcher{Result: make(chan string, room), Stopped: make(chan struct{})}
}

// among returns a broadcaster with these watchers.
func among(behavior broadcast.FullChannelBehavior, watchers ...*droporwait.Watcher) *droporwait.Broadcaster {
	return &droporwait.Broadcaster{Behavior: behavior, Watchers: watchers}
}

// sendAll sends events in a goroutine, from which it returns how far that has come.
func sendAll(t *testing.T, rule invariant.Invariant, b *droporwait.Broadcaster, events ...string) (sent func() int) {
	n := 0
	go func() {
		defer bubble.Catch(t, rule, "send "+strings.Join(events, " "))
		for _, event := range events {
			b.Send(event)
			n++
		}
	}()
	return func() int {
		synctest.Wait()
		return n
	}
}

// read takes out what is there.
func read(w *droporwait.Watcher) string {
	synctest.Wait()
	var got []string
	for len(w.Result) > 0 {
		got = append(got, <-w.Result)
	}
	return strings.Join(got, " ")
}

func TestWhoHasRoomGetsAll(t *testing.T) {
	for _, test := range []struct {
		name     string
		behavior broadcast.FullChannelBehavior
	}{{"drop", drop}, {"wait", wait}} {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, everybody, func(t *testing.T) {
				first, second := newWatcher(5), newWatcher(7)
				b := among(test.behavior, first, second)
				everybody.Equal(t, 3, sendAll(t, everybody, b, "a", "b", "c")(), "send a b c to two watchers with room: how many Sends have returned")
				everybody.Equal(t, "a b c", read(first), "send a b c: what did the first watcher get")
				everybody.Equal(t, "a b c", read(second), "send a b c: what did the second watcher get")
				everybody.Equal(t, 0, b.Dropped, "nobody was full: how many were dropped")
				everybody.Equal(t, 1, sendAll(t, everybody, among(test.behavior), "a")(), "send a while nobody watches: how many Sends have returned")
			})
		})
	}
}

func TestFullWatcherMissesTheEvent(t *testing.T) {
	bubble.Test(t, dropped, func(t *testing.T) {
		full, other := newWatcher(2), newWatcher(10)
		b := among(drop, full, other)
		dropped.Equal(t, 5, sendAll(t, dropped, b, "a", "b", "c", "d", "e")(), "send a b c d e, with a watcher that has room for two: how many Sends have returned")
		dropped.Equal(t, "a b c d e", read(other), "what did a watcher behind it get, which has room")
		dropped.Equal(t, "a b", read(full), "what did the one with room for two get")
		dropped.Equal(t, 3, b.Dropped, "how many were dropped")
		sendAll(t, dropped, b, "f", "g", "h")
		dropped.Equal(t, "f g", read(full), "it reads, and has room again; send f g h: what does it get")
		dropped.Equal(t, 4, b.Dropped, "how many were dropped in all")
	})
}

func TestEachWatcherThatMissesItCounts(t *testing.T) {
	bubble.Test(t, dropped, func(t *testing.T) {
		b := among(drop, newWatcher(1), newWatcher(3), newWatcher(0))
		sendAll(t, dropped, b, "a", "b", "c", "d")()
		dropped.Equal(t, 3+1+4, b.Dropped, "send a b c d to three watchers with room for one, three and none: how many were dropped")
	})
}

func TestCountsAddUp(t *testing.T) {
	bubble.Test(t, dropped, func(t *testing.T) {
		const sent = 300
		paces := []time.Duration{time.Second, 4 * time.Second, time.Minute}
		b := among(drop)
		read := make([]int, len(paces))
		end := make(chan struct{})
		var reading sync.WaitGroup
		for i, pace := range paces {
			w := newWatcher(5)
			b.Watchers = append(b.Watchers, w)
			reading.Go(func() {
				for {
					time.Sleep(pace)
					select {
					case <-w.Result:
						read[i]++
					case <-end:
						return
					}
				}
			})
		}
		began := time.Now()
		for n := range sent {
			b.Send(fmt.Sprint(n))
			time.Sleep(time.Second + time.Millisecond)
		}
		dropped.Equal(t, sent*(time.Second+time.Millisecond), time.Since(began), "send %d events, one a second, to watchers that take a second, four and sixty for each: how long does it take", sent)
		close(end)
		reading.Wait()
		there := 0
		for i, w := range b.Watchers {
			there += read[i] + len(w.Result)
		}
		dropped.Equal(t, len(paces)*sent, there+b.Dropped, "then add up what they got, %d, and what was dropped, %d", there, b.Dropped)
	})
}

func TestFullWatcherIsWaitedFor(t *testing.T) {
	bubble.Test(t, waited, func(t *testing.T) {
		full := newWatcher(2)
		b := among(wait, full)
		sent := sendAll(t, waited, b, "a", "b", "c", "d")
		waited.Equal(t, 2, sent(), "send a b c d to a watcher with room for two, which doesn't read: how many Sends have returned")
		time.Sleep(time.Hour)
		waited.Equal(t, 2, sent(), "and an hour later")
		waited.Equal(t, "a", <-full.Result, "it reads one event")
		waited.Equal(t, 3, sent(), "how many Sends have returned then")
		waited.Equal(t, "b c d", fmt.Sprint(<-full.Result, " ", <-full.Result, " ", <-full.Result), "it reads the rest")
		waited.Equal(t, 4, sent(), "how many Sends have returned in the end")
		waited.Equal(t, 0, b.Dropped, "how many were dropped")
	})
}

func TestOthersDoNotWait(t *testing.T) {
	bubble.Test(t, everybody, func(t *testing.T) {
		full, other := newWatcher(0), newWatcher(10)
		b := among(wait, full, other)
		sent := sendAll(t, everybody, b, "a", "b")
		everybody.Equal(t, 0, sent(), "send a b to two watchers, of which the first has no room and doesn't read: how many Sends have returned")
		everybody.Equal(t, "a", read(other), "while Send waits, what has the second one got, which has room")
		everybody.Equal(t, "a", <-full.Result, "the first one reads")
		everybody.Equal(t, 1, sent(), "how many Sends have returned then")
		everybody.Equal(t, "b", <-full.Result, "it reads again")
		everybody.Equal(t, 2, sent(), "how many Sends have returned then")
		everybody.Equal(t, "b", read(other), "what has the second one got since")
	})
}

func TestStopEndsTheWait(t *testing.T) {
	bubble.Test(t, stopped, func(t *testing.T) {
		first, second := newWatcher(0), newWatcher(0)
		b := among(wait, first, second)
		sent := sendAll(t, stopped, b, "a", "b")
		stopped.Equal(t, 0, sent(), "send a b to two watchers without room: how many Sends have returned")
		close(first.Stopped)
		stopped.Equal(t, 0, sent(), "the first one stops: how many Sends have returned, while the second one reads nothing")
		stopped.Equal(t, "a", <-second.Result, "the second one reads")
		stopped.Equal(t, 1, sent(), "how many Sends have returned then")
		close(second.Stopped)
		stopped.Equal(t, 2, sent(), "the second one stops: how many Sends have returned")
		stopped.Equal(t, 0, b.Dropped, "who stops misses nothing: how many were dropped")
	})
}

func TestWhoHasStoppedGetsNothing(t *testing.T) {
	for _, test := range []struct {
		name     string
		behavior broadcast.FullChannelBehavior
	}{{"drop", drop}, {"wait", wait}} {
		t.Run(test.name, func(t *testing.T) {
			bubble.Test(t, stopped, func(t *testing.T) {
				gone, full, other := newWatcher(100), newWatcher(0), newWatcher(100)
				close(gone.Stopped)
				close(full.Stopped)
				b := among(test.behavior, gone, full, other)
				var events []string
				for n := range 30 {
					events = append(events, fmt.Sprint(n))
				}
				stopped.Equal(t, len(events), sendAll(t, stopped, b, events...)(), "send %d events to two watchers that have stopped and one that has not: how many Sends have returned", len(events))
				stopped.Equal(t, "", read(gone), "what did the one get that has stopped, and has room")
				stopped.Equal(t, strings.Join(events, " "), read(other), "what did the one get that has not stopped")
				stopped.Equal(t, 0, b.Dropped, "how many were dropped")
			})
		})
	}
}
