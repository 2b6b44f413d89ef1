package cluster

import (
	"fmt"
	"io"
	"os"
	"time"
)

// Progress tells a person what is going on: lines that stay, and below them, on
// a terminal, one line that changes. Elsewhere the changing line is printed only
// now and then, so that a log shows life and no more.
type Progress struct {
	out      io.Writer
	terminal bool
	open     bool      // the cursor stands at the end of the changing line
	next     time.Time // when the changing line may be printed again
}

const plainEvery = 15 * time.Second

// NewProgress writes to f.
func NewProgress(f *os.File) *Progress {
	info, err := f.Stat()
	return &Progress{out: f, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"}
}

// NewPlainProgress writes lines only.
func NewPlainProgress(w io.Writer) *Progress { return &Progress{out: w} }

// Line prints a line that stays.
func (p *Progress) Line(format string, args ...any) {
	p.clear()
	fmt.Fprintf(p.out, format+"\n", args...)
}

// Doing shows what takes time right now.
func (p *Progress) Doing(format string, args ...any) {
	if p.terminal {
		const clear, dim, plain = "\r\x1b[K", "\x1b[2m", "\x1b[0m"
		line := []rune(fmt.Sprintf(format, args...))
		fmt.Fprint(p.out, clear, dim, string(line[:min(len(line), 78)]), plain) // one row
		p.open = true
		return
	}
	if now := time.Now(); now.After(p.next) {
		fmt.Fprintf(p.out, format+"\n", args...)
		p.next = now.Add(plainEvery)
	}
}

// Done takes the changing line away.
func (p *Progress) Done() { p.clear() }

func (p *Progress) clear() {
	if p.open {
		fmt.Fprint(p.out, "\r\x1b[K")
		p.open = false
	}
	p.next = time.Time{}
}
