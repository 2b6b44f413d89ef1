package runner_test

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/exercises/internal/runner"
	"client-go-workbook/exercises/internal/verdict"
)

// A learner watches, saves a wrong answer, asks for a hint, solves, goes on, and leaves.
func TestWatching(t *testing.T) {
	l := newLearner(t)
	in, keyboard, err := os.Pipe()
	require.NoError(t, err)
	screen, out := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		r := runner.Runner{
			Root: l.Root, In: in, Out: out, Now: time.Now,
			Checker: verdict.Checker{Reach: l.reach, OfflineTimeout: time.Minute, ClusterTimeout: time.Minute},
		}
		ended <- errors.Join(r.Run(t.Context(), []string{"watch"}), out.Close())
	}()
	lines := bufio.NewScanner(screen)
	sees := func(text string) {
		t.Helper()
		for lines.Scan() {
			if strings.Contains(lines.Text(), text) {
				return
			}
		}
		require.Fail(t, "never seen", text)
	}

	sees("not started")
	sees("h hint    n next exercise    q quit")
	l.answers("return 3")
	sees("TestNone")
	sees("q quit")
	types := func(key string) {
		t.Helper()
		_, err := keyboard.WriteString(key + "\n")
		require.NoError(t, err)
	}
	types("h")
	sees("Hint 1 of 2")
	sees("q quit")
	l.Replace(sum, "return 3", "for _, n := range numbers {\n\t\tsum += n\n\t}\n\treturn sum")
	sees("solved")
	sees("q quit")
	types("n")
	sees("ch02/ex01  Find the largest")
	sees("q quit")
	types("q")
	require.False(t, lines.Scan(), "nothing comes after q")
	require.NoError(t, <-ended)
	require.NoError(t, keyboard.Close())
	require.Contains(t, l.Read(".workbook/progress.json"), `"numbers/sum"`)
}

// What n leaves unsolved it doesn't come back to before the others were seen.
func TestWatchingSkips(t *testing.T) {
	l := newLearner(t)
	l.hasAThird()
	in, keyboard, err := os.Pipe()
	require.NoError(t, err)
	_, err = keyboard.WriteString("n\nn\nn\nq\n")
	require.NoError(t, err)
	var screen bytes.Buffer
	r := runner.Runner{Root: l.Root, In: in, Out: &screen, Now: time.Now, Checker: verdict.Checker{Reach: l.reach}}
	require.NoError(t, r.Run(t.Context(), []string{"watch", "largest"}))
	require.NoError(t, keyboard.Close())
	require.Equal(t, []string{"checking ch02/ex01", "checking ch02/ex02", "checking ch01/ex01", "checking ch02/ex01"},
		regexp.MustCompile(`checking \S+`).FindAllString(screen.String(), -1))
}
