package runner_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/fixture"
	"client-go-workbook/exercises/internal/runner"
	"client-go-workbook/exercises/internal/screen"
	"client-go-workbook/exercises/internal/verdict"
)

var update = flag.Bool("update", false, "write the screens that are seen to testdata")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	sum     = "exercises/ch01-numbers/ex01-sum/sum.go"
	largest = "exercises/ch02-order/ex01-largest/largest.go"
	least   = "exercises/ch02-order/ex02-least/"
)

// learner is somebody in front of a workbook.
type learner struct {
	*fixture.Repo
	t       *testing.T
	cluster bool
	timeout time.Duration
	screen  bytes.Buffer
}

func newLearner(t *testing.T) *learner {
	return &learner{Repo: fixture.New(t), t: t, cluster: true, timeout: time.Minute}
}

// types runs a command and puts what it shows on the screen.
func (l *learner) types(args ...string) {
	l.t.Helper()
	fmt.Fprintf(&l.screen, "$ go run . %s\n", strings.Join(args, " "))
	r := runner.Runner{
		Root: l.Root,
		Out:  &l.screen,
		Now:  func() time.Time { return time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC) },
		Checker: verdict.Checker{
			Reach:          l.reach,
			OfflineTimeout: l.timeout,
			ClusterTimeout: l.timeout,
		},
	}
	if err := r.Run(l.t.Context(), args); errors.Is(err, runner.ErrNotSolved) {
		fmt.Fprintln(&l.screen, "[exit 1]")
	} else if err != nil {
		screen.New(&l.screen, false).Text(0, err.Error())
		fmt.Fprintln(&l.screen, "[exit 1]")
	}
	l.screen.WriteString("\n")
}

func (l *learner) reach(context.Context) error {
	if l.cluster {
		return nil
	}
	return errors.New("no cluster is configured: make up starts one")
}

// solves puts the solution's lines in the place of the TODO.
func (l *learner) solves() { l.answers("for _, n := range numbers {\n\t\tsum += n\n\t}\n\treturn sum") }

func (l *learner) answers(code string) {
	l.t.Helper()
	l.Replace(sum, `panic("TODO ch01/ex01: fill in Sum")`, code)
}

// hasAThird puts another exercise behind the two: the second once more.
func (l *learner) hasAThird() {
	l.t.Helper()
	for _, name := range []string{"README.md", "hints.md", "largest.go", "largest_test.go"} {
		l.Write(least+name, strings.ReplaceAll(l.Read("exercises/ch02-order/ex01-largest/"+name), "ex01-largest", "ex02-least"))
	}
}

// sees compares the screen with testdata/name.txt.
func (l *learner) sees(name string) {
	l.t.Helper()
	file := filepath.Join("testdata", name+".txt")
	seen := l.screen.String()
	require.NotContains(l.t, seen, l.Root, "a path of this machine")
	for line := range strings.Lines(seen) {
		require.LessOrEqual(l.t, len([]rune(line)), 81, "too wide: %s", line)
	}
	if *update {
		require.NoError(l.t, os.WriteFile(file, []byte(seen), 0o644))
	}
	expected, err := os.ReadFile(file)
	require.NoError(l.t, err)
	require.Equal(l.t, string(expected), seen, "the screen differs from %s; -update writes it", file)
}

// The states of an exercise, from the first look to solved.

func TestUntouched(t *testing.T) {
	l := newLearner(t)
	l.types()
	l.types("next")
	l.types("check")
	l.sees("untouched")
}

func TestDoesNotCompile(t *testing.T) {
	l := newLearner(t)
	l.answers("return numbres[0] + 1")
	l.types("check", "sum")
	l.sees("does-not-compile")
}

func TestTestsDoNotCompileAgainstARenamedFunction(t *testing.T) {
	l := newLearner(t)
	l.Write(sum, "package sum\n\nfunc Total(numbers ...int) int { return 0 }\n")
	l.types("check", "sum")
	l.sees("renamed")
}

func TestVetIsSure(t *testing.T) {
	l := newLearner(t)
	l.Replace(sum, "package sum\n", "package sum\n\nimport \"log\"\n")
	l.answers("log.Printf(\"%d\", \"numbers\")\n\treturn 0")
	l.types("check", "sum")
	l.sees("vet")
}

