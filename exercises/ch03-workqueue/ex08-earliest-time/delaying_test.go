package earliesttime_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	earliesttime "client-go-workbook/exercises/ch03-workqueue/ex08-earliest-time"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/workqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	onTime = invariant.Invariant{
		Says: "an item is added when its delay has passed: not before, and not after",
		Read: "README.md, Invariant; lib/workqueue/delaying.go, delaying.AddAfter",
	}
	earlier = invariant.Invariant{
		Says: "if an item waits already, the earlier time counts, and it is added once",
		Read: "README.md, second paragraph; lib/workqueue/waiting.go, waiting.add",
	}
	atOnce = invariant.Invariant{
		Says: "AddAfter doesn't wait; what has no delay is in the queue when it returns",
		Read: "README.md, Task; lib/workqueue/delaying.go, delaying.AddAfter",
	}
	never = invariant.Invariant{
		Says: "after ShutDown nothing waits, and nothing is added",
		Read: "README.md, What the tests verify; lib/workqueue/delaying.go, TypedDelayingInterface",
	}
	locked = invariant.Invariant{
		Says: "whoever reads or changes what is due holds d.mu",
		Read: "delaying.go, Delaying; lib/workqueue/delaying.go, delaying",
	}
	oneTimer = invariant.Invariant{
		Says: "there is one timer, however many items wait, and no goroutine",
		Read: "README.md, third paragraph; lib/workqueue/delaying.go, delaying",
	}
)

// logging is a queue that notes when what is added: "cart 5s".
type logging struct {
	workqueue.TypedInterface[string]
	began time.Time
	onAdd func()
	onAsk func() // called by ShuttingDown, when it has its answer

	mu  sync.Mutex
	log []string
}

func (l *logging) Add(item string) {
	l.mu.Lock()
	l.log = append(l.log, fmt.Sprint(item, " ", time.Since(l.began)))
	l.mu.Unlock()
	l.TypedInterface.Add(item)
	if l.onAdd != nil {
		l.onAdd()
	}
}

func (l *logging) ShuttingDown() bool {
	down := l.TypedInterface.ShuttingDown()
	if l.onAsk != nil {
		l.onAsk()
	}
	return down
}

func (l *logging) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(l.log, ", ")
}

// later runs a test with a Delaying.
func later(t *testing.T, rule invariant.Invariant, test func(t *testing.T, d *earliesttime.Delaying, q *logging)) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) {
		q := &logging{TypedInterface: workqueue.NewTyped[string](), began: time.Now()}
		d := earliesttime.New(q)
		defer d.ShutDown()
		defer bubble.Catch(t, rule, "add items later")
		test(t, d, q)
	})
}

// pass lets time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestItemsComeOnTime(t *testing.T) {
	later(t, onTime, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", 10*time.Second)
		pass(time.Minute)
		onTime.Equal(t, "cart 10s", q.String(), "AddAfter(cart, 10s), then wait for a minute")
	})
}

func TestTimerGoesToWhoIsFirst(t *testing.T) {
	for _, order := range [][]int{{10, 20, 30}, {30, 20, 10}, {20, 10, 30}, {20, 30, 10}} {
		later(t, onTime, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
			for _, seconds := range order {
				d.AddAfter(fmt.Sprint("item-", seconds), time.Duration(seconds)*time.Second)
			}
			pass(time.Minute)
			onTime.Equal(t, "item-10 10s, item-20 20s, item-30 30s", q.String(), "add three items after %d seconds", order)
		})
	}
}

func TestDelaysCountFromNow(t *testing.T) {
	later(t, onTime, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", 10*time.Second)
		pass(4 * time.Second)
		d.AddAfter("door", 5*time.Second)
		pass(4 * time.Second)
		d.AddAfter("lamp", 500*time.Millisecond)
		pass(time.Minute)
		onTime.Equal(t, "lamp 8.5s, door 9s, cart 10s", q.String(), "at 0s AddAfter(cart, 10s), at 4s AddAfter(door, 5s), at 8s AddAfter(lamp, 0.5s)")
	})
}

