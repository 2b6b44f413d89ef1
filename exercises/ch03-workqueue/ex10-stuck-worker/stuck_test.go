package stuckworker_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	stuckworker "client-go-workbook/exercises/ch03-workqueue/ex10-stuck-worker"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/workqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	nobody = invariant.Invariant{
		Says: "who is busy, slow or has a long queue doesn't hang",
		Read: "README.md, second paragraph; lib/workqueue/metrics.go, MetricsProvider",
	}
	hang = invariant.Invariant{
		Says: "who has had the same item in work all the time between two samples hangs",
		Read: "README.md, Invariant; lib/workqueue/metrics.go, setUnfinished",
	}
	howMany = invariant.Invariant{
		Says: "each worker that hangs adds a second to unfinished in each second, whenever it began to hang",
		Read: "README.md, third paragraph; lib/workqueue/metrics.go, NewUnfinishedWorkSecondsMetric",
	}
)

// shop has a queue of items whose name says how many seconds they take: "5 s, #1". What is in release takes until then.
type shop struct {
	t       *testing.T
	metrics *stuckworker.Metrics
	queue   *workqueue.Typed[string]
	release map[string]chan struct{} // never changed
	freed   map[string]bool
	items   int
}

// open runs a test with a shop in which so many workers are at work.
func open(t *testing.T, rule invariant.Invariant, workers int, test func(s *shop)) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) {
		s := &shop{t: t, metrics: &stuckworker.Metrics{}, release: map[string]chan struct{}{}, freed: map[string]bool{}}
		s.queue = workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[string]{Name: "carts", MetricsProvider: s.metrics})
		for _, name := range []string{"for ever #1", "for ever #2", "for ever #3", "for ever #4", "for ever #5"} {
			s.release[name] = make(chan struct{})
		}
		for range workers {
			go s.work()
		}
		defer func() {
			s.queue.ShutDown()
			for name := range s.release {
				s.goesOn(name)
			}
			time.Sleep(24 * hour) // for the last items
		}()
		defer bubble.Catch(t, rule, "look at two samples")
		time.Sleep(250 * time.Millisecond) // so that nobody looks at the moment when the gauges are set
		test(s)
	})
}

func (s *shop) work() {
	for key, shutdown := s.queue.Get(); !shutdown; key, shutdown = s.queue.Get() {
		seconds := 0
		if c, ok := s.release[key]; ok {
			<-c
		} else if _, err := fmt.Sscan(key, &seconds); err == nil && !s.queue.ShuttingDown() {
			time.Sleep(time.Duration(seconds) * time.Second)
		}
		s.queue.Done(key)
	}
}

// hangs lets a worker hang from now on.
func (s *shop) hangs(numbers ...int) {
	for _, n := range numbers {
		s.queue.Add(fmt.Sprint("for ever #", n))
	}
	synctest.Wait()
}

// goesOn ends it.
func (s *shop) goesOn(name string) {
	if !s.freed[name] {
		s.freed[name] = true
		close(s.release[name])
	}
	synctest.Wait()
}

// item adds an item that takes so many seconds.
func (s *shop) item(seconds int) {
	s.items++
	s.queue.Add(fmt.Sprint(seconds, " s, #", s.items))
}

// busy lets time pass, in which an item that takes so long is added every second.
func (s *shop) busy(d time.Duration, seconds int) {
	for range d / time.Second {
		s.item(seconds)
		time.Sleep(time.Second)
	}
}

// look takes two samples, between which something happens.
func (s *shop) look(rule invariant.Invariant, want int, what string, happens func()) {
	s.t.Helper()
	before := s.metrics.Read()
	happens()
	after := s.metrics.Read()
	rule.Equal(s.t, want, stuckworker.Stuck(before, after), "%s; two samples, %v apart:\n%v\n%v", what, after.At.Sub(before.At), before, after)
}

const (
	tenMinutes = 10 * time.Minute
	hour       = time.Hour
)

func idle(d time.Duration) func() { return func() { time.Sleep(d) } }

func TestNothingToDo(t *testing.T) {
	open(t, nobody, 4, func(s *shop) { s.look(nobody, 0, "nothing to do", idle(tenMinutes)) })
}

