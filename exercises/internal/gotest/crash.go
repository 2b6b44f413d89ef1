package gotest

import (
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// Crash is a panic, a deadlock or a timeout: the process ended before its tests did.
type Crash struct {
	Message string // what panic said, without "panic: "
	Timeout bool
	Tests   []string // that were running, where a timeout says so
	File    string   // absolute; the first frame in the learner's own files, or ""
	Line    int
}

// crash finds a Crash in lines of output. Of its hundreds of lines of stack one matters: the first in the learner's
// own file.
type crash struct {
	dir     string
	found   *Crash
	running bool // reading "running tests:"
}

var (
	frame       = regexp.MustCompile(`^\t(/.*\.go):(\d+)`)
	repanicked  = regexp.MustCompile(`( \[recovered[^\]]*\])+$`)
	runningTest = regexp.MustCompile(`^\t+(Test\S*) \(`)
)

func (c *crash) read(line string) {
	line = strings.TrimRight(line, "\n")
	message, isPanic := strings.CutPrefix(line, "panic: ")
	if !isPanic {
		message, isPanic = strings.CutPrefix(line, "fatal error: ")
	}
	switch {
	case isPanic && c.found == nil:
		c.found = &Crash{
			Message: repanicked.ReplaceAllString(message, ""),
			Timeout: strings.HasPrefix(message, "test timed out after "),
		}
		return
	case c.found == nil:
		return
	case strings.TrimSpace(line) == "running tests:":
		c.running = true
		return
	}
	if m := runningTest.FindStringSubmatch(line); c.running && m != nil {
		c.found.Tests = append(c.found.Tests, m[1])
		return
	}
	c.running = false
	if m := frame.FindStringSubmatch(line); m != nil && c.found.File == "" {
		if filepath.Dir(m[1]) == c.dir && !strings.HasSuffix(m[1], "_test.go") {
			c.found.File = m[1]
			c.found.Line, _ = strconv.Atoi(m[2])
		}
	}
}

func (c *crash) result() *Crash { return c.found }
