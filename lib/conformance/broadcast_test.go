package conformance_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/broadcast"
)

// broadcaster is that of apimachinery, or ours.
type broadcaster interface {
	Watch() (watch.Interface, error)
	WatchWithPrefix([]watch.Event) (watch.Interface, error)
	Action(watch.EventType, runtime.Object) error
	ActionOrDrop(watch.EventType, runtime.Object) (bool, error)
	Shutdown()
}

// audience is a broadcaster with its watchers.
type audience struct {
	broadcaster
	watchers []watch.Interface
	seen     []string // what methods have returned and watchers have read in this step
}

func (a *audience) add(w watch.Interface, err error) {
	a.sees("watch", err != nil)
	if err == nil {
		a.watchers = append(a.watchers, w)
	}
}

func (a *audience) sees(what ...any) { a.seen = append(a.seen, fmt.Sprintln(what...)) }

// take reads at most n events from watcher i, without waiting for any.
func (a *audience) take(i, n int) {
	for range n {
		select {
		case e, ok := <-a.watchers[i].ResultChan():
			if !ok {
				a.sees(i, "is closed")
				return
			}
			a.sees(i, "reads", e.Type, e.Object.(*corev1.Event).Name)
			synctest.Wait() // upstream's next event moves up
		default:
			return
		}
	}
}

func (a *audience) takeAll(n int) {
	for i := range a.watchers {
		a.take(i, n)
	}
}

func happening(n int) watch.Event {
	kinds := []watch.EventType{watch.Added, watch.Modified, watch.Deleted, watch.Bookmark, watch.Error}
	return watch.Event{Type: kinds[n%len(kinds)], Object: &corev1.Event{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint(n)}}}
}

// broadcastScript is what is done to both broadcasters.
type broadcastScript struct {
	random        *rand.Rand
	length        int
	waits, isLong bool

	next  int // event
	story []string
}

func (s *broadcastScript) theirs() broadcaster {
	behavior := watch.DropIfChannelFull
	if s.waits {
		behavior = watch.WaitIfChannelFull
	}
	if s.isLong {
		return watch.NewLongQueueBroadcaster(s.length, behavior)
	}
	return watch.NewBroadcaster(s.length, behavior)
}

func (s *broadcastScript) ours() broadcaster {
	behavior := broadcast.DropIfChannelFull
	if s.waits {
		behavior = broadcast.WaitIfChannelFull
	}
	if s.isLong {
		return broadcast.NewLongQueueBroadcaster(s.length, behavior)
	}
	return broadcast.NewBroadcaster(s.length, behavior)
}

// TestBroadcastersAgree does the same random things to both, and compares what each watcher reads and what each method
// returns. Under wait, the watchers read in time until the end, for once somebody waits, ours does more than upstream: see
// the exceptions below. At the end nobody reads, until nothing more is accepted.
func TestBroadcastersAgree(t *testing.T) {
	seeds := uint64(400)
	if testing.Short() {
		seeds = 100
	}
	for seed := range seeds {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 6))
			s := &broadcastScript{random: random, length: random.IntN(5), waits: seed%2 == 0, isLong: random.IntN(2) == 0}
			if s.waits {
				s.length++ // or each event has to be waited for
			}
			theirs, ours := &audience{broadcaster: s.theirs()}, &audience{broadcaster: s.ours()}
			synctest.Wait()
			play := func(name string, do func(*audience)) {
				s.story = append(s.story, name)
				for _, a := range []*audience{theirs, ours} {
					a.seen = nil
					do(a)
					synctest.Wait()
				}
				if !slices.Equal(theirs.seen, ours.seen) {
					require.Equal(t, theirs.seen, ours.seen, "seed %d: expected is apimachinery; the last of\n%s", seed, strings.Join(s.story, "\n"))
				}
			}
			for range 80 {
				if s.waits {
					play("all read", func(a *audience) { a.takeAll(10) })
				}
				play(s.step(len(theirs.watchers)))
			}
			for range 2 * (s.length + 26) {
				play(s.sendOrDrop())
			}
			play("Shutdown", func(a *audience) { go a.Shutdown() })
			play("all read", func(a *audience) {
				for range s.length + 40 {
					a.takeAll(1) // upstream needs them all to read
				}
			})
			play("Watch", func(a *audience) { a.add(a.Watch()) })
			play("Action", func(a *audience) { a.sees(a.Action(watch.Added, nil) != nil) })
			play(s.sendOrDrop())
			for i := range theirs.watchers {
				play("Stop", func(a *audience) { a.watchers[i].Stop() })
			}
		})
	}
}

