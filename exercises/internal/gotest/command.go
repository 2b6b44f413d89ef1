package gotest

import (
	"context"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// command runs name in dir. With ctx its whole process group ends: go's compilers, and a test under test2json.
func command(ctx context.Context, dir, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // for a grandchild that left the group and holds the output open
	return cmd
}

// test2json is go's converter from a test's output to events. The path is asked for once: `go tool test2json` would
// look it up for every run.
var test2json = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "tool", "-n", "test2json").Output()
	return trimNewline(string(out)), err
})

func trimNewline(s string) string {
	for len(s) > 0 && s[len(s)-1] == '\n' {
		s = s[:len(s)-1]
	}
	return s
}