func TestNoFileIsLeft(t *testing.T) {
	l := newLearner(t)
	stub := l.Read(sum)
	l.Remove(sum)
	l.types("check", "sum")
	l.types("reset", "sum")
	l.sees("no-file")
	require.Equal(t, stub, l.Read(sum))
}

func TestFailing(t *testing.T) {
	l := newLearner(t)
	l.answers("return 3")
	l.types("check", "sum")
	l.types()
	l.sees("failing")
}

// The first failure is to be looked at; who the others are is soon no news.
func TestManyFailing(t *testing.T) {
	l := newLearner(t)
	l.Replace("exercises/ch01-numbers/ex01-sum/sum_test.go", "func check(", `func TestTens(t *testing.T) {
	for n := range 10 {
		t.Run(strconv.Itoa(n), func(t *testing.T) { check(t, 10*n, 10, n) })
	}
}

func check(`)
	l.Replace("exercises/ch01-numbers/ex01-sum/sum_test.go", `"testing"`, "\"strconv\"\n\t\"testing\"")
	l.answers("return 3")
	l.types("check", "sum")
	l.sees("many-failing")
}

func TestFailsOnTheClusterOnly(t *testing.T) {
	l := newLearner(t)
	l.answers("for _, n := range numbers[:min(100, len(numbers))] {\n\t\tsum += n\n\t}\n\treturn sum")
	l.types("check", "sum")
	l.sees("fails-on-the-cluster")
}

func TestPanicking(t *testing.T) {
	l := newLearner(t)
	l.answers("return numbers[len(numbers)]")
	l.types("check", "sum")
	l.Replace(sum, "return numbers[len(numbers)]", "const rest = \"TODO ch01/ex01: the rest\"\n\tpanic(rest)")
	l.types("check", "sum") // a start was made, so it isn't "not started"
	l.sees("panicking")
}

func TestHanging(t *testing.T) {
	l := newLearner(t)
	l.timeout = time.Second
	l.answers("for {\n\t\tsum++\n\t}")
	l.types("check", "sum")
	l.sees("hanging")
}

func TestACrashAfterAFailure(t *testing.T) {
	l := newLearner(t)
	l.answers("if len(numbers) > 0 {\n\t\tpanic(\"too many\")\n\t}\n\treturn 3")
	l.types("check", "sum")
	l.sees("crash-after-failure")
}

// goleak isn't in the fixture, which has no dependencies; its words are.
func TestLeaking(t *testing.T) {
	l := newLearner(t)
	l.answers("for _, n := range numbers {\n\t\tsum += n\n\t}\n\tgo func() { select {} }()\n\treturn sum")
	l.Write("exercises/ch01-numbers/ex01-sum/main_test.go", `package sum_test

import ("fmt"; "os"; "runtime"; "testing")

func TestMain(m *testing.M) {
	m.Run()
	stacks := make([]byte, 1<<16)
	fmt.Fprintf(os.Stderr, "goleak: Errors on successful test run: %s\n", stacks[:runtime.Stack(stacks, true)])
	os.Exit(1)
}
`)
	l.types("check", "sum")
	l.sees("leaking")
}

func TestOfflinePartPassed(t *testing.T) {
	l := newLearner(t)
	l.cluster = false
	l.solves()
	l.types("check", "sum")
	l.types()
	l.types("next")
	l.types("solution", "sum")
	l.sees("offline-passed")
}

func TestSolved(t *testing.T) {
	l := newLearner(t)
	l.solves()
	l.types("check", "ex01-sum")
	l.types("solution", "sum")
	l.types()
	l.Replace(sum, "sum += n", "sum -= n")
	l.types()
	l.types("check", "sum")
	l.types()
	l.sees("solved")
}

// What passed on a cluster once isn't forgotten because the cluster is down.
func TestSolvedAndNoCluster(t *testing.T) {
	l := newLearner(t)
	l.solves()
	l.types("check", "sum")
	l.screen.Reset()
	l.cluster = false
	l.types("check", "sum")
	l.types()
	l.sees("solved-and-no-cluster")
}