func TestEarlierTimeCounts(t *testing.T) {
	for _, test := range []struct {
		name   string
		delays []time.Duration // of cart, one after the other
		want   string
	}{
		{"the first is earlier", []time.Duration{5 * time.Second, 30 * time.Second}, "cart 5s"},
		{"the second is earlier", []time.Duration{30 * time.Second, 5 * time.Second}, "cart 5s"},
		{"the one in the middle is", []time.Duration{30 * time.Second, 5 * time.Second, 10 * time.Second}, "cart 5s"},
		{"all are the same", []time.Duration{5 * time.Second, 5 * time.Second, 5 * time.Second}, "cart 5s"},
	} {
		t.Run(test.name, func(t *testing.T) {
			later(t, earlier, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
				for _, delay := range test.delays {
					d.AddAfter("cart", delay)
				}
				pass(time.Minute)
				earlier.Equal(t, test.want, q.String(), "AddAfter(cart, …) with %v at once", test.delays)
			})
		})
	}
}

// What counts is when an item is due, not how long its delay is.
func TestLaterCallMayBeEarlier(t *testing.T) {
	later(t, earlier, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", 10*time.Second)
		pass(8 * time.Second)
		d.AddAfter("cart", 5*time.Second)
		pass(time.Minute)
		earlier.Equal(t, "cart 10s", q.String(), "at 0s AddAfter(cart, 10s), at 8s AddAfter(cart, 5s)")
	})
	later(t, earlier, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", 20*time.Second)
		pass(8 * time.Second)
		d.AddAfter("cart", 11*time.Second)
		pass(time.Minute)
		earlier.Equal(t, "cart 19s", q.String(), "at 0s AddAfter(cart, 20s), at 8s AddAfter(cart, 11s)")
	})
}

func TestItemMayWaitAgain(t *testing.T) {
	later(t, earlier, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", time.Second)
		pass(2 * time.Second)
		d.AddAfter("cart", 30*time.Second)
		pass(time.Minute)
		earlier.Equal(t, "cart 1s, cart 32s", q.String(), "at 0s AddAfter(cart, 1s), at 2s, when it has come, AddAfter(cart, 30s)")
	})
}

func TestNoDelay(t *testing.T) {
	for _, delay := range []time.Duration{0, -time.Second, math.MinInt64} {
		later(t, atOnce, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
			d.AddAfter("cart", delay)
			atOnce.Equal(t, "cart 0s", q.String(), "AddAfter(cart, %v), and look into the queue", delay)
		})
	}
}

func TestNowTakesNothingBack(t *testing.T) {
	later(t, atOnce, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", 10*time.Second)
		d.AddAfter("cart", 0)
		pass(time.Minute)
		atOnce.Equal(t, "cart 0s, cart 10s", q.String(), "AddAfter(cart, 10s), AddAfter(cart, 0), and wait for a minute")
	})
}

func TestAddAfterDoesNotWait(t *testing.T) {
	later(t, atOnce, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", 10*time.Second)
		atOnce.Equal(t, time.Duration(0), time.Since(q.began), "AddAfter(cart, 10s): how long did that take")
		atOnce.Equal(t, 0, q.Len(), "AddAfter(cart, 10s): how many items has the queue when it returns")
	})
}

func TestVeryLongDelay(t *testing.T) {
	later(t, onTime, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", math.MaxInt64)
		d.AddAfter("door", time.Second)
		pass(time.Minute)
		onTime.Equal(t, "door 1s", q.String(), "AddAfter(cart, 292 years), AddAfter(door, 1s), and wait for a minute")
	})
}

func TestNothingComesAfterShutDown(t *testing.T) {
	later(t, never, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		d.AddAfter("cart", time.Second)
		d.ShutDown()
		d.AddAfter("door", time.Second)
		d.AddAfter("lamp", 0)
		pass(time.Minute)
		never.Equal(t, "", q.String(), "AddAfter(cart, 1s), shut down, AddAfter(door, 1s), AddAfter(lamp, 0), and wait for a minute: what is the queue asked to add")
	})
}

