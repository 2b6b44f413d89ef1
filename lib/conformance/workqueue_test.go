package conformance_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"
	theirs "k8s.io/client-go/util/workqueue"

	ours "client-go-workbook/lib/workqueue"
)

// TestWorkQueuesAgree does the same random things to client-go's work queues and to ours. What workers get, what methods
// return, each call of a metric, and each call of a storage of one's own has to be the same, in the same order.
func TestWorkQueuesAgree(t *testing.T) {
	seeds := uint64(150)
	if testing.Short() {
		seeds = 30
	}
	for name, kind := range workQueueKinds() {
		t.Run(name, func(t *testing.T) {
			for seed := range seeds {
				synctest.Test(t, func(t *testing.T) {
					play := &workPlay{t: t, seed: seed, random: rand.New(rand.NewPCG(seed, 1))}
					play.theirs, play.ours = newWorkshop(kind.theirs), newWorkshop(kind.ours)
					play.run()
				})
			}
		})
	}
}

// workQueue is what both libraries' simplest queues have.
type workQueue interface {
	Add(item string)
	Len() int
	Get() (item string, shutdown bool)
	Done(item string)
	ShutDown()
	ShutDownWithDrain()
	ShuttingDown() bool
}

type delayingQueue interface {
	workQueue
	AddAfter(item string, duration time.Duration)
}

type limitedQueue interface {
	delayingQueue
	AddRateLimited(item string)
	Forget(item string)
	NumRequeues(item string) int
}

// limiter is that of both libraries.
type limiter interface {
	When(item string) time.Duration
	Forget(item string)
	NumRequeues(item string) int
}

// workQueueKind makes the same queue in both libraries. It is given what the queue may tell of itself.
type workQueueKind struct {
	theirs, ours func(*diary) workQueue
}

func workQueueKinds() map[string]workQueueKind {
	kinds := map[string]workQueueKind{
		"FIFO": {
			func(d *diary) workQueue {
				return theirs.NewTypedWithConfig(theirs.TypedQueueConfig[string]{Name: "q", MetricsProvider: theirMetrics{d}})
			},
			func(d *diary) workQueue {
				return ours.NewTypedWithConfig(ours.TypedQueueConfig[string]{Name: "q", MetricsProvider: ourMetrics{d}})
			},
		},
		"delaying, without metrics": {
			func(*diary) workQueue { return theirs.NewTypedDelayingQueue[string]() },
			func(*diary) workQueue { return ours.NewTypedDelayingQueue[string]() },
		},
		"delaying, over a storage of one's own": {
			func(d *diary) workQueue {
				own := theirs.NewTypedWithConfig(theirs.TypedQueueConfig[string]{Queue: &stack{diary: d}})
				return theirs.NewTypedDelayingQueueWithConfig(theirs.TypedDelayingQueueConfig[string]{Queue: own})
			},
			func(d *diary) workQueue {
				own := ours.NewTypedWithConfig(ours.TypedQueueConfig[string]{Queue: &stack{diary: d}})
				return ours.NewTypedDelayingQueueWithConfig(ours.TypedDelayingQueueConfig[string]{Queue: own})
			},
		},
	}
	for name, newLimiters := range limiterKinds {
		kinds["limited, "+name] = workQueueKind{
			func(d *diary) workQueue {
				limiter, _ := newLimiters()
				return theirs.NewTypedRateLimitingQueueWithConfig(limiter,
					theirs.TypedRateLimitingQueueConfig[string]{Name: "q", MetricsProvider: theirMetrics{d}})
			},
			func(d *diary) workQueue {
				_, limiter := newLimiters()
				return ours.NewTypedRateLimitingQueueWithConfig(limiter,
					ours.TypedRateLimitingQueueConfig[string]{Name: "q", MetricsProvider: ourMetrics{d}})
			},
		}
	}
	return kinds
}