func TestBusyWorkers(t *testing.T) {
	open(t, nobody, 8, func(s *shop) {
		s.busy(time.Minute, 7)
		s.look(nobody, 0, "eight workers, each second an item that takes 7s", func() { s.busy(tenMinutes, 7) })
	})
}

func TestTooFewWorkers(t *testing.T) {
	open(t, nobody, 2, func(s *shop) {
		s.busy(time.Minute, 7)
		s.look(nobody, 0, "two workers, each second an item that takes 7s", func() { s.busy(tenMinutes, 7) })
	})
}

func TestSlowItem(t *testing.T) {
	open(t, nobody, 4, func(s *shop) {
		s.item(9 * 60)
		s.look(nobody, 0, "an item that takes nine minutes", func() { s.busy(tenMinutes, 2) })
	})
	open(t, nobody, 4, func(s *shop) {
		s.look(nobody, 0, "after three minutes, an item that takes nine", func() {
			s.busy(3*time.Minute, 2)
			s.item(9 * 60)
			s.busy(7*time.Minute, 2)
		})
	})
}

func TestOneHangs(t *testing.T) {
	open(t, hang, 4, func(s *shop) {
		s.hangs(1)
		s.look(hang, 1, "one of four workers hangs, nothing else to do", idle(tenMinutes))
	})
	open(t, hang, 4, func(s *shop) {
		s.hangs(1)
		s.busy(time.Minute, 2)
		s.look(hang, 1, "one of four workers hangs, the others have much to do", func() { s.busy(tenMinutes, 2) })
	})
}

// The gauges in the second sample may be older than the hanging itself is longer than the time between the two.
func TestHangsSinceAMomentAgo(t *testing.T) {
	open(t, hang, 4, func(s *shop) {
		s.hangs(1)
		time.Sleep(100 * time.Millisecond)
		s.look(hang, 1, "one of four workers hangs, since 100ms before the first sample", idle(tenMinutes))
	})
}

func TestAllHang(t *testing.T) {
	open(t, howMany, 2, func(s *shop) {
		s.hangs(1, 2)
		s.look(howMany, 2, "both workers hang, and the queue grows", func() { s.busy(tenMinutes, 2) })
	})
}

func TestSeveralHang(t *testing.T) {
	open(t, howMany, 12, func(s *shop) {
		s.hangs(1, 2, 3)
		s.busy(time.Minute, 8)
		s.look(howMany, 3, "three of twelve workers hang, the others have much to do until then, and nothing from then on", idle(tenMinutes))
		s.look(howMany, 3, "ten minutes later they get much to do", func() { s.busy(tenMinutes, 8) })
	})
}

func TestEachBeganAtAnotherTime(t *testing.T) {
	open(t, howMany, 4, func(s *shop) {
		s.hangs(1)
		time.Sleep(hour)
		s.hangs(2)
		time.Sleep(10 * time.Minute)
		s.look(howMany, 2, "one has been hanging for an hour, another one for ten minutes", func() { s.busy(tenMinutes, 2) })
	})
}

func TestHangingEnds(t *testing.T) {
	open(t, nobody, 4, func(s *shop) {
		s.hangs(1)
		time.Sleep(hour)
		s.look(nobody, 0, "one that has been hanging for an hour goes on", func() {
			s.goesOn("for ever #1")
			s.busy(tenMinutes, 2)
		})
	})
	open(t, hang, 4, func(s *shop) {
		s.hangs(1)
		time.Sleep(hour)
		s.hangs(2)
		time.Sleep(time.Minute)
		s.look(hang, 1, "one that has been hanging for an hour goes on, another one doesn't", func() {
			s.goesOn("for ever #1")
			s.busy(tenMinutes, 2)
		})
	})
}

func TestOtherSpans(t *testing.T) {
	for _, span := range []time.Duration{5 * time.Minute, 20 * time.Minute} {
		open(t, howMany, 8, func(s *shop) {
			s.hangs(1, 2, 3, 4, 5)
			s.look(howMany, 5, "five of eight hang", func() { s.busy(span, 2) })
		})
	}
}
