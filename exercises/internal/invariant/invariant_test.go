package invariant_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var oneSlash = invariant.Invariant{Says: "one slash between parts", Read: "lib/rest/url.go"}

// A failure is a t that keeps what it is told, and ends its goroutine as the real one does.
type failure struct {
	testing.TB
	text   string
	failed bool
}

func (f *failure) Helper()           {}
func (f *failure) Error(args ...any) { f.text = fmt.Sprint(args...); f.failed = true }
func (f *failure) Fatal(args ...any) { f.Error(args...); f.FailNow() }
func (f *failure) FailNow()          { f.failed = true; runtime.Goexit() }

// told runs assert and returns what a learner would read, or "" if it held.
func told(t *testing.T, assert func(t testing.TB)) string {
	f := &failure{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		assert(f)
	}()
	<-done
	require.Equal(t, f.failed, f.text != "")
	return f.text
}

func TestWhatHoldsSaysNothing(t *testing.T) {
	require.Empty(t, told(t, func(t testing.TB) {
		oneSlash.Equal(t, []int{1}, []int{1}, "")
		oneSlash.NoError(t, nil, "")
		require.True(oneSlash.T(t), true)
	}))
}

func TestEqual(t *testing.T) {
	require.Equal(t, `
invariant  one slash between parts
doing      APIPath("/api")
expected   "/api/v1"
saw        ""
read       lib/rest/url.go`, told(t, func(t testing.TB) { oneSlash.Equal(t, "/api/v1", "", "APIPath(%q)", "/api") }))
}

// Of long texts the part is shown in which they differ.
func TestEqualOfLongTexts(t *testing.T) {
	many := make([]int, 200)
	one := slices.Clone(many)
	one[100] = 7
	require.Equal(t, `
invariant  one slash between parts
doing      count
expected   …0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0…
saw        …0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 7 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0…
read       lib/rest/url.go`, told(t, func(t testing.TB) { oneSlash.Equal(t, many, one, "count") }))

	// At the end, and longer by one.
	require.Contains(t, told(t, func(t testing.TB) { oneSlash.Equal(t, many, append(many, 7), "count") }),
		"saw        … 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 7]\n")

	// What only its type tells apart is shown as it is.
	require.Contains(t, told(t, func(t testing.TB) { oneSlash.Equal(t, make([]int64, 200), many, "count") }),
		"saw        [0 0 0")
}

// As testify sees it: bytes by content, numbers by type.
func TestEqualTellsTypesApart(t *testing.T) {
	require.Empty(t, told(t, func(t testing.TB) { oneSlash.Equal(t, []byte("a"), []byte("a"), "") }))
	require.NotEmpty(t, told(t, func(t testing.TB) { oneSlash.Equal(t, int32(1), int64(1), "") }))
}

func TestNoError(t *testing.T) {
	require.Equal(t, `
invariant  one slash between parts
doing      get a pod
expected   no error
saw        not found
           at all
read       lib/rest/url.go`, told(t, func(t testing.TB) { oneSlash.NoError(t, errors.New("not found\nat all"), "get a pod") }))
}

func TestTestify(t *testing.T) {
	text := told(t, func(t testing.TB) { require.Equal(oneSlash.T(t), 1, 2, "of %s", "pods") })
	require.Equal(t, `
invariant  one slash between parts
saw        Not equal:
           expected: 1
           actual  : 2
           of pods
read       lib/rest/url.go`, text)
}

// Only what is prose is wrapped: a value is shown as it is, however long.
func TestLongLinesFitATerminal(t *testing.T) {
	long := invariant.Invariant{Says: "a path is absolute, with one slash between parts and none at its end", Read: "lib"}
	saw := "a value that is far longer than what a terminal with 80 columns can show"
	require.Equal(t, `
invariant  a path is absolute, with one slash between parts and none at
           its end
doing      f("apis", schema.GroupVersion{Group:"apps", Version:"v1"},
           1234)
expected   ""
saw        "`+saw+`"
read       lib`, told(t, func(t testing.TB) {
		long.Equal(t, "", saw, "f(%q, schema.GroupVersion{Group:%q, Version:%q}, 1234)", "apis", "apps", "v1")
	}))
}
