package broadcast_test

import (
	"strconv"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/broadcast"
)

const (
	wait = broadcast.WaitIfChannelFull
	drop = broadcast.DropIfChannelFull
)

// fitting is how many events a watcher has room for that NewBroadcaster(0, wait) has made.
const fitting = 26

func object(n int) *corev1.Event { return &corev1.Event{Message: strconv.Itoa(n)} }

// number is what object was called with.
func number(t *testing.T, e watch.Event) int {
	require.Equal(t, watch.Added, e.Type)
	n, err := strconv.Atoi(e.Object.(*corev1.Event).Message)
	require.NoError(t, err)
	return n
}

func open(t *testing.T, b *broadcast.Broadcaster) watch.Interface {
	w, err := b.Watch()
	require.NoError(t, err)
	return w
}

// send sends the events from first to last.
func send(t *testing.T, b *broadcast.Broadcaster, first, last int) {
	for n := first; n <= last; n++ {
		require.NoError(t, b.Action(watch.Added, object(n)))
	}
}

// read takes out what is in the watcher's channel, and does not wait for more.
func read(t *testing.T, w watch.Interface) (got []int) {
	for {
		select {
		case e, ok := <-w.ResultChan():
			if !ok {
				return got
			}
			got = append(got, number(t, e))
		default:
			return got
		}
	}
}

// readAll reads until the channel is closed.
func readAll(t *testing.T, w watch.Interface) (got []int) {
	for e := range w.ResultChan() {
		got = append(got, number(t, e))
	}
	return got
}

func from(first, last int) (out []int) {
	for n := first; n <= last; n++ {
		out = append(out, n)
	}
	return out
}

// later does something on a goroutine of its own, and returns a function that tells whether it is done.
func later(do func()) (isDone func() bool) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	return func() bool {
		synctest.Wait()
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
}

func TestWatchersGetWhatIsSentWhileTheyWatch(t *testing.T) {
	for name, behavior := range map[string]broadcast.FullChannelBehavior{"wait": wait, "drop": drop} {
		t.Run(name, func(t *testing.T) {
			b := broadcast.NewBroadcaster(100, behavior)
			send(t, b, 1, 3) // nobody watches
			early := open(t, b)
			send(t, b, 4, 6)
			late := open(t, b)
			send(t, b, 7, 9)
			early.Stop()
			send(t, b, 10, 12)
			b.Shutdown()
			require.Equal(t, from(4, 9), readAll(t, early), "what was sent before Stop can still be read")
			require.Equal(t, from(7, 12), readAll(t, late), "what was sent before Shutdown can still be read")
			require.Zero(t, b.Dropped())
		})
	}
}

func TestPrefixComesFirst(t *testing.T) {
	b := broadcast.NewBroadcaster(2, drop)
	w, err := b.WatchWithPrefix([]watch.Event{{Type: watch.Added, Object: object(1)}, {Type: watch.Added, Object: object(2)}, {Type: watch.Added, Object: object(3)}})
	require.NoError(t, err)
	other := open(t, b)
	send(t, b, 4, 5)
	b.Shutdown()
	require.Equal(t, from(1, 4), readAll(t, w), "there is room for the prefix and one event more")
	require.Equal(t, from(4, 5), readAll(t, other), "the prefix is for one watcher alone")
	require.EqualValues(t, 1, b.Dropped())
}

