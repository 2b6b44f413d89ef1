package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"syscall"
	"time"

	theirs "k8s.io/client-go/util/workqueue"

	ours "client-go-workbook/lib/workqueue"
)

// workQueue is what both libraries' queues have.
type workQueue interface {
	Add(item string)
	Get() (item string, shutdown bool)
	Done(item string)
	ShutDown()
}

func theirWorkQueue() workQueue { return theirs.NewTyped[string]() }
func ourWorkQueue() workQueue   { return ours.NewTyped[string]() }

// limitedQueue is what both libraries' rate limiting queues have.
type limitedQueue interface {
	workQueue
	AddAfter(item string, duration time.Duration)
	AddRateLimited(item string)
}

// The limiter that most controllers have, and the part of it that counts each item's failures.
func theirController() limitedQueue {
	return theirs.NewTypedRateLimitingQueue(theirs.DefaultTypedControllerRateLimiter[string]())
}
func ourController() limitedQueue {
	return ours.NewTypedRateLimitingQueue(ours.DefaultTypedControllerRateLimiter[string]())
}
func theirItemBased() limitedQueue {
	return theirs.NewTypedRateLimitingQueue(theirs.DefaultTypedItemBasedRateLimiter[string]())
}
func ourItemBased() limitedQueue {
	return ours.NewTypedRateLimitingQueue(ours.DefaultTypedItemBasedRateLimiter[string]())
}

// newKeys returns keys as an informer makes them. Each has memory of its own, and neighbours don't look alike.
func newKeys(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("team-%02d/checkout-%09x-%05x", i%20, uint32(i)*2654435761, i)
	}
	return keys
}

func workQueueExperiments(s scale) []experiment {
	return []experiment{
		addGetDone(s, "distinct keys, in turns", s.items, inTurns),
		addGetDone(s, "distinct keys, 1 worker", s.items, besideWorkers(1)),
		addGetDone(s, "distinct keys, 8 workers", s.items, besideWorkers(8)),
		addGetDone(s, "repeated keys, in turns", s.repeated, inTurns),
		addGetDone(s, "repeated keys, 1 worker", s.repeated, whileInWork(1)),
		addGetDone(s, "repeated keys, 8 workers", s.repeated, whileInWork(8)),
		addAfter(s),
		addRateLimited(s, "limiter of a controller", theirController, ourController),
		addRateLimited(s, "limiter by item", theirItemBased, ourItemBased),
		afterBurst(s),
	}
}

// addGetDone measures the time for one Add, Get and Done: from the first Add until the last Done.
func addGetDone(s scale, name string, keys int, pass func(q workQueue, keys []string, n int)) experiment {
	return experiment{
		metrics: []metric{{"work queue, " + name, perOperation, halfAgain}},
		rounds:  s.rounds,
		prepare: func(context.Context, *servers) (pair, error) {
			all := newKeys(keys)
			passing := func(newQueue func() workQueue) contender {
				return timed(s.slice, s.items, func(n int) {
					for range n / s.items {
						pass(newQueue(), all, s.items)
					}
				})
			}
			return pair{theirs: passing(theirWorkQueue), ours: passing(ourWorkQueue)}, nil
		},
	}
}

// inTurns is one goroutine that adds an item and does it, and then the next.
func inTurns(q workQueue, keys []string, n int) {
	for i := range n {
		q.Add(keys[i%len(keys)])
		item, _ := q.Get()
		q.Done(item)
	}
	q.ShutDown()
}

// besideWorkers is a goroutine that adds as fast as it can, as the handler of an informer does, and workers for whom an
// item is no work at all.
func besideWorkers(workers int) func(q workQueue, keys []string, n int) {
	return func(q workQueue, keys []string, n int) {
		var wg sync.WaitGroup
		for range workers {
			wg.Go(func() { workOff(q) })
		}
		for i := range n {
			q.Add(keys[i])
		}
		q.ShutDown()
		wg.Wait()
	}
}

// workOff does all items until the queue is shut down and empty.
func workOff(q workQueue) {
	for {
		item, shutdown := q.Get()
		if shutdown {
			return
		}
		q.Done(item)
	}
}

