package grade

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"client-go-workbook/exercises/internal/gotest"
)

func (x *exam) hasClusterPart() bool { return slices.ContainsFunc(x.tests, test.cluster) }

// trial is a variant that compiled, and its offline part's result.
type trial struct {
	binary  *gotest.Binary
	offline *gotest.Result
	scratch string
}

// try compiles a variant and runs its offline part. It gives the CPU token of its caller back in between: most tests
// wait more than they work, and one that hangs does nothing else.
func (x *exam) try(ctx context.Context, v variant, race bool, times int) (*trial, error) {
	t, err := x.compile(ctx, v, race)
	<-x.cpu
	if err != nil {
		return nil, err
	}
	timeout := x.OfflineTimeout * time.Duration(times)
	t.offline, err = t.binary.Run(ctx, gotest.Run{Part: gotest.Offline, Count: times, Timeout: timeout})
	return t, err
}

func (x *exam) compile(ctx context.Context, v variant, race bool) (*trial, error) {
	replace, scratch, err := x.overlay(v)
	if err != nil {
		return nil, err
	}
	build := gotest.Build{Dir: x.exercise.Dir, Overlay: replace, Race: race, Scratch: scratch}
	binary, err := build.Compile(ctx)
	return &trial{binary: binary, scratch: scratch}, err
}

// close removes the binary: together they would fill a small disk.
func (t *trial) close() { os.RemoveAll(t.scratch) }

// onCluster runs the cluster part of a trial, with one of the cluster's tokens.
func (x *exam) onCluster(ctx context.Context, t *trial) (*gotest.Result, error) {
	select {
	case x.cluster <- struct{}{}:
		defer func() { <-x.cluster }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return t.binary.Run(ctx, gotest.Run{Part: gotest.Cluster, Timeout: x.ClusterTimeout})
}

func (x *exam) gradeStub(ctx context.Context) {
	t, err := x.try(ctx, variant{name: "stub", files: x.stubs}, false, 1)
	if err != nil {
		x.found("the stub %v", err)
		return
	}
	defer t.close()
	crash := t.offline.Crash
	switch {
	case t.offline.Passed():
		x.found("the stub passes the tests")
	case crash == nil || !strings.HasPrefix(crash.Message, x.exercise.TODO()):
		x.found("the stub is red, but not by its TODO: %s", why(t.offline))
	}
}

func (x *exam) gradeSolution(ctx context.Context) {
	t, err := x.try(ctx, variant{name: "solution", files: x.solution}, x.Race, x.Times)
	if err != nil {
		x.found("the solution %v", err)
		return
	}
	defer t.close()
	ran := runs{}
	ran.add(t.offline)
	x.checkSolved(gotest.Offline, t.offline)
	x.checkOrder(t.offline.Began, x.Times)
	x.checkTime(gotest.Offline, t.offline.Elapsed/time.Duration(x.Times), offlineSeconds*time.Second)

	onCluster := x.hasClusterPart() && !x.Short
	if onCluster {
		results := x.clusterTimes(ctx, t)
		for _, result := range results {
			ran.add(result)
			x.checkSolved(gotest.Cluster, result)
		}
		if len(results) > 0 { // the fastest says the most: they are in each other's way
			fastest := slices.MinFunc(results, func(a, b *gotest.Result) int { return cmp.Compare(a.Elapsed, b.Elapsed) })
			x.checkTime(gotest.Cluster, fastest.Elapsed, clusterSeconds*time.Second)
		}
	} else if x.hasClusterPart() {
		x.skipped("the solution's cluster part")
	}
	x.checkRuns(ran, onCluster)
}

// clusterTimes runs the cluster part as often as the solution must pass, in processes side by side: each test has a
// namespace of its own.
func (x *exam) clusterTimes(ctx context.Context, t *trial) []*gotest.Result {
	results := make([]*gotest.Result, x.Times)
	errs := make([]error, x.Times)
	var wg sync.WaitGroup
	for i := range x.Times {
		wg.Go(func() { results[i], errs[i] = x.onCluster(ctx, t) })
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		x.found("the solution's cluster part: %v", err)
	}
	return slices.DeleteFunc(results, func(r *gotest.Result) bool { return r == nil })
}

func (x *exam) checkSolved(part gotest.Part, result *gotest.Result) {
	for _, t := range result.Tests {
		if t.Outcome == gotest.Skipped {
			x.found("%s is skipped", t.Name)
		}
	}
	if !result.Passed() && result.Count(gotest.Skipped) == 0 {
		x.found("the solution fails its %s part: %s", part, why(result))
	}
}

// checkTime only warns: a slow machine is no fault of the exercise.
func (x *exam) checkTime(part gotest.Part, took, most time.Duration) {
	if took > most {
		x.warn("the %s part took %s, expected %s at most", part, took.Round(100*time.Millisecond), most)
	}
}

func (x *exam) gradeMutant(ctx context.Context, v variant) {
	t, err := x.try(ctx, v, false, 1)
	if err != nil {
		x.found("mutant %s (%s) %v", v.name, v.says, err)
		return
	}
	defer t.close()
	result := t.offline
	if result.Passed() && x.hasClusterPart() {
		if x.Short {
			x.skipped(fmt.Sprintf("mutant %s (%s), which the offline part doesn't kill", v.name, v.says))
			return
		}
		if result, err = x.onCluster(ctx, t); err != nil {
			x.found("mutant %s (%s) %v", v.name, v.says, err)
			return
		}
	}
	switch {
	case result.Passed():
		x.found("mutant %s survives: %s", v.name, v.says)
	case result.Crash != nil && result.Crash.Kind == gotest.Timeout && !v.hangs():
		x.found("mutant %s (%s) hangs; if it is meant to, its name should say so", v.name, v.says)
	default:
		x.killed(v, killer(result))
	}
}

func (x *exam) killed(v variant, by string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.kills = append(x.kills, Kill{Exercise: x.exercise.Name(), Mutant: v.says, Test: by})
}

func (x *exam) skipped(what string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.unchecked = append(x.unchecked, what)
}

// killer is the first test that failed: the one that a learner is shown.
func killer(result *gotest.Result) string {
	failed := result.FailedTests()
	if len(failed) == 0 {
		return "TestMain"
	}
	return failed[0].Name
}

// why says in one line how a run failed.
func why(result *gotest.Result) string {
	switch {
	case result.Crash != nil:
		return result.Crash.Message
	case len(result.FailedTests()) > 0:
		return killer(result) + " failed"
	case len(result.Tests) == 0:
		return "no test ran"
	}
	return "the tests ended badly: " + strings.TrimSpace(result.Output)
}
