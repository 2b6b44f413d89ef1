package grade

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/mutant"
	"client-go-workbook/exercises/internal/stub"
)

// exam grades one exercise. What can be seen without running anything is found by newExam, the rest by jobs.
type exam struct {
	*shared
	exercise *catalog.Exercise
	solution stub.Files // with markers
	stubs    stub.Files // nil if the solution makes none
	mutants  []variant
	tests    []test

	mu        sync.Mutex // guards what follows, while the variants run
	findings  []string
	warnings  []string
	unchecked []string
	kills     []Kill
}

// variant is one set of files in the place of the learner's.
type variant struct {
	name  string // a file name; unique in its exercise
	says  string // of a mutant: what is wrong
	files stub.Files
}

func newExam(s *shared, c *catalog.Catalog, e *catalog.Exercise) *exam {
	x := &exam{shared: s, exercise: e, findings: c.Problems(e)}
	var err error
	if x.solution, err = e.ReadSolution(); err != nil {
		x.found("no solution: %v", err)
		return x
	}
	if x.stubs, err = stub.Make(e.ID(), x.solution); err != nil {
		x.found("the solution makes no stub: %v", err)
	}
	x.compareStubs()
	x.readMutants()
	x.readTests()
	return x
}

func (x *exam) found(format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.findings = append(x.findings, fmt.Sprintf(format, args...))
}

func (x *exam) warn(format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.warnings = append(x.warnings, fmt.Sprintf(format, args...))
}

// compareStubs holds the files in the learner's folder against what the solution makes of them.
func (x *exam) compareStubs() {
	for name, want := range x.stubs {
		have, err := os.ReadFile(filepath.Join(x.exercise.Dir, name))
		switch {
		case err != nil:
			x.found("%s: there is no stub; write it with -write", name)
		case !bytes.Equal(have, want):
			x.found("%s: %s", name, x.stale())
		}
	}
	for _, name := range x.exercise.Sources {
		if _, ok := x.solution[name]; !ok {
			x.found("%s: not in the solution", name)
		}
	}
}

// stale says why a stub differs from what the solution makes, and what to do: a learner has other reasons than a writer.
func (x *exam) stale() string {
	if x.exercise.Untouched() {
		return "the stub is stale: the solution makes another (-write writes it)"
	}
	return "this is an answer, where the stub should be; try a clean clone, or go run . reset " + x.exercise.ID() +
		" (it keeps a backup)"
}

func (x *exam) readMutants() {
	files, err := filepath.Glob(filepath.Join(x.exercise.Solution, "mutants", "*.diff"))
	if err != nil {
		x.found("read the mutants: %v", err)
	}
	if len(files) < fewestMutants {
		x.found("%d mutants, expected at least %d", len(files), fewestMutants)
	}
	says := map[string]string{}
	for _, file := range files {
		v, err := x.readMutant(file)
		if err != nil {
			x.found("mutant %s: %v", filepath.Base(file), err)
			continue
		}
		if other, ok := says[v.says]; ok {
			x.found("mutant %s: has the name of %s: %q", v.name, other, v.says)
		}
		says[v.says] = v.name
		x.mutants = append(x.mutants, v)
	}
}

func (x *exam) readMutant(file string) (variant, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return variant{}, err
	}
	m, err := mutant.Parse(text)
	if err != nil {
		return variant{}, err
	}
	changed, err := m.Apply(x.solution)
	if err != nil {
		return variant{}, err
	}
	files := maps.Clone(x.solution)
	maps.Copy(files, changed)
	return variant{name: filepath.Base(file), says: m.Name, files: files}, nil
}

func (x *exam) readTests() {
	var problems []string
	var err error
	if x.tests, problems, err = readTests(x.exercise); err != nil {
		x.found("read the tests: %v", err)
	}
	x.findings = append(x.findings, problems...)
	if !slices.ContainsFunc(x.tests, func(t test) bool { return !t.cluster() }) {
		x.found("no offline test")
	}
}

// overlay writes the variant's files to scratch and returns what takes the place of what.
func (x *exam) overlay(v variant) (replace map[string]string, scratch string, err error) {
	scratch = filepath.Join(x.scratch, x.exercise.Name(), v.name)
	if err := os.MkdirAll(scratch, 0o755); err != nil {
		return nil, "", err
	}
	replace = map[string]string{}
	for name, src := range v.files {
		instead := filepath.Join(scratch, name)
		if err := os.WriteFile(instead, src, 0o644); err != nil {
			return nil, "", err
		}
		replace[filepath.Join(x.exercise.Dir, name)] = instead
	}
	// A learner's own files are no part of it.
	for _, name := range x.exercise.Sources {
		if _, ok := v.files[name]; !ok {
			replace[filepath.Join(x.exercise.Dir, name)] = ""
		}
	}
	return replace, scratch, nil
}

func (v variant) hangs() bool { return strings.Contains(strings.ToLower(v.says), "hang") }
