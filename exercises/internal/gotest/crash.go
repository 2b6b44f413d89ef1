package gotest

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Crash is what ends a whole process, or is seen at its end, and so belongs to no test.
type Crash struct {
	Kind    Kind
	Message string // what was said, without "panic: " and the like
	File    string // absolute; the first frame in the learner's own files, or ""
	Line    int
}

// Kind tells crashes apart.
type Kind int

const (
	Panic   Kind = iota // also a deadlock
	Timeout             // a test didn't end
	Leak                // the tests ended, a goroutine didn't
)

// kinds are the beginnings of the lines that tell of a crash.
var kinds = []struct {
	prefix string
	kind   Kind
}{
	{"panic: test timed out after ", Timeout},
	{"panic: ", Panic},
	{"fatal error: ", Panic},
	{"goleak: ", Leak},
}

// crash finds a Crash in lines of output. Of its hundreds of lines of stack one matters: the first in the learner's
// own file.
type crash struct {
	dir   string
	found *Crash
}

var (
	frame      = regexp.MustCompile(`^\t(/.*\.go):(\d+)`)
	repanicked = regexp.MustCompile(`( \[recovered[^\]]*\])+$`)
)

func (c *crash) read(line string) {
	line = strings.TrimRight(line, "\n")
	if c.found == nil {
		c.begins(line)
		return
	}
	if m := frame.FindStringSubmatch(line); m != nil && c.found.File == "" {
		if filepath.Dir(m[1]) == c.dir && !strings.HasSuffix(m[1], "_test.go") {
			c.found.File = m[1]
			c.found.Line, _ = strconv.Atoi(m[2])
		}
	}
}

func (c *crash) begins(line string) {
	for _, k := range kinds {
		if strings.HasPrefix(line, k.prefix) {
			_, message, _ := strings.Cut(line, ": ")
			c.found = &Crash{Kind: k.kind, Message: repanicked.ReplaceAllString(message, "")}
			return
		}
	}
}

func (c *crash) result() *Crash { return c.found }