// limiterKinds make the same limiter in both libraries.
var limiterKinds = map[string]func() (their, our limiter){
	"exponential": func() (their, our limiter) {
		return theirs.NewTypedItemExponentialFailureRateLimiter[string](3*time.Millisecond, 700*time.Millisecond),
			ours.NewTypedItemExponentialFailureRateLimiter[string](3*time.Millisecond, 700*time.Millisecond)
	},
	"exponential, with the longest times there are": func() (their, our limiter) {
		return theirs.NewTypedItemExponentialFailureRateLimiter[string](time.Hour, math.MaxInt64),
			ours.NewTypedItemExponentialFailureRateLimiter[string](time.Hour, math.MaxInt64)
	},
	"fast and slow": func() (their, our limiter) {
		return theirs.NewTypedItemFastSlowRateLimiter[string](time.Millisecond, time.Second, 3),
			ours.NewTypedItemFastSlowRateLimiter[string](time.Millisecond, time.Second, 3)
	},
	"bucket": func() (their, our limiter) {
		return &theirs.TypedBucketRateLimiter[string]{Limiter: rate.NewLimiter(7, 3)},
			&ours.TypedBucketRateLimiter[string]{Limiter: rate.NewLimiter(7, 3)}
	},
	"max of": func() (their, our limiter) {
		return theirs.NewTypedMaxOfRateLimiter(
				theirs.NewTypedItemFastSlowRateLimiter[string](50*time.Millisecond, 200*time.Millisecond, 2),
				theirs.NewTypedItemExponentialFailureRateLimiter[string](time.Millisecond, time.Minute)),
			ours.NewTypedMaxOfRateLimiter(
				ours.NewTypedItemFastSlowRateLimiter[string](50*time.Millisecond, 200*time.Millisecond, 2),
				ours.NewTypedItemExponentialFailureRateLimiter[string](time.Millisecond, time.Minute))
	},
	"max wait": func() (their, our limiter) {
		return theirs.NewTypedWithMaxWaitRateLimiter(theirs.DefaultTypedItemBasedRateLimiter[string](), 10*time.Millisecond),
			ours.NewTypedWithMaxWaitRateLimiter(ours.DefaultTypedItemBasedRateLimiter[string](), 10*time.Millisecond)
	},
	"of a controller": func() (their, our limiter) {
		return theirs.DefaultTypedControllerRateLimiter[string](), ours.DefaultTypedControllerRateLimiter[string]()
	},
}

// TestLimitersAgree asks the limiters themselves, thousands of times: far beyond where doubling overflows.
func TestLimitersAgree(t *testing.T) {
	for name, newLimiters := range limiterKinds {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(1, 1))
				their, our := newLimiters()
				for step := range 5000 {
					item := string(rune('a' + random.IntN(4)))
					switch n := random.IntN(1000); {
					case n < 900:
						require.Equal(t, their.When(item), our.When(item), "step %d: When(%s)", step, item)
					case n < 905:
						their.Forget(item)
						our.Forget(item)
					default:
						time.Sleep(time.Duration(random.IntN(1e8)))
					}
					require.Equal(t, their.NumRequeues(item), our.NumRequeues(item), "step %d: NumRequeues(%s)", step, item)
				}
			})
		})
	}
}

// diary is what a queue tells of itself in one step.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) note(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf(format, args...))
}

// read returns what was noted since the last time.
func (d *diary) read() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	lines := d.lines
	d.lines = nil
	return lines
}

// metric is any metric.
type metric struct {
	diary *diary
	name  string
}

func (m metric) Inc()                  { m.diary.note("%s +1", m.name) }
func (m metric) Dec()                  { m.diary.note("%s -1", m.name) }
func (m metric) Set(value float64)     { m.diary.note("%s = %.9f", m.name, value) } // the order of a sum is open
func (m metric) Observe(value float64) { m.diary.note("%s: %.9f", m.name, value) }