func TestAllSolved(t *testing.T) {
	l := newLearner(t)
	l.solves()
	l.Write(largest, "package largest\n\nimport \"slices\"\n\nfunc Largest(numbers ...int) int { return slices.Max(numbers) }\n")
	l.types("check", "all")
	l.types()
	l.types("next")
	l.sees("all-solved")
}

// A skipped test, like one that has nothing to run on, is no test that passed.
func TestSkippedClusterTestIsNotPassed(t *testing.T) {
	l := newLearner(t)
	l.solves()
	l.Replace("exercises/ch01-numbers/ex01-sum/cluster_test.go", "numbers := make([]int, 200)",
		"t.Skip(\"no cluster\")\n\tnumbers := make([]int, 200)")
	l.types("check", "sum")
	l.sees("skipped")
}

// The other commands.

func TestHintsComeOneByOne(t *testing.T) {
	l := newLearner(t)
	l.types("hint")
	l.types("hint", "sum")
	l.types("hint", "sum")
	l.sees("hints")
}

func TestReading(t *testing.T) {
	l := newLearner(t)
	l.types("help")
	l.types("show", "largest")
	l.types("map")
	l.sees("reading")
}

func TestGivingUp(t *testing.T) {
	l := newLearner(t)
	l.types("solution", "sum")
	l.types("solution", "sum", "--give-up")
	l.sees("giving-up")
}

func TestResetKeepsABackup(t *testing.T) {
	l := newLearner(t)
	stub := l.Read(sum)
	l.types("reset", "sum")
	l.solves()
	l.Write("exercises/ch01-numbers/ex01-sum/helper.go", "package sum\n")
	l.types("check", "sum")
	l.types("reset", "sum")
	l.types()
	l.sees("reset")

	require.Equal(t, stub, l.Read(sum))
	require.NoFileExists(t, filepath.Join(l.Root, "exercises/ch01-numbers/ex01-sum/helper.go"))
	const backup = ".workbook/backup/ch01-numbers/ex01-sum/2026-01-02T15.04.05/"
	require.Contains(t, l.Read(backup+"sum.go"), "sum += n")
	require.Equal(t, "package sum\n", l.Read(backup+"helper.go"))
}

func TestNames(t *testing.T) {
	l := newLearner(t)
	for _, name := range []string{"ex01", "smu", "pods", "ch1/ex1", "ch02/ex01", "larg", "numbers/sum", ""} {
		l.types("show", name)
	}
	l.types("show", "sum", "largest")
	l.types("solve")
	l.types("reset")
	l.types("solution", "--give-up")
	l.sees("names")
}

// Somebody skips the first chapter. What is next is behind the exercise that was solved last, and at the end the first.
func TestBeginsWithTheSecondChapter(t *testing.T) {
	l := newLearner(t)
	l.hasAThird()
	for _, exercise := range []struct{ solves, next string }{
		{"exercises/ch02-order/ex01-largest/", "ch02/ex02"},
		{least, "ch01/ex01"},
	} {
		l.Replace(exercise.solves+"largest.go", `panic("TODO ch02/ex01: fill in Largest")`, "if numbers[0] < 0 {\n\t\treturn -1\n\t}\n\treturn 7")
		l.types("check", strings.TrimPrefix(exercise.solves, "exercises/")[:len("ch02-order/ex02")])
		require.Contains(t, l.screen.String(), "go run . next")
		l.screen.Reset()
		l.types("next")
		require.Contains(t, l.screen.String(), exercise.next+"  ")
		l.screen.Reset()
	}
}

func TestProgressSurvives(t *testing.T) {
	l := newLearner(t)
	l.solves()
	l.types("check", "sum")
	l.screen.Reset()

	// Another number for the chapter and the exercise: an upgrade of the workbook.
	for _, in := range []string{"exercises", "solutions"} {
		require.NoError(t, os.Rename(filepath.Join(l.Root, in, "ch01-numbers"), filepath.Join(l.Root, in, "ch03-numbers")))
		require.NoError(t, os.Rename(filepath.Join(l.Root, in, "ch03-numbers/ex01-sum"),
			filepath.Join(l.Root, in, "ch03-numbers/ex07-sum")))
	}
	l.types()

	l.Write(".workbook/progress.json", "{damaged")
	l.types()
	require.Equal(t, "{damaged", l.Read(".workbook/progress.json.damaged"))
	l.sees("progress")
}