// Between the question whether it is the end, and what AddAfter makes of the answer, there is time for the end to come. A
// ShutDown that has to wait for the lock comes after both.
func TestShutDownWhileAddAfterIsAtWork(t *testing.T) {
	later(t, never, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		q.onAsk = func() {
			q.onAsk = nil
			var returned atomic.Bool
			go func() {
				d.ShutDown()
				returned.Store(true)
			}()
			for n := 0; n < 10_000 && !returned.Load(); n++ {
				runtime.Gosched()
			}
		}
		d.AddAfter("cart", time.Second)
		pass(time.Minute)
		never.Equal(t, "", q.String(), "AddAfter(cart, 1s), shut down while it asks the queue whether it is the end, and wait for a minute: what is the queue asked to add")
	})
}

func TestManyItemsOneTimer(t *testing.T) {
	later(t, oneTimer, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		before := runtime.NumGoroutine()
		for n := range 500 {
			d.AddAfter(fmt.Sprint("item-", n), time.Hour)
			d.AddAfter("cart", time.Hour-time.Duration(n))
		}
		oneTimer.Equal(t, true, runtime.NumGoroutine() < before+100, "a thousand calls of AddAfter: are there less than a hundred goroutines more than before")
		pass(2 * time.Hour)
		oneTimer.Equal(t, 501, len(q.log), "a thousand calls of AddAfter for 501 items: how often was one added")
	})
}

// The timer has the lock while it adds. An AddAfter that takes no lock doesn't wait for it, and has all the time here to
// return.
func TestTimerAndCallersTakeTurns(t *testing.T) {
	later(t, locked, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
		var returned atomic.Bool
		early := false
		q.onAdd = func() {
			q.onAdd = nil
			go func() {
				d.AddAfter("door", time.Second)
				returned.Store(true)
			}()
			for n := 0; n < 10_000 && !returned.Load(); n++ {
				runtime.Gosched()
			}
			early = returned.Load()
		}
		d.AddAfter("cart", time.Second)
		pass(time.Minute)
		locked.Equal(t, false, early, "AddAfter(door, 1s) while the timer adds what is due: does it return before the timer is through")
		onTime.Equal(t, "cart 1s, door 2s", q.String(), "AddAfter(cart, 1s); when it comes, AddAfter(door, 1s)")
	})
}

// Random delays at random times, told to a Delaying, and to a model that goes through all.
func TestModel(t *testing.T) {
	for seed := range uint64(40) {
		later(t, earlier, func(t *testing.T, d *earliesttime.Delaying, q *logging) {
			random := rand.New(rand.NewPCG(8, seed))
			var story []string
			due := map[string]time.Duration{}
			var want []string
			for range 40 {
				now, item := time.Since(q.began), string('a'+rune(random.IntN(4)))
				// Modulo 4ms each item has a time of its own, so no two are due at once.
				delay := time.Duration(4*random.IntN(5000)+int(item[0]-'a')+1) * time.Millisecond
				story = append(story, fmt.Sprintf("at %v AddAfter(%s, %v)", now, item, delay))
				d.AddAfter(item, delay)
				if at, waits := due[item]; !waits || now+delay < at {
					due[item] = now + delay
				}
				until := now + time.Duration(4*random.IntN(3000))*time.Millisecond
				want = append(want, take(due, until)...)
				pass(until - now)
				earlier.Equal(t, strings.Join(want, ", "), q.String(), "%s\nand wait until %v", strings.Join(story[max(0, len(story)-8):], "\n"), until)
			}
		})
	}
}

// take takes out what is due by a time, in its order.
func take(due map[string]time.Duration, until time.Duration) []string {
	var taken []string
	for {
		first := ""
		for item, at := range due {
			if at <= until && (first == "" || at < due[first]) {
				first = item
			}
		}
		if first == "" {
			return taken
		}
		taken = append(taken, fmt.Sprint(first, " ", due[first]))
		delete(due, first)
	}
}
