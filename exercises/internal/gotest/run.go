package gotest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

// Part is one of the two parts of an exercise's tests.
type Part int

const (
	Offline Part = iota // needs nothing
	Cluster             // named TestCluster…: needs an API server
)

// ClusterPrefix begins the names of the tests that need a cluster.
const ClusterPrefix = "TestCluster"

func (p Part) String() string {
	if p == Cluster {
		return "cluster"
	}
	return "offline"
}

func (p Part) flag() string {
	if p == Cluster {
		return "-test.run=^" + ClusterPrefix
	}
	return "-test.skip=^" + ClusterPrefix
}

// Run says which tests of a Binary to run, and how.
type Run struct {
	Part    Part
	Count   int           // how often; 0 means once
	Timeout time.Duration // of all together
}

// Run runs tests and returns what came of them. Failed tests are no error.
func (b *Binary) Run(ctx context.Context, run Run) (*Result, error) {
	converter, err := test2json()
	if err != nil {
		return nil, fmt.Errorf("find go's test2json: %w", err)
	}
	cmd := command(ctx, b.dir, converter, "-t", b.path, "-test.v=test2json", "-test.paniconexit0", run.Part.flag(),
		fmt.Sprintf("-test.count=%d", max(1, run.Count)), fmt.Sprintf("-test.timeout=%s", run.Timeout))
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the tests: %w", err)
	}
	result, readErr := read(out, b.dir)
	err = cmd.Wait()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case readErr != nil:
		return nil, fmt.Errorf("read the tests' output: %w", readErr)
	case err != nil && !errors.As(err, &exit):
		return nil, fmt.Errorf("run the tests: %w", err)
	}
	result.Failed = result.Failed || err != nil
	return result, nil
}

// event is one line of test2json.
type event struct {
	Action  string
	Test    string
	Elapsed float64
	Output  string
}

func read(out io.Reader, dir string) (*Result, error) {
	r := &reader{Result: &Result{}, index: map[string]int{}, crash: crash{dir: dir}}
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil {
				r.add(e)
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			r.Result.Crash = r.crash.result()
			return r.Result, nil
		case err != nil:
			return nil, err
		}
	}
}

type reader struct {
	*Result
	index map[string]int // of a test's name in Tests
	crash crash
}

func (r *reader) add(e event) {
	if e.Action == "output" {
		r.crash.read(e.Output)
	}
	if e.Test == "" {
		switch e.Action {
		case "output":
			r.Output += e.Output
		case "fail":
			r.Failed = true
		}
		if e.Action == "pass" || e.Action == "fail" {
			r.Elapsed = time.Duration(e.Elapsed * float64(time.Second))
		}
		return
	}
	t := r.test(e.Test)
	switch e.Action {
	case "run":
		t.Runs++
		r.Began = append(r.Began, t.Name)
	case "pass", "fail", "skip":
		// One failure of many runs stays a failure; one skip is not a pass.
		t.Outcome = max(t.Outcome, outcomes[e.Action])
	case "output":
		if !framing(e.Output) {
			t.Output += e.Output
		}
	}
}

func (r *reader) test(name string) *Test {
	i, ok := r.index[name]
	if !ok {
		i = len(r.Tests)
		r.index[name] = i
		r.Tests = append(r.Tests, Test{Name: name})
	}
	return &r.Tests[i]
}

func framing(line string) bool {
	line = strings.TrimLeft(line, " ")
	return strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ")
}
