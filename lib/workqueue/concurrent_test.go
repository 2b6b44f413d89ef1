package workqueue_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

// job is an item as a controller sees it: something that gets new versions, and has to be seen in the last one.
type job struct {
	version atomic.Int64 // the newest
	seen    atomic.Int64 // the one that a worker has seen last
	workers atomic.Int64 // on it now
}

// factory is a queue with many producers and workers.
type factory struct {
	t     *testing.T
	queue workqueue.TypedRateLimitingInterface[string]
	jobs  map[string]*job
	seed  int
}

// TestManyGoroutines lets all happen at once. Nobody may work on what another one has in work, and the last version of
// each job has to be seen, however it was added.
func TestManyGoroutines(t *testing.T) {
	for seed := range seeds(t, 10_000) {
		synctest.Test(t, func(t *testing.T) {
			f := &factory{t: t, seed: seed, jobs: map[string]*job{}}
			f.queue = workqueue.NewTypedRateLimitingQueueWithConfig(
				workqueue.NewTypedItemFastSlowRateLimiter[string](time.Millisecond, 5*time.Millisecond, 2),
				workqueue.TypedRateLimitingQueueConfig[string]{Name: "factory", MetricsProvider: newMeters()})
			for i := range 5 {
				f.jobs[fmt.Sprint(i)] = &job{}
			}
			var producers, workers sync.WaitGroup
			for i := range 4 {
				workers.Go(func() { f.work(i) })
				producers.Go(func() { f.produce(i) })
			}
			producers.Wait()
			time.Sleep(time.Second) // nothing is delayed for as long
			f.queue.ShutDownWithDrain()
			workers.Wait()
			for name, j := range f.jobs {
				require.Equal(t, j.version.Load(), j.seen.Load(), "job %s, seed %d", name, seed)
			}
			require.NoError(t, f.queue.(interface{ CheckInvariants() error }).CheckInvariants())
		})
	}
}

// produce adds new versions, by all ways that there are, and pauses now and then.
func (f *factory) produce(number int) {
	random := rand.New(rand.NewPCG(uint64(f.seed), uint64(number)))
	for range stepsPerSeed / 4 {
		name := fmt.Sprint(random.IntN(len(f.jobs)))
		f.jobs[name].version.Add(1)
		switch random.IntN(6) {
		case 0, 1, 2:
			f.queue.Add(name)
		case 3, 4:
			f.queue.AddAfter(name, time.Duration(random.IntN(10)-1)*time.Millisecond)
		case 5:
			f.queue.AddRateLimited(name)
		}
		f.pause(random, 4)
	}
}

// work is a worker that sometimes fails, and sometimes is slow.
func (f *factory) work(number int) {
	random := rand.New(rand.NewPCG(uint64(f.seed), uint64(100+number)))
	for {
		name, shutdown := f.queue.Get()
		if shutdown {
			return
		}
		j := f.jobs[name]
		if n := j.workers.Add(1); n != 1 {
			f.t.Errorf("%d workers have job %s, seed %d", n, name, f.seed)
		}
		version := j.version.Load()
		f.pause(random, 2)
		if random.IntN(4) == 0 && !f.queue.ShuttingDown() {
			f.queue.AddRateLimited(name)
		} else {
			j.seen.Store(version)
			f.queue.Forget(name)
		}
		j.workers.Add(-1)
		f.queue.Done(name)
	}
}

// pause sleeps once in so many times, so that the others get ahead.
func (f *factory) pause(random *rand.Rand, oneIn int) {
	if random.IntN(oneIn) == 0 {
		time.Sleep(time.Duration(random.IntN(2000)) * time.Microsecond)
	}
}

// TestDrainEndsWithTheLastWork lets each of several workers have one item in work for a while. Whoever drains meanwhile
// returns at the very moment when the last one is done, or at once if that has passed: though items were added again, and
// are queued.
func TestDrainEndsWithTheLastWork(t *testing.T) {
	for seed := range seeds(t, 20_000) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(uint64(seed), 0))
			q := workqueue.NewTyped[int]()
			start := time.Now()
			var goroutines sync.WaitGroup
			var last time.Duration
			for item := range 1 + random.IntN(8) {
				q.Add(item)
				half := time.Duration(random.IntN(1000))
				last = max(last, 2*half)
				goroutines.Go(func() {
					item, _ := q.Get()
					time.Sleep(half)
					q.Add(item)
					time.Sleep(half)
					q.Done(item)
				})
			}
			synctest.Wait() // all have one
			begin := time.Duration(random.IntN(2500))
			for range 1 + random.IntN(3) {
				goroutines.Go(func() {
					time.Sleep(begin)
					q.ShutDownWithDrain()
					if ended := time.Since(start); ended != max(begin, last) {
						t.Errorf("seed %d: drained after %v, begun after %v; the last work ended after %v", seed, ended, begin, last)
					}
				})
			}
			goroutines.Wait()
		})
	}
}
