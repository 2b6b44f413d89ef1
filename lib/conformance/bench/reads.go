package main

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// readers is how many goroutines read while one writes as fast as it can.
const readers = 4

// readsExperiments count both, the reads and the writes, for a lock can give to one only what it takes from the other.
func readsExperiments(s scale) (out []experiment) {
	for _, r := range []struct {
		name string
		do   read
	}{{"Get", getObject}, {"ByIndex", byIndex}, {"List", list}} {
		for _, size := range s.sizes {
			name := fmt.Sprintf("%s under writes, %s objects", r.name, short(size))
			out = append(out, experiment{
				metrics: []metric{{name, perSecond, readsAreFun}, {name + ": the writes", perSecond, noWorse}},
				rounds:  s.rounds,
				prepare: func(context.Context, *servers) (pair, error) {
					p := newPopulation(size)
					return pair{
						theirs: readsUnderWrites(p, p.fill(theirIndexer()), r.do, 4*s.slice),
						ours:   readsUnderWrites(p, p.fill(ourIndexer()), r.do, 4*s.slice),
					}, nil
				},
			})
		}
	}
	return out
}

// readsUnderWrites measures reads a second and writes a second.
func readsUnderWrites(p population, x indexer, do read, slice time.Duration) contender {
	return func() ([]float64, error) {
		var wg sync.WaitGroup
		var stop atomic.Bool
		var reads, writes atomic.Int64
		start := time.Now()
		time.AfterFunc(slice, func() { stop.Store(true) })
		wg.Go(func() { writes.Store(until(&stop, func(i int) { p.update(x, i) })) })
		for r := range readers {
			wg.Go(func() { reads.Add(until(&stop, func(i int) { do(p, x, i*readers+r) })) })
		}
		wg.Wait()
		took := time.Since(start).Seconds()
		return []float64{float64(reads.Load()) / took, float64(writes.Load()) / took}, nil
	}
}

// until repeats something until it is told to stop, at least once, and returns how often.
func until(stop *atomic.Bool, do func(i int)) (n int64) {
	for {
		do(int(n))
		if n++; stop.Load() {
			return n
		}
	}
}