type theirMetrics struct{ *diary }

func (d theirMetrics) NewDepthMetric(string) theirs.GaugeMetric  { return metric{d.diary, "depth"} }
func (d theirMetrics) NewAddsMetric(string) theirs.CounterMetric { return metric{d.diary, "adds"} }
func (d theirMetrics) NewLatencyMetric(string) theirs.HistogramMetric {
	return metric{d.diary, "latency"}
}
func (d theirMetrics) NewWorkDurationMetric(string) theirs.HistogramMetric {
	return metric{d.diary, "work"}
}
func (d theirMetrics) NewUnfinishedWorkSecondsMetric(string) theirs.SettableGaugeMetric {
	return metric{d.diary, "unfinished"}
}
func (d theirMetrics) NewLongestRunningProcessorSecondsMetric(string) theirs.SettableGaugeMetric {
	return metric{d.diary, "longest"}
}
func (d theirMetrics) NewRetriesMetric(string) theirs.CounterMetric {
	return metric{d.diary, "retries"}
}

type ourMetrics struct{ *diary }

func (d ourMetrics) NewDepthMetric(string) ours.GaugeMetric       { return metric{d.diary, "depth"} }
func (d ourMetrics) NewAddsMetric(string) ours.CounterMetric      { return metric{d.diary, "adds"} }
func (d ourMetrics) NewLatencyMetric(string) ours.HistogramMetric { return metric{d.diary, "latency"} }
func (d ourMetrics) NewWorkDurationMetric(string) ours.HistogramMetric {
	return metric{d.diary, "work"}
}
func (d ourMetrics) NewUnfinishedWorkSecondsMetric(string) ours.SettableGaugeMetric {
	return metric{d.diary, "unfinished"}
}
func (d ourMetrics) NewLongestRunningProcessorSecondsMetric(string) ours.SettableGaugeMetric {
	return metric{d.diary, "longest"}
}
func (d ourMetrics) NewRetriesMetric(string) ours.CounterMetric { return metric{d.diary, "retries"} }

// stack is a storage that hands out the newest item first, or the one that was touched last.
type stack struct {
	diary *diary
	items []string
}

func (s *stack) Touch(item string) {
	s.diary.note("touch %s", item)
	s.items = append(slices.DeleteFunc(s.items, func(i string) bool { return i == item }), item)
}

func (s *stack) Push(item string) {
	s.diary.note("push %s", item)
	s.items = append(s.items, item)
}

func (s *stack) Len() int { return len(s.items) }

func (s *stack) Pop() string {
	item := s.items[len(s.items)-1]
	s.diary.note("pop %s", item)
	s.items = s.items[:len(s.items)-1]
	return item
}

// workshop is a queue of either library, and those who use it.
type workshop struct {
	workQueue
	diary  *diary
	events chan string // what goroutines were told
}

func newWorkshop(newQueue func(*diary) workQueue) *workshop {
	d := &diary{}
	return &workshop{workQueue: newQueue(d), diary: d, events: make(chan string, 1000)}
}

// get lets one more worker wait for an item.
func (w *workshop) get() {
	go func() {
		if item, shutdown := w.Get(); shutdown {
			w.events <- "shutdown"
		} else {
			w.events <- item
		}
	}()
}

func (w *workshop) drain() {
	go func() {
		w.ShutDownWithDrain()
		w.events <- "drained"
	}()
}

// seenOfWorkQueue is all that can be seen of a queue.
type seenOfWorkQueue struct {
	Events, Diary []string
	Len           int
	ShuttingDown  bool
	Requeues      []int
}

// seen is what was to be seen since the last time. It may be that two workers were told something at once.
func (w *workshop) seen() (s seenOfWorkQueue) {
	for len(w.events) > 0 {
		s.Events = append(s.Events, <-w.events)
	}
	slices.Sort(s.Events)
	s.Diary, s.Len, s.ShuttingDown = w.diary.read(), w.Len(), w.ShuttingDown()
	if q, ok := w.workQueue.(limitedQueue); ok {
		for _, item := range workItems {
			s.Requeues = append(s.Requeues, q.NumRequeues(item))
		}
	}
	return s
}

