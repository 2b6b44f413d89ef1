package watch

import (
	"bufio"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"
)

// Keys reads single keys from a terminal, or the first letter of each line from something else. C is closed at the
// end of the input.
type Keys struct {
	C   <-chan byte
	Raw bool // the terminal is in raw mode: a new line needs "\r\n"

	in      *os.File
	restore func()
	stop    chan struct{}
	done    chan struct{}
	once    sync.Once
}

const ctrlC = 3

// OpenKeys reads from the standard input.
func OpenKeys() *Keys {
	// Opened again it is a file description of our own, which may be non-blocking without the shell noticing; so
	// Close can interrupt a read.
	in, err := os.OpenFile("/dev/stdin", os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		in = os.Stdin
	}
	return NewKeys(in)
}

// NewKeys reads from in, and closes it at the end.
func NewKeys(in *os.File) *Keys {
	keys := make(chan byte)
	k := &Keys{C: keys, in: in, restore: func() {}, stop: make(chan struct{}), done: make(chan struct{})}
	var raw bool
	k.control(func(fd int) {
		if raw = term.IsTerminal(fd); !raw {
			return
		}
		if state, err := term.MakeRaw(fd); err == nil {
			k.Raw = true
			k.restore = func() { k.control(func(fd int) { _ = term.Restore(fd, state) }) }
		}
	})
	go func() {
		defer close(k.done)
		defer close(keys)
		k.read(keys)
	}()
	return k
}

// control calls f with the descriptor. (File.Fd would make it blocking.)
func (k *Keys) control(f func(fd int)) {
	if conn, err := k.in.SyscallConn(); err == nil {
		_ = conn.Control(func(fd uintptr) { f(int(fd)) })
	}
}

// Close puts the terminal back to what it was, and ends the reading.
func (k *Keys) Close() {
	k.once.Do(func() {
		k.restore()
		close(k.stop)
		if k.in.SetReadDeadline(time.Now()) != nil {
			return // an input that can't be interrupted: the read ends with the process, and says nothing any more
		}
		<-k.done
		k.in.Close()
	})
}

func (k *Keys) read(keys chan<- byte) {
	in := bufio.NewReader(k.in)
	next := func() (byte, error) { return in.ReadByte() }
	if !k.Raw {
		next = func() (byte, error) { return firstOfLine(in) }
	}
	for {
		key, err := next()
		if err != nil {
			return
		}
		if key == ctrlC {
			key = 'q'
		}
		select {
		case keys <- key:
		case <-k.stop:
			return
		}
	}
}

// firstOfLine returns the first byte of a line; the end of one for an empty line.
func firstOfLine(in *bufio.Reader) (byte, error) {
	line, err := in.ReadString('\n')
	if len(line) == 0 {
		if err == nil {
			err = io.EOF
		}
		return 0, err
	}
	return line[0], nil
}
