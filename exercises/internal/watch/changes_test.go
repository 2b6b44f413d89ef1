package watch_test

import (
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/exercises/internal/watch"
)

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
}

func TestSavesAreNoticed(t *testing.T) {
	dir := t.TempDir()
	changes := watch.NewChanges(dir, false)
	defer changes.Close()
	write(t, dir, "a.go", "package a")
	<-changes.C
	// As many editors save: another file takes the place.
	write(t, dir, "a.go~", "package a // better")
	require.NoError(t, os.Rename(filepath.Join(dir, "a.go~"), filepath.Join(dir, "a.go")))
	<-changes.C
	require.NoError(t, os.Remove(filepath.Join(dir, "a.go")))
	<-changes.C
}

func TestPollingNoticesTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		write(t, dir, "a.go", "package a")
		changes := watch.NewChanges(dir, true)
		defer changes.Close()
		pause := func() bool {
			time.Sleep(2 * time.Second)
			select {
			case <-changes.C:
				return true
			default:
				return false
			}
		}
		require.False(t, pause(), "nothing happened")
		write(t, dir, "a.go", "package a // better")
		require.True(t, pause(), "changed")
		require.False(t, pause(), "said once")
		write(t, dir, "b.go", "package a")
		require.True(t, pause(), "created")
		require.NoError(t, os.Remove(filepath.Join(dir, "b.go")))
		require.True(t, pause(), "removed")
		write(t, dir, "notes.txt", "to do")
		write(t, dir, ".#a.go", "an editor's lock")
		require.False(t, pause(), "no business of Go's")
	})
}

func TestPollingWaitsForTheLastOfManySaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		changes := watch.NewChanges(dir, true)
		defer changes.Close()
		text := ""
		for range 10 {
			text += "x"
			write(t, dir, "a.go", text)
			time.Sleep(time.Second / 2)
			synctest.Wait()
			require.Empty(t, changes.C, "it doesn't stand still yet")
		}
		<-changes.C
	})
}

// A folder that can't be watched is polled, and may come into being later.
func TestAFolderThatIsNotThere(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "later")
	synctest.Test(t, func(t *testing.T) {
		changes := watch.NewChanges(dir, false)
		defer changes.Close()
		synctest.Wait()
		require.NoError(t, os.Mkdir(dir, 0o755))
		write(t, dir, "a.go", "package a")
		<-changes.C
	})
}
