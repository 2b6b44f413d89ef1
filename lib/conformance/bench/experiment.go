package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"
)

// experiment is one thing that both libraries do. Each measurement of it gives a value for each of its metrics.
type experiment struct {
	metrics []metric
	rounds  int
	prepare func(context.Context, *servers) (pair, error)
}

// metric is a row of the table.
type metric struct {
	name   string
	unit   unit
	target float64 // what the ratio has to be: at least, or where less is better, at most
}

// unit says how to print a value, and what the ratio means.
type unit struct {
	print func(float64) string
	// ratio compares two values of one round. For speeds it is how many times as fast we are;
	// for memory it is our share of what client-go needs.
	ratio func(theirs, ours float64) float64
	less  bool // a small ratio is a good one
}

func fasterWhenSmall(theirs, ours float64) float64 { return theirs / ours }
func fasterWhenBig(theirs, ours float64) float64   { return ours / theirs }

var (
	perOperation = unit{ratio: fasterWhenSmall, print: func(ns float64) string { return rounded(time.Duration(ns)).String() }}
	seconds      = unit{ratio: fasterWhenSmall, print: func(s float64) string { return fmt.Sprintf("%.2f s", s) }}
	perSecond    = unit{ratio: fasterWhenBig, print: func(n float64) string { return thousands(n) + "/s" }}
	megabytes    = unit{ratio: fasterWhenBig, less: true, print: func(b float64) string { return fmt.Sprintf("%.1f MB", b/1e6) }}
	bytesEach    = unit{ratio: fasterWhenBig, less: true, print: func(b float64) string { return fmt.Sprintf("%.0f B", b) }}
)

// No row may be slower than client-go's. A few promise more.
const (
	noWorse     = 1.0
	readsAreFun = 2.0  // ByIndex, and all reads while somebody writes
	someMore    = 1.25 // of the memory for an object in an indexer: lists that are one copy are worth it
	listPeak    = 0.7  // peak heap of a first sync on the list path
	directly    = 1.5  // events that a broadcaster puts straight into its watchers' channels
	halfAgain   = 1.5  // work queues
	threefold   = 3.0  // AddAfter
	tenfold     = 10.0 // code generators
	nothing     = 0.01 // of the memory that client-go's queue keeps after a burst
)

// contender measures one library once, and returns a value for each metric of the experiment.
type contender func() ([]float64, error)

type pair struct {
	theirs, ours contender
	close        func() // nil if there is nothing to clean up
}

// result is a metric with what was measured, a value for each round.
type result struct {
	metric
	theirs, ours, ratios []float64
}

// run measures both sides in turns, so that whatever else the machine does disturbs both.
func (e experiment) run(ctx context.Context, s *servers) ([]result, error) {
	p, err := e.prepare(ctx, s)
	if err != nil {
		return nil, err
	}
	if p.close != nil {
		defer p.close()
	}
	results := make([]result, len(e.metrics))
	for i, m := range e.metrics {
		results[i].metric = m
	}
	for round := range e.rounds {
		theirs, ours, err := p.measure(ctx, round)
		if err != nil {
			return nil, err
		}
		for i := range results {
			results[i].add(theirs[i], ours[i])
		}
	}
	return results, nil
}

// measure is one round. Who begins changes, for the second one finds the machine warmed up.
func (p pair) measure(ctx context.Context, round int) (theirs, ours []float64, err error) {
	var errs [2]error
	turns := []func(){
		func() { theirs, errs[0] = p.theirs() },
		func() { ours, errs[1] = p.ours() },
	}
	if round%2 == 1 {
		slices.Reverse(turns)
	}
	for _, turn := range turns {
		if ctx.Err() != nil {
			return nil, nil, ctx.Err()
		}
		runtime.GC() // nobody pays for what the other left behind
		turn()
	}
	return theirs, ours, errors.Join(errs[:]...)
}

func (r *result) add(theirs, ours float64) {
	r.theirs = append(r.theirs, theirs)
	r.ours = append(r.ours, ours)
	r.ratios = append(r.ratios, r.unit.ratio(theirs, ours))
}

// verdict is "yes", "NO", or "even": the target is missed by less than the rounds differ among themselves.
func (r *result) verdict() string {
	met := func(ratio float64) bool {
		ratio = math.Round(ratio*100) / 100 // as it is printed
		if r.unit.less {
			return ratio <= r.target
		}
		return ratio >= r.target
	}
	low, middle, high := quartiles(r.ratios)
	switch {
	case met(middle):
		return "yes"
	case met(low) || met(high):
		return "even"
	}
	return "NO"
}

// quartiles returns what a quarter, half and three quarters of the values are below.
func quartiles(values []float64) (low, middle, high float64) {
	sorted := slices.Sorted(slices.Values(values))
	at := func(share float64) float64 {
		place := share * float64(len(sorted)-1)
		below := int(place)
		above := min(below+1, len(sorted)-1)
		return sorted[below] + (place-float64(below))*(sorted[above]-sorted[below])
	}
	return at(0.25), at(0.5), at(0.75)
}

// rounded keeps three digits or so.
func rounded(d time.Duration) time.Duration {
	unit := time.Duration(1)
	for d/unit >= 1000 {
		unit *= 10
	}
	return d.Round(unit)
}

func median(values []float64) float64 {
	_, middle, _ := quartiles(values)
	return middle
}