func TestRoomForEvents(t *testing.T) {
	for name, tc := range map[string]struct {
		broadcaster *broadcast.Broadcaster
		room        int
	}{
		"drop":                   {broadcast.NewBroadcaster(10, drop), 10},
		"drop, long queue":       {broadcast.NewLongQueueBroadcaster(10, drop), 10},
		"drop, no queue":         {broadcast.NewBroadcaster(0, drop), 0},
		"drop, below no queue":   {broadcast.NewBroadcaster(-1, drop), 0},
		"wait":                   {broadcast.NewBroadcaster(10, wait), 10 + 26},
		"wait, no queue":         {broadcast.NewBroadcaster(0, wait), fitting},
		"wait, long queue":       {broadcast.NewLongQueueBroadcaster(10, wait), 10 + 11},
		"wait, long, no queue":   {broadcast.NewLongQueueBroadcaster(0, wait), 1},
		"wait, long, below none": {broadcast.NewLongQueueBroadcaster(-5, wait), 1},
		"a behavior that isn't":  {broadcast.NewBroadcaster(0, 7), fitting}, // waits, as upstream
	} {
		t.Run(name, func(t *testing.T) {
			w := open(t, tc.broadcaster)
			for n := 1; n <= tc.room; n++ {
				sent, err := tc.broadcaster.ActionOrDrop(watch.Added, object(n))
				require.NoError(t, err)
				require.True(t, sent, "event %d", n)
			}
			sent, err := tc.broadcaster.ActionOrDrop(watch.Added, object(0))
			require.NoError(t, err)
			dropped := tc.broadcaster.Dropped()
			require.Equal(t, dropped == 1, sent, "under drop it is sent to those who have room, and counted for the others")
			tc.broadcaster.Shutdown()
			require.Equal(t, from(1, tc.room), readAll(t, w))
		})
	}
}

func TestFullWatcherUnderDropMissesWhatItHasNoRoomFor(t *testing.T) {
	b := broadcast.NewBroadcaster(10, drop)
	slow, fast := open(t, b), open(t, b)
	send(t, b, 1, 10)
	require.Equal(t, from(1, 10), read(t, fast))
	send(t, b, 11, 15)
	require.Equal(t, from(11, 15), read(t, fast), "a full watcher takes nothing from others")
	require.EqualValues(t, 5, b.Dropped())

	require.Equal(t, from(1, 10), read(t, slow))
	send(t, b, 16, 17)
	b.Shutdown()
	require.Equal(t, from(16, 17), readAll(t, slow), "who has read again has room again")
	require.Equal(t, from(16, 17), readAll(t, fast))
	require.EqualValues(t, 5, b.Dropped())
}

func TestDroppedCountsForEachWatcher(t *testing.T) {
	b := broadcast.NewBroadcaster(1, drop)
	first, second := open(t, b), open(t, b)
	send(t, b, 1, 4)
	require.EqualValues(t, 6, b.Dropped())
	first.Stop()
	send(t, b, 5, 5)
	require.EqualValues(t, 7, b.Dropped(), "who has stopped misses nothing")
	second.Stop()
	b.Shutdown()
	require.EqualValues(t, 7, b.Dropped())
}

func TestActionWaitsForFullWatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		slow, fast := open(t, b), open(t, b)
		send(t, b, 1, fitting)
		require.Equal(t, from(1, fitting), read(t, fast))

		done := later(func() { send(t, b, 27, 27) })
		require.False(t, done())
		require.Equal(t, from(27, 27), read(t, fast), "who has room gets the event before the sender waits for others")

		next := later(func() { send(t, b, 28, 28) })
		require.False(t, next())
		require.Empty(t, read(t, fast), "an event that has to wait its turn is nobody's yet")

		require.Equal(t, 1, number(t, <-slow.ResultChan()))
		require.True(t, done())
		require.False(t, next())
		require.Equal(t, from(28, 28), read(t, fast))

		require.Equal(t, 2, number(t, <-slow.ResultChan()))
		require.True(t, next())
		b.Shutdown()
		require.Equal(t, from(3, 28), readAll(t, slow))
		require.Zero(t, b.Dropped())
	})
}

// An event goes to all or, if that takes time, to nobody.
func TestActionOrDropNeverWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		fast, slow := open(t, b), open(t, b)
		send(t, b, 1, fitting)
		read(t, fast)
		sent, err := b.ActionOrDrop(watch.Added, object(99))
		require.NoError(t, err)
		require.False(t, sent)
		require.Empty(t, read(t, fast))

		done := later(func() { send(t, b, 27, 27) })
		require.False(t, done())
		sent, err = b.ActionOrDrop(watch.Added, object(99))
		require.NoError(t, err)
		require.False(t, sent, "it must not overtake the one that waits")

		require.Equal(t, from(27, 27), read(t, fast))
		require.Equal(t, from(1, 27), read(t, slow))
		require.True(t, done())
		sent, err = b.ActionOrDrop(watch.Added, object(28))
		require.NoError(t, err)
		require.True(t, sent)
		b.Shutdown()
		require.Equal(t, from(28, 28), readAll(t, fast))
		require.Equal(t, from(28, 28), readAll(t, slow))
	})
}

