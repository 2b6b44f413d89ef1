package progress_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/progress"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func load(t *testing.T, root string) *progress.Progress {
	t.Helper()
	p, damaged, err := progress.Load(root)
	require.NoError(t, err)
	require.Empty(t, damaged)
	return p
}

// A watch in one terminal and a check in another.
func TestTwoAtOnceForgetNothing(t *testing.T) {
	root := t.TempDir()
	first := &catalog.Exercise{Chapter: "ch01-clients", Folder: "ex01-one"}
	second := &catalog.Exercise{Chapter: "ch01-clients", Folder: "ex02-two"}
	a, b := load(t, root), load(t, root)
	require.NoError(t, a.Set(first, func(e *progress.Entry) { e.Hints = 1 }))
	require.NoError(t, b.Set(second, func(e *progress.Entry) { e.Hints = 2 }))

	now := load(t, root)
	one, _ := now.Of(first)
	two, _ := now.Of(second)
	require.Equal(t, []int{1, 2}, []int{one.Hints, two.Hints})
}

func TestNothingChangedIsNotWritten(t *testing.T) {
	root := t.TempDir()
	p := load(t, root)
	require.NoError(t, p.Set(&catalog.Exercise{Chapter: "ch01-clients", Folder: "ex01-one"}, func(*progress.Entry) {}))
	require.NoDirExists(t, filepath.Join(root, ".workbook"))
}

func TestWhereItCannotBeWritten(t *testing.T) {
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, ".workbook"), nil, 0o600), "a file where the folder should be")
	_, _, err := progress.Load(root)
	require.ErrorContains(t, err, "read the progress: ")
}