// whileInWork is workers alone, who add each item again while they have it in work: so each Add leads to one Get, however
// fast they are. If somebody else added the same keys, most of them would be queued already, and who has the slower
// workers would have less to do.
func whileInWork(workers int) func(q workQueue, keys []string, n int) {
	return func(q workQueue, keys []string, n int) {
		for _, key := range keys {
			q.Add(key)
		}
		parallel(workers, n, func(int) {
			item, _ := q.Get()
			q.Add(item)
			q.Done(item)
		})
		q.ShutDown()
	}
}

// addAfter measures how long the calls take, and how much CPU it costs to add all and do each when it is due.
func addAfter(s scale) experiment {
	name := fmt.Sprintf("AddAfter, %s random delays", short(s.items))
	return experiment{
		metrics: []metric{{name, perOperation, threefold}, {name + ": CPU until done", perOperation, halfAgain}},
		rounds:  s.rounds,
		prepare: func(context.Context, *servers) (pair, error) {
			keys := newKeys(s.items)
			random := rand.New(rand.NewPCG(1, 1))
			delays := make([]time.Duration, len(keys))
			for i := range delays {
				delays[i] = time.Duration(1 + random.IntN(int(time.Second)))
			}
			measure := func(newQueue func() limitedQueue) contender {
				return func() ([]float64, error) {
					call := callsOfAddAfter(newQueue(), keys, func(i int) time.Duration { return time.Minute + 60*delays[i] })
					runtime.GC()
					cpu := cpuUntilDone(newQueue(), keys, func(i int) time.Duration { return delays[i] / 5 })
					return []float64{float64(call) / float64(len(keys)), float64(cpu) / float64(len(keys))}, nil
				}
			}
			return pair{theirs: measure(theirItemBased), ours: measure(ourItemBased)}, nil
		},
	}
}

// callsOfAddAfter adds items that aren't due before the measurement has ended.
func callsOfAddAfter(q limitedQueue, keys []string, delay func(i int) time.Duration) time.Duration {
	defer q.ShutDown()
	start := time.Now()
	for i, key := range keys {
		q.AddAfter(key, delay(i))
	}
	return time.Since(start)
}

// cpuUntilDone adds items of which the first are due while the last are added, and does them.
func cpuUntilDone(q limitedQueue, keys []string, delay func(i int) time.Duration) time.Duration {
	start := cpuTime()
	var wg sync.WaitGroup
	wg.Go(func() {
		for range keys {
			item, _ := q.Get()
			q.Done(item)
		}
	})
	for i, key := range keys {
		q.AddAfter(key, delay(i))
	}
	wg.Wait()
	q.ShutDown()
	return cpuTime() - start
}

// cpuTime is what all threads of this process have used.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// addRateLimited measures the calls: each item fails ten times.
func addRateLimited(s scale, limiter string, theirs, ours func() limitedQueue) experiment {
	const failures = 10
	return experiment{
		metrics: []metric{{"AddRateLimited, " + limiter, perOperation, halfAgain}},
		rounds:  s.rounds,
		prepare: func(context.Context, *servers) (pair, error) {
			keys := newKeys(s.items / failures)
			failing := func(newQueue func() limitedQueue) contender {
				return timed(s.slice, s.items, func(n int) {
					for range n / s.items {
						q := newQueue()
						for i := range s.items {
							q.AddRateLimited(keys[i%len(keys)])
						}
						q.ShutDown()
					}
				})
			}
			return pair{theirs: failing(theirs), ours: failing(ours)}, nil
		},
	}
}

// afterBurst measures what a queue holds while a burst is in it, and when everything is done.
func afterBurst(s scale) experiment {
	name := fmt.Sprintf("work queue, burst of %s keys: ", short(s.burst))
	return experiment{
		metrics: []metric{{name + "memory", megabytes, noWorse}, {name + "kept afterwards", megabytes, nothing}},
		rounds:  min(s.rounds, 3), // they hardly differ
		prepare: func(context.Context, *servers) (pair, error) {
			keys := newKeys(s.burst)
			burst := func(newQueue func() workQueue) contender {
				return func() ([]float64, error) {
					q := newQueue()
					before := liveHeap()
					for _, key := range keys {
						q.Add(key)
					}
					full := liveHeap()
					for range keys {
						item, _ := q.Get()
						q.Done(item)
					}
					after := liveHeap()
					runtime.KeepAlive(q)
					more := func(heap uint64) float64 { return max(float64(heap)-float64(before), 1) }
					return []float64{more(full), more(after)}, nil
				}
			}
			return pair{theirs: burst(theirWorkQueue), ours: burst(ourWorkQueue)}, nil
		},
	}
}