func (s *broadcastScript) step(watchers int) (name string, do func(*audience)) {
	switch n := s.random.IntN(20); {
	case n < 9:
		s.next++
		e := happening(s.next)
		return fmt.Sprintf("Action %d", s.next), func(a *audience) { a.sees("action", a.Action(e.Type, e.Object)) }
	case n < 12:
		return s.sendOrDrop()
	case n == 12:
		return "Watch", func(a *audience) { a.add(a.Watch()) }
	case n == 13:
		var prefix []watch.Event
		for range s.random.IntN(6) {
			s.next++
			prefix = append(prefix, happening(s.next))
		}
		return fmt.Sprintf("WatchWithPrefix of %d", len(prefix)), func(a *audience) { a.add(a.WatchWithPrefix(prefix)) }
	case watchers == 0:
		return "nothing", func(*audience) {}
	case n == 14:
		i := s.random.IntN(watchers)
		return fmt.Sprintf("Stop %d", i), func(a *audience) { a.watchers[i].Stop() }
	}
	i, most := s.random.IntN(watchers), 1+s.random.IntN(4)
	return fmt.Sprintf("read %d, %d", i, most), func(a *audience) { a.take(i, most) }
}

func (s *broadcastScript) sendOrDrop() (name string, do func(*audience)) {
	s.next++
	e := happening(s.next)
	return fmt.Sprintf("ActionOrDrop %d", s.next), func(a *audience) {
		sent, err := a.ActionOrDrop(e.Type, e.Object)
		a.sees("action or drop", sent, err != nil)
	}
}

// Under wait, with one watcher that has no room: apimachinery's Watch and Shutdown wait, behind the events in its queue,
// and a watcher that has room doesn't get those events. Ours have been delivered to whoever has room, and only who
// sends waits.
func TestException_FullWatcherHoldsUpSendersOnly(t *testing.T) {
	for name, call := range map[string]func(broadcaster){
		"Watch":    func(b broadcaster) { _, _ = b.Watch() },
		"Shutdown": broadcaster.Shutdown,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				behind, returned := besideFullWatcher(t, watch.NewBroadcaster(1, watch.WaitIfChannelFull), call)
				require.GreaterOrEqual(t, behind, 25) // one more if the full watcher's turn came first
				require.False(t, returned)
			})
			synctest.Test(t, func(t *testing.T) {
				behind, returned := besideFullWatcher(t, broadcast.NewBroadcaster(1, broadcast.WaitIfChannelFull), call)
				require.Zero(t, behind)
				require.True(t, returned)
			})
		})
	}
}

// besideFullWatcher fills one of two watchers until nothing is accepted any more, and then makes a call. It tells how many
// of the accepted events the other watcher, which reads, doesn't have, and whether the call returns by itself.
func besideFullWatcher(t *testing.T, b broadcaster, call func(broadcaster)) (behind int, returned bool) {
	full, err := b.Watch()
	require.NoError(t, err)
	reader, err := b.Watch()
	require.NoError(t, err)
	accepted := 0
	var got atomic.Int64
	go func() {
		for range reader.ResultChan() {
			got.Add(1)
		}
	}()
	for sent := true; sent; synctest.Wait() {
		sent, err = b.ActionOrDrop(watch.Added, nil)
		require.NoError(t, err)
		if sent {
			accepted++
		}
	}
	behind = accepted - int(got.Load())
	var done atomic.Bool
	go func() {
		call(b)
		done.Store(true)
	}()
	synctest.Wait()
	returned = done.Load()
	full.Stop()
	synctest.Wait()
	b.Shutdown()
	return behind, returned
}
