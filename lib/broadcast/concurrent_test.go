package broadcast_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/broadcast"
)

const (
	senders   = 4
	eachSends = 30
	witnesses = 2 // watchers that are there from the beginning to the end
	visitors  = 4 // that come and go
)

// crowd is a broadcaster with all that can happen to it, at the same time.
type crowd struct {
	t           *testing.T
	broadcaster *broadcast.Broadcaster

	mu       sync.Mutex
	accepted map[int]bool
	seen     [][]int // what each of the witnesses, and of the visitors after them, has read
}

// TestManyGoroutines has many who send, watch, stop and shut down at once, under both behaviors. Those who watch slowly
// sleep on the fake clock, which lets any interleaving happen.
func TestManyGoroutines(t *testing.T) {
	for seed := range seeds(t, 20_000) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 1))
			behavior := broadcast.FullChannelBehavior(random.IntN(2))
			c := &crowd{t: t, accepted: map[int]bool{}, seen: make([][]int, witnesses+visitors)}
			c.broadcaster = broadcast.NewLongQueueBroadcaster(random.IntN(5), behavior)
			c.play(seed, random.IntN(2) == 0)
			c.checkAccepted(behavior, seed)
			c.checkOrder(seed)
		})
	}
}

// play returns when all are gone. With early, Shutdown comes while events are sent.
func (c *crowd) play(seed int, early bool) {
	var sending, watching sync.WaitGroup
	for i := range witnesses {
		w := open(c.t, c.broadcaster)
		random := rand.New(rand.NewPCG(uint64(seed), uint64(10+i)))
		watching.Go(func() { c.seen[i] = c.watch(w, random, 1_000_000) })
	}
	for i := range visitors {
		random := rand.New(rand.NewPCG(uint64(seed), uint64(20+i)))
		watching.Go(func() {
			time.Sleep(time.Duration(random.IntN(50)))
			if w, err := c.broadcaster.Watch(); err == nil {
				c.seen[witnesses+i] = c.watch(w, random, random.IntN(60))
			}
		})
	}
	for i := range senders {
		random := rand.New(rand.NewPCG(uint64(seed), uint64(30+i)))
		sending.Go(func() { c.send(i, random) })
	}
	if early {
		time.Sleep(50 * time.Nanosecond)
	} else {
		sending.Wait()
	}
	for range 2 {
		watching.Go(c.broadcaster.Shutdown)
	}
	sending.Wait()
	watching.Wait()
}

// watch reads at most n events, at its own speed, and what is left in the channel after Stop.
func (c *crowd) watch(w watch.Interface, random *rand.Rand, n int) (got []int) {
	for e := range w.ResultChan() {
		got = append(got, number(c.t, e))
		if len(got) >= n {
			break
		}
		if random.IntN(3) == 0 {
			time.Sleep(time.Duration(random.IntN(10)))
		}
	}
	var stops sync.WaitGroup
	for range 2 {
		stops.Go(w.Stop)
	}
	stops.Wait()
	return append(got, readAll(c.t, w)...)
}

func (c *crowd) send(sender int, random *rand.Rand) {
	for i := range eachSends {
		event := sender*eachSends + i
		var err error
		sent := true
		if random.IntN(4) == 0 {
			sent, err = c.broadcaster.ActionOrDrop(watch.Added, object(event))
		} else {
			err = c.broadcaster.Action(watch.Added, object(event))
		}
		if errors.Is(err, broadcast.ErrShutDown) {
			return
		}
		require.NoError(c.t, err)
		c.mu.Lock()
		c.accepted[event] = sent
		c.mu.Unlock()
		if random.IntN(3) == 0 {
			time.Sleep(time.Duration(random.IntN(5)))
		}
	}
}

// checkAccepted holds what the witnesses have read against what was accepted.
func (c *crowd) checkAccepted(behavior broadcast.FullChannelBehavior, seed int) {
	accepted := 0
	for _, sent := range c.accepted {
		if sent {
			accepted++
		}
	}
	for _, seen := range c.seen {
		for _, event := range seen {
			require.True(c.t, c.accepted[event], "event %d was not accepted, but delivered; seed %d", event, seed)
		}
	}
	if behavior == wait {
		for i := range witnesses {
			require.Len(c.t, c.seen[i], accepted, "nothing that is accepted is lost, seed %d", seed)
		}
		require.Zero(c.t, c.broadcaster.Dropped())
	}
}

// checkOrder puts the events in one order, that of all watchers: each sees a part of it, without holes when nothing is
// dropped.
func (c *crowd) checkOrder(seed int) {
	place := map[int]int{}
	for i, event := range c.seen[0] {
		place[event] = i
	}
	for who, seen := range c.seen {
		require.Len(c.t, slices.Compact(slices.Sorted(slices.Values(seen))), len(seen), "watcher %d has an event twice, seed %d", who, seed)
		last := -1
		for _, event := range seen {
			at, known := place[event]
			if !known { // dropped by the first witness
				continue
			}
			require.Less(c.t, last, at, "watcher %d, seed %d", who, seed)
			last = at
		}
		if c.broadcaster.Dropped() == 0 && len(seen) > 0 {
			require.Equal(c.t, len(seen)-1, place[seen[len(seen)-1]]-place[seen[0]], "watcher %d has a hole, seed %d", who, seed)
		}
		for sender := range senders {
			own := slices.DeleteFunc(slices.Clone(seen), func(event int) bool { return event/eachSends != sender })
			require.True(c.t, slices.IsSorted(own), "the events of sender %d in watcher %d, seed %d", sender, who, seed)
		}
	}
}

// What is sent is delivered or dropped, for each watcher, and the senders don't wait for any of them.
func TestCountsAddUpUnderDrop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const each = 500
		b := broadcast.NewBroadcaster(10, drop)
		pauses := []time.Duration{0, time.Millisecond, time.Hour} // after each event that a watcher reads
		delivered := make([]int, len(pauses))
		var sending, reading sync.WaitGroup
		for i, pause := range pauses {
			w := open(t, b)
			reading.Go(func() {
				for range w.ResultChan() {
					delivered[i]++
					time.Sleep(pause)
				}
			})
		}
		start := time.Now()
		for i := range senders {
			sending.Go(func() {
				for n := range each {
					send(t, b, i*each+n, i*each+n)
					time.Sleep(time.Microsecond)
				}
			})
		}
		sending.Wait()
		require.Equal(t, each*time.Microsecond, time.Since(start))
		b.Shutdown()
		reading.Wait()
		require.Equal(t, senders*each, delivered[0], "whoever is fast enough misses nothing")
		require.Equal(t, 11, delivered[2], "the one that it reads for an hour, and ten that wait")
		require.EqualValues(t, len(pauses)*senders*each, uint64(delivered[0]+delivered[1]+delivered[2])+b.Dropped())
	})
}
