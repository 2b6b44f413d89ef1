package watch_test

import (
	"fmt"
	"os"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"client-go-workbook/exercises/internal/watch"
)

// A terminal is one end of a pseudo-terminal; what is written to the other is typed.
func terminal(t *testing.T) (typed, tty *os.File) {
	t.Helper()
	typed, err := os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { typed.Close() })
	require.NoError(t, unix.IoctlSetPointerInt(int(typed.Fd()), unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(int(typed.Fd()), unix.TIOCGPTN)
	require.NoError(t, err)
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY|syscall.O_NONBLOCK, 0)
	require.NoError(t, err)
	return typed, tty
}

func TestSingleKeysFromATerminal(t *testing.T) {
	typed, tty := terminal(t)
	before := settings(t, typed)
	keys := watch.NewKeys(tty)
	require.True(t, keys.Raw)
	require.NotEqual(t, before, settings(t, typed), "raw mode")

	_, err := typed.WriteString("h")
	require.NoError(t, err)
	require.Equal(t, byte('h'), <-keys.C, "without a new line")
	_, err = typed.WriteString("\x03")
	require.NoError(t, err)
	require.Equal(t, byte('q'), <-keys.C, "Ctrl-C is a key in raw mode")

	keys.Close()
	require.Equal(t, before, settings(t, typed), "the terminal is as it was")
}

func settings(t *testing.T, f *os.File) unix.Termios {
	t.Helper()
	s, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	require.NoError(t, err)
	return *s
}
