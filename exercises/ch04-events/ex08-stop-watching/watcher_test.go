package stopwatching_test

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	stopwatching "client-go-workbook/exercises/ch04-events/ex08-stop-watching"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	closed = invariant.Invariant{
		Says: "when Stop returns the channel is closed, behind what is still to be read",
		Read: "README.md, Invariant; lib/broadcast/watcher.go, Stop",
	}
	free = invariant.Invariant{
		Says: "Stop frees a sender that waits for room",
		Read: "README.md, Invariant; lib/broadcast/watcher.go, send",
	}
	notUnderIt = invariant.Invariant{
		Says: "nobody sends on a closed channel",
		Read: "README.md, third paragraph; lib/broadcast/watcher.go, Stop",
	}
	once = invariant.Invariant{
		Says: "Stop may be called by everybody, as often as they like",
		Read: "README.md, What the tests verify; lib/broadcast/watcher.go, Stop",
	}
)

func all(string) bool { return true }

// later does something in a goroutine, and returns a function that tells whether it is done.
func later(t *testing.T, rule invariant.Invariant, doing string, do func()) (isDone func() bool) {
	var done atomic.Bool
	go func() {
		defer bubble.Catch(t, rule, doing)
		do()
		done.Store(true)
	}()
	return func() bool {
		synctest.Wait()
		return done.Load()
	}
}

// rest reads what there is, and says "end" when the channel is closed.
func rest(w *stopwatching.Watcher) string {
	var got []string
	for {
		select {
		case event, ok := <-w.ResultChan():
			if !ok {
				return strings.Join(append(got, "end"), " ")
			}
			got = append(got, event)
		default:
			return strings.Join(got, " ")
		}
	}
}

// send sends events, for which there is room.
func send(t *testing.T, rule invariant.Invariant, w *stopwatching.Watcher, events ...string) {
	t.Helper()
	defer bubble.Catch(t, rule, "send "+strings.Join(events, " "))
	for _, event := range events {
		w.Send(event)
	}
}

func TestNobodySends(t *testing.T) {
	bubble.Test(t, closed, func(t *testing.T) {
		w := stopwatching.New(5, all)
		send(t, closed, w, "a", "b", "c")
		closed.Equal(t, true, later(t, closed, "stop", w.Stop)(), "send a b c, stop: does Stop return")
		closed.Equal(t, "a b c end", rest(w), "send a b c, stop: what is there to read")
	})
}

func TestSenderWaitsForRoom(t *testing.T) {
	bubble.Test(t, free, func(t *testing.T) {
		w := stopwatching.New(2, all)
		sent := later(t, notUnderIt, "send a b c d while the watcher is stopped", func() { send(t, notUnderIt, w, "a", "b", "c", "d") })
		free.Equal(t, false, sent(), "send a b c d, with room for two: have all Sends returned")
		stopped := later(t, closed, "stop", w.Stop)
		free.Equal(t, true, sent(), "then stop: have all Sends returned")
		closed.Equal(t, true, stopped(), "then stop: has Stop returned")
		closed.Equal(t, "a b end", rest(w), "then stop: what is there to read")
	})
}

// The sender is in the middle of Send, and not yet where it could be freed.
func TestSenderIsElsewhere(t *testing.T) {
	for range 20 { // a select has two possible cases here, if it is done wrong
		bubble.Test(t, notUnderIt, func(t *testing.T) {
			w := stopwatching.New(2, func(string) bool {
				time.Sleep(time.Minute)
				return true
			})
			sent := later(t, notUnderIt, "send a, and stop while it is looked at whether a is wanted", func() { w.Send("a") })
			notUnderIt.Equal(t, false, sent(), "send a to a watcher that takes a minute to know that it wants it: has Send returned")
			stopped := later(t, notUnderIt, "stop", w.Stop)
			closed.Equal(t, false, stopped(), "stop in the meantime: has Stop returned, while somebody is sending")
			closed.Equal(t, "", rest(w), "stop in the meantime: what is there to read, while somebody is sending")
			time.Sleep(time.Minute)
			notUnderIt.Equal(t, true, sent(), "a minute later: has Send returned")
			closed.Equal(t, true, stopped(), "a minute later: has Stop returned")
			got := rest(w)
			closed.Equal(t, true, got == "end" || got == "a end", "a minute later: is the end there to be read, with or without a? There is %q", got)
		})
	}
}

func TestSendAfterStop(t *testing.T) {
	bubble.Test(t, notUnderIt, func(t *testing.T) {
		w := stopwatching.New(5, all)
		send(t, notUnderIt, w, "a")
		w.Stop()
		sent := later(t, notUnderIt, "stop, then send b c", func() { send(t, notUnderIt, w, "b", "c") })
		notUnderIt.Equal(t, true, sent(), "send a, stop, send b c: have all Sends returned")
		closed.Equal(t, "a end", rest(w), "send a, stop, send b c: what is there to read")
	})
}

func TestStopAgain(t *testing.T) {
	bubble.Test(t, once, func(t *testing.T) {
		w := stopwatching.New(5, all)
		send(t, once, w, "a")
		stopped := later(t, once, "stop three times", func() {
			for range 3 {
				w.Stop()
			}
		})
		once.Equal(t, true, stopped(), "stop three times, one after the other: have all returned")
		closed.Equal(t, "a end", rest(w), "send a, stop three times: what is there to read")
	})
}

func TestAllStopAtOnce(t *testing.T) {
	bubble.Test(t, once, func(t *testing.T) {
		w := stopwatching.New(0, func(string) bool {
			time.Sleep(time.Minute)
			return true
		})
		sent := later(t, notUnderIt, "send a while three goroutines stop", func() { w.Send("a") })
		var stops []func() bool
		for range 3 {
			sent()
			stops = append(stops, later(t, once, "stop while others do", w.Stop))
		}
		for n, stopped := range stops {
			once.Equal(t, false, stopped(), "three goroutines stop while somebody is sending: has the %d. Stop returned, before the channel is closed", n+1)
		}
		time.Sleep(time.Minute)
		for n, stopped := range stops {
			once.Equal(t, true, stopped(), "three goroutines stop, and the sender is through: has the %d. Stop returned", n+1)
		}
		closed.Equal(t, "end", rest(w), "three goroutines stop: what is there to read")
	})
}

// Whatever comes first: the reader gets the first events, in order, and then the end.
func TestAnyMoment(t *testing.T) {
	for seed := range 300 {
		bubble.Test(t, notUnderIt, func(t *testing.T) {
			w := stopwatching.New(seed%4, all)
			var running sync.WaitGroup
			running.Go(func() {
				defer bubble.Catch(t, notUnderIt, "send 20 events while others read and stop")
				for n := range 20 {
					w.Send(fmt.Sprint(n))
				}
			})
			for range 2 {
				running.Go(func() {
					defer bubble.Catch(t, once, "stop while others send, read and stop")
					time.Sleep(time.Duration(seed % 3))
					w.Stop()
				})
			}
			n := 0
			for event := range w.ResultChan() {
				closed.Equal(t, fmt.Sprint(n), event, "send 20 events, stop at some moment, and read: which is event %d", n+1)
				n++
				if n%5 == 0 {
					time.Sleep(time.Nanosecond)
				}
			}
			running.Wait()
		})
	}
}
