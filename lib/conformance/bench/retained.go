package main

import (
	"context"
	"fmt"
	"runtime"
)

// retainedExperiments measure what an indexer needs for each object, without the object.
func retainedExperiments(s scale) (out []experiment) {
	for _, size := range s.sizes {
		out = append(out, experiment{
			metrics: []metric{{fmt.Sprintf("indexer, bytes for each of %s objects", short(size)), bytesEach, someMore}},
			rounds:  min(s.rounds, 3), // they hardly differ
			prepare: func(context.Context, *servers) (pair, error) {
				p := newPopulation(size)
				return pair{theirs: retained(p, theirIndexer), ours: retained(p, ourIndexer)}, nil
			},
		})
	}
	return out
}

func retained(p population, newIndexer func() indexer) contender {
	return func() ([]float64, error) {
		before := liveHeap()
		x := p.fill(newIndexer())
		after := liveHeap()
		runtime.KeepAlive(x)
		return []float64{max(float64(after)-float64(before), 1) / float64(len(p.pods))}, nil
	}
}

// liveHeap is what is left after two collections: the first one may leave what a finalizer still held.
func liveHeap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