// For a moment nobody is full, but there is an event on its way: whoever reads has made room, and the Action that waited
// for that isn't awake yet.
func TestActionOrDropDoesNotOvertake(t *testing.T) {
	for range 300 {
		synctest.Test(t, func(t *testing.T) {
			b := broadcast.NewBroadcaster(0, wait)
			first, second := open(t, b), open(t, b)
			send(t, b, 1, fitting)
			done := later(func() { send(t, b, 27, 27) })
			require.False(t, done())
			read(t, second)
			<-first.ResultChan() // makes room for 27
			<-first.ResultChan() // and for one more
			sent, err := b.ActionOrDrop(watch.Added, object(28))
			require.NoError(t, err)
			b.Shutdown()
			last := 27
			if sent {
				last = 28
			}
			require.Equal(t, from(3, last), readAll(t, first))
			require.Equal(t, from(27, last), readAll(t, second))
			require.True(t, done())
		})
	}
}

// An Action that has waited for a watcher goes on when Stop is called, maybe before Stop has taken the watcher from the
// list. Then there may be room in it, but what comes now comes too late.
func TestStopLeavesNoHole(t *testing.T) {
	for range 10_000 {
		b := broadcast.NewLongQueueBroadcaster(0, wait)
		w := open(t, b)
		send(t, b, 1, 1)
		var got []int
		var all sync.WaitGroup
		all.Go(func() { send(t, b, 2, 5) })
		all.Go(w.Stop)
		all.Go(func() {
			for range 50 {
				b.Dropped() // so that Stop has to wait for the lock
			}
		})
		all.Go(func() { got = readAll(t, w) })
		all.Wait()
		b.Shutdown()
		require.Equal(t, from(1, len(got)), got)
	}
}

// Each Action that has waited for its turn wakes the next, also if it need not wait for a watcher itself.
func TestAllWhoWaitGetTheirTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		w := open(t, b)
		send(t, b, 1, fitting)
		for n := fitting + 1; n <= fitting+20; n++ {
			require.False(t, later(func() { send(t, b, n, n) })())
		}
		for range fitting {
			<-w.ResultChan()
		}
		synctest.Wait()
		require.Equal(t, from(fitting+1, fitting+20), read(t, w), "in the order in which they came")
		b.Shutdown()
	})
}

func TestStopFreesWhoeverWaitsForTheWatcher(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		stuck, other := open(t, b), open(t, b)
		send(t, b, 1, fitting)
		read(t, other)
		done := later(func() { send(t, b, 27, 29) })
		require.False(t, done())
		stuck.Stop()
		require.True(t, done())
		b.Shutdown()
		require.Equal(t, from(1, fitting), readAll(t, stuck))
		require.Equal(t, from(27, 29), readAll(t, other))
	})
}

// A watcher can leave while an Action waits for another one, before or after its own turn in the Action's round.
func TestStopWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		first, stuck, third := open(t, b), open(t, b), open(t, b)
		send(t, b, 1, fitting)
		done := later(func() { send(t, b, 27, 27) })
		require.False(t, done())
		<-first.ResultChan()
		require.False(t, done())
		for _, w := range []watch.Interface{first, third} {
			require.True(t, later(w.Stop)())
			readAll(t, w)
		}
		require.False(t, done(), "stuck is full as before")
		<-stuck.ResultChan()
		require.True(t, done())
		b.Shutdown()
		require.Equal(t, from(2, 27), readAll(t, stuck))
	})
}

func TestWatchWhileAnActionWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		stuck := open(t, b)
		send(t, b, 1, fitting)
		done := later(func() { send(t, b, 27, 27) })
		require.False(t, done())
		next := later(func() { send(t, b, 28, 28) })
		require.False(t, next())
		var w watch.Interface
		require.True(t, later(func() { w = open(t, b) })())
		stuck.Stop()
		require.True(t, done())
		require.True(t, next())
		b.Shutdown()
		require.Equal(t, from(28, 28), readAll(t, w), "27 was accepted before, 28 was not")
	})
}

// What is accepted is delivered, what is not returns an error.
func TestShutdownWhileActionsWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		slow, fast := open(t, b), open(t, b)
		send(t, b, 1, fitting)
		read(t, fast)
		accepted := later(func() { send(t, b, 27, 27) })
		require.False(t, accepted())
		var refused [3]error
		for i := range refused {
			later(func() { refused[i] = b.Action(watch.Added, object(99)) })
		}
		synctest.Wait()

		downs := []func() bool{later(b.Shutdown), later(b.Shutdown)}
		for _, down := range downs {
			require.False(t, down(), "an accepted event has still to be delivered")
		}
		for _, err := range refused {
			require.ErrorIs(t, err, broadcast.ErrShutDown)
		}
		require.Equal(t, from(1, 27), readAll(t, slow))
		require.Equal(t, from(27, 27), readAll(t, fast))
		require.True(t, accepted())
		for _, down := range downs {
			require.True(t, down())
		}
	})
}

func TestStopFreesShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := broadcast.NewBroadcaster(0, wait)
		stuck := open(t, b)
		send(t, b, 1, fitting)
		done := later(func() { send(t, b, 27, 27) })
		require.False(t, done())
		down := later(b.Shutdown)
		require.False(t, down())
		var stops sync.WaitGroup
		for range 3 {
			stops.Go(stuck.Stop)
		}
		stops.Wait()
		require.True(t, down())
		require.True(t, done())
		require.Equal(t, from(1, fitting), readAll(t, stuck))
	})
}

// Watchers that nobody reads hold up no Shutdown as long as no Action waits for them.
func TestShutdownDoesNotWaitForReaders(t *testing.T) {
	b := broadcast.NewBroadcaster(0, wait)
	full := open(t, b)
	send(t, b, 1, fitting)
	b.Shutdown()
	require.Equal(t, from(1, fitting), readAll(t, full))
}

func TestAfterShutdown(t *testing.T) {
	for name, behavior := range map[string]broadcast.FullChannelBehavior{"wait": wait, "drop": drop} {
		t.Run(name, func(t *testing.T) {
			b := broadcast.NewBroadcaster(1, behavior)
			w := open(t, b)
			b.Shutdown()
			b.Shutdown()
			w.Stop()
			w.Stop()
			require.Empty(t, readAll(t, w))

			err := b.Action(watch.Modified, object(1))
			require.ErrorIs(t, err, broadcast.ErrShutDown)
			require.EqualError(t, err, "broadcast MODIFIED event: broadcaster is shut down")
			sent, err := b.ActionOrDrop(watch.Added, object(1))
			require.ErrorIs(t, err, broadcast.ErrShutDown)
			require.False(t, sent)
			none, err := b.Watch()
			require.ErrorIs(t, err, broadcast.ErrShutDown)
			require.EqualError(t, err, "watch: broadcaster is shut down")
			require.Nil(t, none)
			none, err = b.WatchWithPrefix([]watch.Event{{Type: watch.Added, Object: object(1)}})
			require.ErrorIs(t, err, broadcast.ErrShutDown)
			require.Nil(t, none)
		})
	}
}

func TestEventsPassAsTheyAre(t *testing.T) {
	b := broadcast.NewBroadcaster(2, drop)
	w := open(t, b)
	obj := object(1)
	require.NoError(t, b.Action(watch.Error, nil))
	require.NoError(t, b.Action("UNHEARD-OF", obj))
	b.Shutdown()
	require.Equal(t, watch.Event{Type: watch.Error}, <-w.ResultChan())
	e := <-w.ResultChan()
	require.EqualValues(t, "UNHEARD-OF", e.Type)
	require.Same(t, obj, e.Object)
}
