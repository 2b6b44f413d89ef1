// Package verdict says how far a learner is with an exercise.
//
//	untouched ─▶ does not compile ─▶ panicking, hanging, failing ─▶ offline passed ─▶ solved
//	                                                                     └─ no cluster is up
//
// Solved needs both parts. A cluster part that didn't run, for whatever reason, is never counted as passed.
package verdict

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/gotest"
)

// State is how far an exercise is.
type State int

const (
	NotStarted State = iota // the tests ran into the TODO that is still there
	DoesNotCompile
	Panicking
	Hanging
	Failing
	OfflinePassed // all but the cluster part, which no cluster was there for
	Solved
)

// Verdict is what one check found.
type Verdict struct {
	Exercise *catalog.Exercise
	State    State

	Compile   *gotest.CompileError // of DoesNotCompile
	Offline   *gotest.Result       // nil if it didn't run
	Cluster   *gotest.Result       // nil if it didn't run
	Clustered []string             // the names of the cluster part's tests
	NoCluster error                // why the cluster part didn't run though its turn had come
}

// Failed returns the part that ran and didn't pass, or nil.
func (v *Verdict) Failed() (gotest.Part, *gotest.Result) {
	switch {
	case v.Offline != nil && !v.Offline.Passed():
		return gotest.Offline, v.Offline
	case v.Cluster != nil && !v.Cluster.Passed():
		return gotest.Cluster, v.Cluster
	}
	return gotest.Offline, nil
}

// Checker checks exercises.
type Checker struct {
	// Reach says whether the cluster can be reached, and if not, what to do.
	Reach func(context.Context) error

	OfflineTimeout time.Duration
	ClusterTimeout time.Duration
}

// Check compiles the exercise as it stands and runs its parts, the cluster part only after the offline part passed.
// An error means that the check itself failed.
func (c *Checker) Check(ctx context.Context, e *catalog.Exercise) (*Verdict, error) {
	scratch, err := os.MkdirTemp("", "workbook-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)

	v := &Verdict{Exercise: e}
	if v.Clustered, err = clusterTests(e); err != nil {
		return nil, err
	}
	binary, err := gotest.Build{Dir: e.Dir, Vet: true, Scratch: scratch}.Compile(ctx)
	if errors.As(err, &v.Compile) {
		v.State = DoesNotCompile
		return v, nil
	}
	if err != nil {
		return nil, err
	}
	if v.Offline, err = binary.Run(ctx, gotest.Run{Part: gotest.Offline, Timeout: c.OfflineTimeout}); err != nil {
		return nil, err
	}
	if !v.Offline.Passed() {
		v.State = failed(e, v.Offline)
		return v, nil
	}
	if len(v.Clustered) == 0 {
		v.State = Solved
		return v, nil
	}
	if v.NoCluster = c.Reach(ctx); v.NoCluster != nil {
		v.State = OfflinePassed
		return v, nil
	}
	if v.Cluster, err = binary.Run(ctx, gotest.Run{Part: gotest.Cluster, Timeout: c.ClusterTimeout}); err != nil {
		return nil, err
	}
	if v.State = Solved; !v.Cluster.Passed() {
		v.State = failed(e, v.Cluster)
	}
	return v, nil
}

func failed(e *catalog.Exercise, r *gotest.Result) State {
	switch {
	case r.Crash == nil, r.Crash.Kind == gotest.Leak:
		return Failing
	case r.Crash.Kind == gotest.Timeout:
		return Hanging
	case strings.HasPrefix(r.Crash.Message, e.TODO()) && e.Untouched():
		return NotStarted
	}
	return Panicking
}

// clusterTests reads the names from the source: a part that doesn't run can't tell them.
func clusterTests(e *catalog.Exercise) ([]string, error) {
	var names []string
	for _, f := range e.Tests {
		src, err := os.ReadFile(filepath.Join(e.Dir, f))
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(src)) {
			if rest, ok := strings.CutPrefix(line, "func "+gotest.ClusterPrefix); ok {
				name, _, _ := strings.Cut(rest, "(")
				names = append(names, gotest.ClusterPrefix+name)
			}
		}
	}
	return names, nil
}
