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

// Stale is how old the two gauges in a Sample may be: a queue sets them twice a second.
const Stale = 500 * time.Millisecond

// Stuck returns how many workers hang: they have had the same item in work all the time from before to after, which is
// some minutes. The number is right if those who don't hang are done with an item in some seconds. A slow item, which takes
// some minutes, but not all of that time, doesn't make it say that somebody hangs.
func Stuck(before, after Sample) int {
	// BEGIN SOLUTION: Find out from Longest whether a worker hangs, and from Unfinished how many do.
	// In a second, how much does a worker that hangs add to Unfinished? And one that doesn't?

	span := after.At.Sub(before.At)
	if after.Longest < span-Stale {
		return 0
	}
	grown := after.Unfinished - before.Unfinished
	return max(1, int(math.Round(grown.Seconds()/span.Seconds())))
	// END SOLUTION
}