var workItems = []string{"a", "b", "c", "d", "e"}

// workPlay is a script that is made up while it is played.
type workPlay struct {
	t            *testing.T
	seed         uint64
	random       *rand.Rand
	theirs, ours *workshop
	story        []string

	inWork           []string
	closed, draining bool
}

// run does 150 things to both, and then lets both come to an end.
func (p *workPlay) run() {
	for range 150 {
		time.Sleep(time.Duration(1 + p.random.IntN(1e6))) // no two things are due at the same moment: their order is open
		p.step()
	}
	for len(p.inWork) > 0 {
		p.done()
	}
	p.both("the end", func(w *workshop) { w.ShutDown() })
	for !slices.Contains(p.story, "worker is sent home") {
		p.get()
	}
}

func (p *workPlay) step() {
	item := workItems[p.random.IntN(len(workItems))]
	switch n := p.random.IntN(100); {
	case n < 20:
		p.both("add "+item, func(w *workshop) { w.Add(item) })
	case n < 35:
		delay := time.Duration(p.random.IntN(1e9)) - 1e8
		p.both(fmt.Sprintf("add %s after %v", item, delay), func(w *workshop) {
			if q, ok := w.workQueue.(delayingQueue); ok {
				q.AddAfter(item, delay)
			}
		})
	case n < 50:
		p.limited("fail "+item, func(q limitedQueue) { q.AddRateLimited(item) })
	case n < 53:
		p.limited("forget "+item, func(q limitedQueue) { q.Forget(item) })
	case n < 70:
		p.get()
	case n < 85:
		p.done()
	case n < 98:
		d := time.Duration(p.random.IntN(3e8))
		p.both(fmt.Sprintf("pass %v", d), func(*workshop) {})
		time.Sleep(d)
		p.both("", func(*workshop) {})
	default:
		p.end()
	}
}

func (p *workPlay) limited(what string, do func(limitedQueue)) {
	p.both(what, func(w *workshop) {
		if q, ok := w.workQueue.(limitedQueue); ok {
			do(q)
		}
	})
}

func (p *workPlay) get() { p.both("get", (*workshop).get) }

// done only does what is in work: see TestException_DoneOfWhatIsNotInWork.
func (p *workPlay) done() {
	if len(p.inWork) == 0 {
		return
	}
	i := p.random.IntN(len(p.inWork))
	item := p.inWork[i]
	p.inWork = slices.Delete(p.inWork, i, i+1)
	p.both("done "+item, func(w *workshop) { w.Done(item) })
}

// end shuts down once at most, and drains once at a time: see TestException_AllDrainsEnd and _ShutDownEndsDrain.
func (p *workPlay) end() {
	switch n := p.random.IntN(8); {
	case n == 0 && !p.closed:
		p.closed = true
		p.both("shut down", func(w *workshop) { w.ShutDown() })
	case n < 3 && !p.draining:
		p.draining = true
		p.both("drain", (*workshop).drain)
	}
}

// both does something to both, and compares what comes of it.
func (p *workPlay) both(what string, do func(*workshop)) {
	p.story = append(p.story, what)
	do(p.theirs)
	do(p.ours)
	synctest.Wait()
	expected := p.theirs.seen()
	require.Equal(p.t, expected, p.ours.seen(), "seed %d: expected is client-go; after\n%s", p.seed, strings.Join(p.story, "\n"))
	for _, event := range expected.Events {
		switch event {
		case "shutdown":
			p.story = append(p.story, "worker is sent home")
		case "drained":
			p.draining = false
		default:
			p.inWork = append(p.inWork, event)
		}
	}
}
