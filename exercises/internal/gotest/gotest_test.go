package gotest_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/fixture"
	"client-go-workbook/exercises/internal/gotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const exercise = "exercises/ch02-order/ex01-largest"

func compile(t *testing.T, repo *fixture.Repo, overlay map[string]string) (*gotest.Binary, error) {
	t.Helper()
	return gotest.Build{
		Dir:     filepath.Join(repo.Root, exercise),
		Overlay: overlay,
		Scratch: t.TempDir(),
	}.Compile(t.Context())
}

func TestAnOverlayTakesThePlaceOfTheLearnersFile(t *testing.T) {
	repo := fixture.New(t)
	stub := repo.Read(exercise + "/largest.go")
	binary, err := compile(t, repo, map[string]string{
		filepath.Join(repo.Root, exercise, "largest.go"): filepath.Join(repo.Root, "solutions/ch02-order/ex01-largest/largest.go"),
	})
	require.NoError(t, err)
	result, err := binary.Run(t.Context(), gotest.Run{Part: gotest.Offline, Count: 3, Timeout: time.Minute})
	require.NoError(t, err)
	require.True(t, result.Passed())
	require.Equal(t, 3, result.Top()[0].Runs)
	require.Equal(t, stub, repo.Read(exercise+"/largest.go"))
}

func TestACompileErrorInAnOverlayNamesTheLearnersFile(t *testing.T) {
	repo := fixture.New(t)
	repo.Write("mutant.go", "package largest\n\nfunc Largest(numbers ...int) int { return numbres }\n")
	original := filepath.Join(repo.Root, exercise, "largest.go")
	_, err := compile(t, repo, map[string]string{original: filepath.Join(repo.Root, "mutant.go")})
	var compileError *gotest.CompileError
	require.ErrorAs(t, err, &compileError)
	require.Equal(t, []gotest.Diagnostic{{File: original, Line: 3, Column: 43, Message: "undefined: numbres"}},
		compileError.Diagnostics)
}

// A test in the package itself is compiled with the learner's file, and comes before it in the alphabet.
func TestTheLearnersErrorComesFirst(t *testing.T) {
	repo := fixture.New(t)
	repo.Write(exercise+"/a_test.go", "package largest\n\nvar _ = missing\n")
	repo.Write(exercise+"/largest.go", "package largest\n\nfunc Largest(numbers ...int) int { return numbres }\n")
	_, err := compile(t, repo, nil)
	require.EqualError(t, err, "does not compile: largest.go:3: undefined: numbres")
	var compileError *gotest.CompileError
	require.ErrorAs(t, err, &compileError)
	require.Len(t, compileError.Diagnostics, 2)
}

// What failed comes in the order in which it began, not in the alphabet's; the test that crashed is among it.
func TestFailuresComeInOrder(t *testing.T) {
	repo := fixture.New(t)
	const tests = `package largest_test

import "testing"

func TestZ(t *testing.T) {
	t.Run("b", func(t *testing.T) { t.Error() })
	t.Run("a", func(t *testing.T) { t.Error() })
}

func TestY(t *testing.T) { t.Run("crash", func(t *testing.T) { t.Run("deep", func(t *testing.T) { CRASH }) }) }

func TestX(t *testing.T) {}
`
	for name, c := range map[string]struct {
		code string
		kind gotest.Kind
	}{
		"in the test":                {"panic(1)", gotest.Panic},
		"in a goroutine of the test": {"go panic(1); select {}", gotest.Panic},
		"never ending":               {"select {}", gotest.Timeout},
	} {
		t.Run(name, func(t *testing.T) {
			repo.Write(exercise+"/largest_test.go", strings.Replace(tests, "CRASH", c.code, 1))
			binary, err := compile(t, repo, nil)
			require.NoError(t, err)
			result, err := binary.Run(t.Context(), gotest.Run{Part: gotest.Offline, Timeout: time.Second})
			require.NoError(t, err)
			var failed []string
			for _, test := range result.FailedTests() {
				failed = append(failed, test.Name)
			}
			require.Equal(t, []string{"TestZ/b", "TestZ/a", "TestY/crash/deep"}, failed)
			require.Equal(t, c.kind, result.Crash.Kind)
		})
	}
}

func TestNothingRanIsNotPassed(t *testing.T) {
	repo := fixture.New(t)
	binary, err := compile(t, repo, nil)
	require.NoError(t, err)
	result, err := binary.Run(t.Context(), gotest.Run{Part: gotest.Cluster, Timeout: time.Minute})
	require.NoError(t, err)
	require.Empty(t, result.Tests)
	require.False(t, result.Passed())
}

func TestNoTestFiles(t *testing.T) {
	repo := fixture.New(t)
	repo.Remove(exercise + "/largest_test.go")
	_, err := compile(t, repo, nil)
	var compileError *gotest.CompileError
	require.ErrorAs(t, err, &compileError)
	require.ErrorContains(t, err, "no test files")
}

// With the context the whole tree of processes ends: the converter and the test beneath it. The test holds a pipe
// open, whose end says that it is gone.
func TestCancelEndsTheTestProcess(t *testing.T) {
	repo := fixture.New(t)
	pipe := filepath.Join(repo.Root, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	repo.Write(exercise+"/largest_test.go", `package largest_test

import ("os"; "testing")

func TestHolds(t *testing.T) {
	f, err := os.OpenFile("`+pipe+`", os.O_WRONLY, 0)
	if err != nil { t.Fatal(err) }
	f.WriteString("here\n")
	for {}
}
`)
	binary, err := compile(t, repo, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error)
	go func() {
		_, err := binary.Run(ctx, gotest.Run{Part: gotest.Offline, Timeout: time.Hour})
		ended <- err
	}()
	f, err := os.Open(pipe) // waits until the test opens the other end
	require.NoError(t, err)
	defer f.Close()
	out := bufio.NewReader(f)
	line, err := out.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "here\n", line)

	cancel()
	require.ErrorIs(t, <-ended, context.Canceled)
	_, err = out.ReadByte()
	require.True(t, errors.Is(err, io.EOF), "the test's process is gone")
}
