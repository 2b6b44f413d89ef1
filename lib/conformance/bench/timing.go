package main

import (
	"sync"
	"time"
)

// work does something n times.
type work func(n int)

// timed measures the time for one of the n things that run does, in nanoseconds. n is found out before the first
// measurement: as many as fill the slice, in multiples of step.
func timed(slice time.Duration, step int, run work) contender {
	n := calibrate(slice, step, run)
	return func() ([]float64, error) {
		start := time.Now()
		run(n)
		return []float64{float64(time.Since(start)) / float64(n)}, nil
	}
}

func calibrate(slice time.Duration, step int, run work) int {
	for n := step; ; n *= 2 {
		start := time.Now()
		run(n)
		if took := time.Since(start); took >= slice/2 {
			return max(n, int(float64(n)*float64(slice)/float64(took))/step*step)
		}
	}
}

// parallel deals the numbers below n out to goroutines, as cards are dealt, and waits for all.
func parallel(goroutines, n int, do func(i int)) {
	if goroutines == 1 {
		for i := range n {
			do(i)
		}
		return
	}
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := g; i < n; i += goroutines {
				do(i)
			}
		})
	}
	wg.Wait()
}
