package runner

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/gotest"
	"client-go-workbook/exercises/internal/screen"
	"client-go-workbook/exercises/internal/verdict"
)

const (
	mostDiagnostics = 5
	mostOutput      = 30 // lines of a failed test
	mostFailed      = 5  // names of the others
)

// report prints a verdict: first what each part did, then the one thing to look at.
func (r *Runner) report(v *verdict.Verdict) {
	s := r.screen
	r.heading(v.Exercise)
	s.Line()
	switch v.State {
	case verdict.NotStarted:
		r.notStarted(v.Exercise)
		return
	case verdict.DoesNotCompile:
		r.doesNotCompile(v)
		return
	}
	r.part(gotest.Offline, v.Offline, "")
	switch {
	case v.NoCluster != nil:
		r.part(gotest.Cluster, nil, fmt.Sprintf("%s not run: no cluster", tests(len(v.Clustered))))
	case v.Cluster == nil && len(v.Clustered) > 0:
		r.part(gotest.Cluster, nil, fmt.Sprintf("%s to run when the offline part passes", tests(len(v.Clustered))))
	case v.Cluster != nil:
		r.part(gotest.Cluster, v.Cluster, "")
	}
	s.Line()
	switch v.State {
	case verdict.OfflinePassed:
		s.Line("  ", s.Note("offline part passed; start a cluster for the rest: make -C .. up"))
		s.Text(2, v.NoCluster.Error())
	case verdict.Solved:
		r.solved(v.Exercise)
	default:
		r.failed(v)
	}
}

func (r *Runner) notStarted(e *catalog.Exercise) {
	s := r.screen
	s.Line("  ", s.Note("not started"))
	s.Line()
	for _, f := range e.Sources {
		if src, err := os.ReadFile(filepath.Join(e.Dir, f)); err == nil && bytes.Contains(src, []byte(e.TODO())) {
			s.Line("  the TODO is in   ", r.relative(filepath.Join(e.Dir, f)))
		}
	}
	s.Line("  the task         go run . show ", e.ID())
}

func (r *Runner) doesNotCompile(v *verdict.Verdict) {
	s := r.screen
	if len(v.Exercise.Sources) == 0 {
		s.Line("  ", s.Bad("there is no Go file to check"))
		s.Line()
		s.Line("  the stub again   go run . reset ", v.Exercise.ID())
		return
	}
	what := "does not compile"
	if v.Compile.Vet {
		what = "compiles, but `go vet` is sure that something is wrong"
	}
	s.Line("  ", s.Bad(what))
	s.Line()
	found := v.Compile.Diagnostics
	if len(found) == 0 {
		s.Lines(4, v.Compile.Output, s.Faint)
		return
	}
	own := found[0].InFile(v.Exercise.Dir)
	if !own {
		s.Text(2, "Your files compile, but the tests use something that they no longer have:")
	}
	for i, d := range found {
		if d.InFile(v.Exercise.Dir) != own || i == mostDiagnostics {
			break // the rest follows from these
		}
		s.Line("  ", s.Bold(fmt.Sprintf("%s:%d", r.relative(d.File), d.Line)))
		s.Line("    ", d.Message)
		r.excerpt(d.File, d.Line)
	}
}

// excerpt prints one line of a source file.
func (r *Runner) excerpt(file string, line int) {
	src, err := os.ReadFile(file)
	lines := strings.Split(string(src), "\n")
	if err != nil || line < 1 || line > len(lines) {
		return
	}
	r.screen.Line("    ", r.screen.Faint(fmt.Sprintf("%4d │ %s", line, strings.TrimSpace(lines[line-1]))))
}

func (r *Runner) part(p gotest.Part, result *gotest.Result, instead string) {
	s := r.screen
	mark, words := s.Good("✓"), instead
	switch {
	case result == nil:
		mark = s.Faint("·")
	case result.Passed():
		words = tests(result.Count(gotest.Passed)) + " passed"
	default:
		mark = s.Bad("✗")
		words = fmt.Sprintf("%d of %d tests passed", result.Count(gotest.Passed), len(result.Top()))
		if c := result.Crash; c != nil && c.Kind != gotest.Leak {
			words = tests(result.Count(gotest.Passed)) + " passed, then it stopped" // who knows what the others would do
		}
		if n := result.Count(gotest.Skipped); n > 0 {
			words += fmt.Sprintf(", %d skipped", n)
		}
	}
	s.Line("  ", mark, " ", screen.Pad(p.String(), 9), words)
}

