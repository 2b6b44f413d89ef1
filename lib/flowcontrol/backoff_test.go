package flowcontrol_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/flowcontrol"
)

const (
	initial = time.Second
	longest = 10 * time.Second
)

// fail notes n failures of id, now, and returns the delay after each.
func fail(b *flowcontrol.Backoff, id string, n int) []time.Duration {
	var delays []time.Duration
	for range n {
		b.Next(id, time.Now())
		delays = append(delays, b.Get(id))
	}
	return delays
}

func TestDelaysDoubleUpToTheMaximum(t *testing.T) {
	for name, c := range map[string]struct {
		initial, longest time.Duration
		want             []time.Duration
	}{
		"as a rule":          {initial, longest, []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, longest, longest}},
		"odd maximum":        {1, 5, []time.Duration{1, 2, 4, 5}},
		"no delay at all":    {0, 0, []time.Duration{0, 0}},
		"the first is large": {9, 5, []time.Duration{9, 5, 5}},
		"forever":            {1 << 61, math.MaxInt64, []time.Duration{1 << 61, 1 << 62, math.MaxInt64, math.MaxInt64}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := flowcontrol.NewBackOff(c.initial, c.longest)
				require.Zero(t, b.Get("a"))
				require.Equal(t, c.want, fail(b, "a", len(c.want)))
				require.Zero(t, b.Get("b"), "each id has its own")
			})
		})
	}
}

func TestASuccessForgets(t *testing.T) {
	b := flowcontrol.NewBackOff(initial, longest)
	for _, forget := range []func(string){b.Reset, b.DeleteEntry} {
		fail(b, "a", 3)
		fail(b, "b", 2)
		forget("a")
		forget("never seen")
		require.Zero(t, b.Get("a"))
		require.Equal(t, 2*time.Second, b.Get("b"))
		require.Equal(t, []time.Duration{initial}, fail(b, "a", 1))
		b.Reset("a")
		b.Reset("b")
	}
}

func TestSilenceForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := flowcontrol.NewBackOff(initial, longest)
		fail(b, "a", 3)
		time.Sleep(2 * longest)
		require.Equal(t, []time.Duration{8 * time.Second}, fail(b, "a", 1), "twice the maximum isn't long enough")
		time.Sleep(2*longest + 1)
		require.Equal(t, []time.Duration{initial}, fail(b, "a", 1))
	})
}

func TestGCForgetsTheExpired(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := flowcontrol.NewBackOff(initial, longest)
		fail(b, "old", 1)
		time.Sleep(longest)
		fail(b, "young", 1)
		time.Sleep(longest)
		b.GC()
		require.Equal(t, initial, b.Get("old"))
		time.Sleep(time.Nanosecond)
		require.Equal(t, initial, b.Get("old"), "nothing is forgotten behind the owner's back")
		b.GC()
		require.Zero(t, b.Get("old"))
		require.Equal(t, initial, b.Get("young"))
	})
}

func TestInBackOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := flowcontrol.NewBackOff(4*time.Second, longest)
		failed := time.Now()
		require.False(t, b.IsInBackOffSince("a", failed))
		require.False(t, b.IsInBackOffSinceUpdate("a", failed))
		b.Next("a", failed)

		require.True(t, b.IsInBackOffSince("a", failed))
		require.True(t, b.IsInBackOffSinceUpdate("a", failed.Add(4*time.Second-1)))
		require.False(t, b.IsInBackOffSinceUpdate("a", failed.Add(4*time.Second)))
		time.Sleep(4*time.Second - 1)
		require.True(t, b.IsInBackOffSince("a", failed))
		time.Sleep(time.Nanosecond)
		require.False(t, b.IsInBackOffSince("a", failed))

		long := failed.Add(2*longest + 1) // an event of after the entry expired
		require.False(t, b.IsInBackOffSince("a", long))
		require.False(t, b.IsInBackOffSinceUpdate("a", long))
	})
}

func TestTheOwnerMaySayWhenAnEntryExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := flowcontrol.NewBackOff(initial, longest)
		b.HasExpiredFunc = func(event, updated time.Time, max time.Duration) bool {
			require.Equal(t, longest, max)
			return event.Sub(updated) >= time.Minute
		}
		fail(b, "a", 2)
		time.Sleep(time.Minute - 1)
		b.GC()
		require.Equal(t, []time.Duration{4 * time.Second}, fail(b, "a", 1))
		time.Sleep(time.Minute)
		require.Equal(t, []time.Duration{initial}, fail(b, "a", 1))
		time.Sleep(time.Minute)
		b.GC()
		require.Zero(t, b.Get("a"))
	})
}

func TestJitterAddsAShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := flowcontrol.NewBackOffWithJitter(initial, longest, 0.5)
		distinct := map[time.Duration]bool{}
		for i := range 100 {
			id := fmt.Sprint(i)
			delays := fail(b, id, 6)
			require.GreaterOrEqual(t, delays[0], initial)
			require.LessOrEqual(t, delays[0], initial*3/2)
			for k := 1; k < len(delays); k++ {
				require.GreaterOrEqual(t, delays[k], min(2*delays[k-1], longest))
				require.LessOrEqual(t, delays[k], min(2*delays[k-1]+delays[k-1]/2, longest))
			}
			distinct[delays[0]] = true
		}
		require.Greater(t, len(distinct), 90, "clients that failed together part")
		require.Equal(t, []time.Duration{1, 2, 4}, fail(flowcontrol.NewBackOffWithJitter(1, 8, -1), "a", 3), "a negative factor is none")
	})
}

// TestRandomOperations compares with a model that remembers all failures and thinks again each time.
func TestRandomOperations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(1, 2))
		b := flowcontrol.NewBackOff(initial, longest)
		failures := map[string][]time.Time{} // since the last reset
		model := func(id string) time.Duration {
			var delay time.Duration
			for i, at := range failures[id] {
				if i == 0 || at.Sub(failures[id][i-1]) > 2*longest {
					delay = initial
				} else {
					delay = min(2*delay, longest)
				}
			}
			return delay
		}
		for range 5000 {
			id := string('a' + rune(random.IntN(3)))
			switch random.IntN(10) {
			case 0:
				b.Reset(id)
				delete(failures, id)
			case 1:
				b.GC()
				for id, f := range failures {
					if time.Since(f[len(f)-1]) > 2*longest {
						delete(failures, id)
					}
				}
			case 2, 3:
				time.Sleep(time.Duration(random.Int64N(int64(3 * longest))))
			default:
				b.Next(id, time.Now())
				failures[id] = append(failures[id], time.Now())
			}
			require.Equal(t, model(id), b.Get(id))
		}
	})
}

func TestManyGoroutines(t *testing.T) {
	b := flowcontrol.NewBackOffWithJitter(initial, longest, 1)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for k := range 200 {
				id := fmt.Sprint((i + k) % 5)
				b.Next(id, time.Now())
				if d := b.Get(id); d > longest {
					t.Errorf("delay %v", d)
				}
				b.IsInBackOffSince(id, time.Now())
				if k%50 == 0 {
					b.Reset(id)
					b.GC()
				}
			}
		})
	}
	wg.Wait()
}
