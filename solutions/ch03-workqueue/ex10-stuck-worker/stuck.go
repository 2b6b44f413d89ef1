// Package stuckworker finds out from the metrics of a queue that workers hang, and how many.
//
//	unfinished          ╱ two hang: 2 s per second
//	                  ╱
//	                ╱     ___--- one hangs: 1 s per second
//	  _/\_/\_/\_/\╱__--'' _/\_/\_/\_/\_ nobody hangs: up and down
package stuckworker

import (
	"math"
	"time"
)

// stale is how old the two gauges in a Sample may be: a queue sets them twice a second.
const stale = 500 * time.Millisecond

// Stuck returns how many workers hang: they have had the same item in work all the time from before to after. Between the
// two are some minutes; a worker that doesn't hang is done with an item in some seconds, except that one may take some
// minutes as well, but not all of this time.
func Stuck(before, after Sample) int {
	// BEGIN SOLUTION: Find out from Longest whether a worker hangs, and from Unfinished how many do.
	// In a second, how much does a worker that hangs add to Unfinished? And one that doesn't?

	span := after.At.Sub(before.At)
	if after.Longest < span-stale {
		return 0
	}
	grown := after.Unfinished - before.Unfinished
	return max(1, int(math.Round(grown.Seconds()/span.Seconds())))
	// END SOLUTION
}