func tests(n int) string {
	if n == 1 {
		return "1 test"
	}
	return fmt.Sprintf("%d tests", n)
}

// failed prints the first failure whole and the others by name: one thing at a time.
func (r *Runner) failed(v *verdict.Verdict) {
	_, result := v.Failed()
	s := r.screen
	failed, c := result.FailedTests(), result.Crash
	if c != nil && c.Kind != gotest.Leak && len(failed) > 0 {
		failed = failed[:len(failed)-1] // the last is the one that crashed
	}
	switch {
	case len(failed) == 0 && c != nil:
		r.crash(v)
		return
	case len(failed) == 0 && result.Count(gotest.Skipped) > 0:
		s.Line("  ", s.Bad("a skipped test is not a test that passed"))
		return
	case len(failed) == 0:
		s.Line("  ", s.Bad("the tests ended badly"))
		s.Lines(4, head(result.Output), s.Faint)
		return
	}
	s.Line("  ", s.Bad(failed[0].Name))
	s.Lines(4, head(message(failed[0].Output)), plain)
	if len(failed) > 1 {
		s.Line()
		s.Line("  ", s.Faint("also failed:"))
		others := failed[1:]
		for _, t := range others[:min(mostFailed, len(others))] {
			s.Line("    ", t.Name)
		}
		if more := len(others) - mostFailed; more > 0 {
			s.Line("    ", s.Faint(fmt.Sprintf("and %d more", more)))
		}
	}
	if c != nil && c.Kind != gotest.Leak {
		s.Line()
		s.Line("  ", s.Faint("and then:"))
		r.crash(v)
	}
}

func plain(text string) string { return text }

func (r *Runner) crash(v *verdict.Verdict) {
	_, result := v.Failed()
	s, c := r.screen, result.Crash
	what := "panics: " + c.Message
	switch c.Kind {
	case gotest.Timeout:
		what = "hangs: " + c.Message
	case gotest.Leak:
		what = "a goroutine is still there after the tests"
	}
	s.Line("  ", s.Bad(what))
	if failed := result.FailedTests(); c.Kind != gotest.Leak && len(failed) > 0 {
		s.Line("    in ", failed[len(failed)-1].Name)
	}
	if c.File != "" {
		s.Line("    at ", s.Bold(fmt.Sprintf("%s:%d", r.relative(c.File), c.Line)))
		r.excerpt(c.File, c.Line)
	} else {
		s.Line("    not in your file; the whole stack: go test ./", v.Exercise.Name())
	}
}

// message takes testing's position and indentation from a test's output.
func message(output string) string {
	var lines []string
	for line := range strings.SplitSeq(strings.TrimRight(output, "\n"), "\n") {
		line = strings.TrimRight(line, " ")
		if position(line) {
			continue
		}
		lines = append(lines, strings.TrimPrefix(strings.TrimPrefix(line, "    "), "    "))
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// position reports whether line is only "    path_test.go:31: ", above a message that begins on the next line. If the
// message is about a panic, it is a line of the runtime's.
func position(line string) bool {
	line = strings.TrimSpace(line)
	file, rest, ok := strings.Cut(line, ".go:")
	return ok && !strings.Contains(file, " ") && strings.Trim(rest, "0123456789") == ":"
}

func head(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if len(lines) <= mostOutput {
		return text
	}
	return strings.Join(lines[:mostOutput], "\n") + fmt.Sprintf("\n… %d lines more", len(lines)-mostOutput)
}

func (r *Runner) solved(e *catalog.Exercise) {
	s := r.screen
	s.Line("  ", s.Good("solved"))
	if e.Readme.Question != "" {
		s.Line()
		s.Line("  ", s.Bold("To think about"))
		s.Text(2, e.Readme.Question)
	}
	s.Line()
	s.Line("  compare   go run . solution ", e.ID())
	if next := r.upNext(); next != nil {
		s.Line("  go on     go run . next")
	}
}
