package main

import "time"

// scale is how big a run is.
type scale struct {
	rounds        int           // of what runs in this process
	processRounds int           // of what needs a process for each measurement
	slice         time.Duration // how long one measurement lasts, where that can be chosen

	sizes   []int // objects in an indexer
	changes int   // through a FIFO
	pods    int   // of the first sync
	watched int   // pods that the events of a stream are about
	events  int   // of a stream

	items    int // through a work queue
	repeated int // different keys, where they are repeated
	burst    int // keys in a work queue at once

	versions int // of API groups that code is generated for; 0: all of k8s.io/api
}

var (
	full  = scale{rounds: 15, processRounds: 5, slice: 25 * time.Millisecond, sizes: []int{10_000, 100_000}, changes: 20_000, pods: 20_000, watched: 1_000, events: 10_000, items: 100_000, repeated: 1_000, burst: 1_000_000}
	quick = scale{rounds: 1, processRounds: 1, slice: time.Microsecond, sizes: []int{100}, changes: 100, pods: 100, watched: 10, events: 100, items: 100, repeated: 10, burst: 100, versions: 1}
)
