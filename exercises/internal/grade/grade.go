// Package grade proves that the exercises keep their promises; see solutions/README.md for the list.
//
//	solution ──stub.Make──▶ stub     compiles, vets, is red by its TODO
//	   │
//	   ├── as it is, -race           green, many times; every test runs exactly once
//	   └── mutants/*.diff            each compiles, and a test kills it ──▶ KILLS.md
//
// All three are compiled by an overlay over the learner's folder with the learner's tests, so that the state of the
// learner's own files doesn't matter.
package grade

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"client-go-workbook/exercises/internal/catalog"
)

// Grader says what to grade, and how thoroughly.
type Grader struct {
	Root  string                      // the folder of the repository
	Reach func(context.Context) error // whether the cluster can be reached
	Short bool                        // leave out what needs the cluster, and say so
	Race  bool                        // compile solutions with the race detector
	Times int                         // how often each solution must pass
	Only  []string                    // names of exercises to grade; none means all

	CPUs        int // compilers at once
	ClusterJobs int // cluster parts at once; they wait more than they work

	OfflineTimeout time.Duration // of one run; a mutant that takes longer hangs
	ClusterTimeout time.Duration
}

const (
	fewestMutants  = 4
	offlineSeconds = 2
	clusterSeconds = 15
)

// Report is what was found. Everything is in the order of the exercises, whichever ended first.
type Report struct {
	Exercises int
	Partial   bool      // not all exercises were graded
	Findings  []Finding // promises that aren't kept
	Warnings  []Finding // what should be better
	Unchecked []Finding // what needs a cluster, in short mode
	Kills     []Kill
}

// Finding is something about one exercise.
type Finding struct{ Exercise, Text string }

// Kill is a mutant and the test that it failed.
type Kill struct{ Exercise, Mutant, Test string }

func (f Finding) String() string { return f.Exercise + ": " + f.Text }

// Run grades all exercises. An error means that grading itself failed.
func (g *Grader) Run(ctx context.Context) (*Report, error) {
	c, err := catalog.Load(g.Root)
	if err != nil {
		return nil, err
	}
	report := &Report{Partial: len(g.Only) > 0}
	if !report.Partial {
		if report.Findings, err = misfits(c); err != nil {
			return nil, err
		}
	}
	if err := keep(c, g.Only); err != nil {
		return nil, err
	}
	report.Exercises = len(c.Exercises)

	scratch, err := os.MkdirTemp("", "check-exercises-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	shared := &shared{Grader: g, scratch: scratch, cpu: make(chan struct{}, g.CPUs), cluster: make(chan struct{}, g.ClusterJobs)}
	if err := shared.reachCluster(ctx, c); err != nil {
		return nil, err
	}
	exams := make([]*exam, len(c.Exercises))
	for i, e := range c.Exercises {
		exams[i] = newExam(shared, c, e)
	}
	return report, shared.all(ctx, exams, report)
}

// keep takes all exercises but those that are named out of c, if any are.
func keep(c *catalog.Catalog, names []string) error {
	if len(names) == 0 {
		return nil
	}
	named := map[*catalog.Exercise]bool{}
	for _, name := range names {
		e, err := c.Find(name)
		if err != nil {
			return err
		}
		named[e] = true
	}
	c.Exercises = slices.DeleteFunc(c.Exercises, func(e *catalog.Exercise) bool { return !named[e] })
	return nil
}

// misfits finds solutions that solve nothing, and exercises of the same short id or key, which would share their
// progress.
func misfits(c *catalog.Catalog) ([]Finding, error) {
	orphans, err := c.Orphans()
	if err != nil {
		return nil, err
	}
	var found []Finding
	for _, o := range orphans {
		found = append(found, Finding{o, "a solution without an exercise"})
	}
	seen := map[string]string{}
	for _, e := range c.Exercises {
		for _, name := range []string{e.ID(), e.Key()} {
			if other, ok := seen[name]; ok {
				found = append(found, Finding{e.Name(), fmt.Sprintf("is called %s, as %s is", name, other)})
			}
			seen[name] = e.Name()
		}
	}
	return found, nil
}

// shared is what all exams share.
type shared struct {
	*Grader
	scratch      string
	cpu, cluster chan struct{} // tokens
}

func (s *shared) reachCluster(ctx context.Context, c *catalog.Catalog) error {
	needed := slices.ContainsFunc(c.Exercises, func(e *catalog.Exercise) bool {
		return slices.Contains(e.Tests, clusterFile)
	})
	if s.Short || !needed {
		return nil
	}
	if err := s.Reach(ctx); err != nil {
		return fmt.Errorf("the cluster parts need a cluster (or -short, without them): %w", err)
	}
	return nil
}

// job does one piece of the work. It begins with a CPU token, and gives it back as soon as it has compiled.
type job func(context.Context)

// run starts the jobs in their order, as tokens come free, and waits for all.
func (s *shared) run(ctx context.Context, jobs []job) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for _, j := range jobs {
		select {
		case s.cpu <- struct{}{}:
			wg.Go(func() { j(ctx) })
		case <-ctx.Done():
			return
		}
	}
}

// all runs the exams at once and merges what they found.
func (s *shared) all(ctx context.Context, exams []*exam, report *Report) error {
	// Solutions come first: their cluster parts wait for the controllers while the rest compiles.
	var solutions, others []job
	var vetErr error
	others = append(others, func(ctx context.Context) { vetErr = s.vet(ctx, exams) })
	for _, x := range exams {
		if x.solution != nil {
			solutions = append(solutions, x.gradeSolution)
		}
		if x.stubs != nil {
			others = append(others, x.gradeStub)
		}
		for _, m := range x.mutants {
			others = append(others, func(ctx context.Context) { x.gradeMutant(ctx, m) })
		}
	}
	s.run(ctx, append(solutions, others...))
	if err := cmp.Or(ctx.Err(), vetErr); err != nil {
		return err
	}
	for _, x := range exams {
		slices.Sort(x.findings)
		slices.Sort(x.warnings)
		slices.Sort(x.unchecked)
		report.Findings = append(report.Findings, x.named(x.findings)...)
		report.Warnings = append(report.Warnings, x.named(x.warnings)...)
		report.Unchecked = append(report.Unchecked, x.named(x.unchecked)...)
		slices.SortFunc(x.kills, func(a, b Kill) int { return strings.Compare(a.Mutant, b.Mutant) })
		report.Kills = append(report.Kills, x.kills...)
	}
	return nil
}

func (x *exam) named(texts []string) []Finding {
	var found []Finding
	for _, t := range slices.Compact(texts) {
		found = append(found, Finding{x.exercise.Name(), t})
	}
	return found
}
