package cluster

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// Part is one program of the control plane, and all that decides how it runs.
type Part struct {
	Name   string
	Binary string   // absolute; its base name chooses the role
	Args   []string // without the program's name
	// Files are read by the program when it starts: it must be started again
	// when one of them has changed.
	Files []string
	// Ports are what it listens on, by the name that the state keeps them under.
	Ports []string
}

// fingerprint changes when the part would run differently.
func (p Part) fingerprint() (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\x00%s\x00", p.Binary, strings.Join(p.Args, "\x00"))
	for _, name := range p.Files {
		data, err := os.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("fingerprint %s: %w", p.Name, err)
		}
		fmt.Fprintf(h, "%s\x00%x\x00", name, sha256.Sum256(data))
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12]), nil
}

// start runs the part on its own: it outlives us, and a Ctrl-C in our terminal
// does not reach it. Its output goes to log; the run before is kept in log.1.
func (p Part) start(dir, log string) (Process, error) {
	if err := os.Rename(log, log+".1"); err != nil && !os.IsNotExist(err) {
		return Process{}, err
	}
	out, err := os.OpenFile(log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return Process{}, err
	}
	defer out.Close()

	cmd := exec.Command(p.Binary, p.Args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	// Nothing of the user's own set-up may decide how the part runs: neither
	// ETCD_… and KUBECONFIG nor a proxy, nor a file under the home directory.
	cmd.Env = []string{"HOME=" + dir, "PATH=" + os.Getenv("PATH"), "TMPDIR=" + os.TempDir()}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return Process{}, fmt.Errorf("start %s: %w", p.Name, err)
	}
	pid := cmd.Process.Pid
	born, ok := bornOf(pid)
	if !ok { // It ended at once: the wait for it will say how.
		born = "ended"
	}
	return Process{PID: pid, Born: born}, cmd.Process.Release()
}

// Crash is a part that ended although nobody stopped it.
type Crash struct {
	Part string
	How  string // such as "exit status 1"; empty if it was not our child
	Log  string // the file
	Tail string // its last lines
}

func (c *Crash) Error() string {
	how := c.How
	if how != "" {
		how = " (" + how + ")"
	}
	if c.Tail == "" {
		return fmt.Sprintf("%s has stopped%s. Its log %s is empty.", c.Part, how, c.Log)
	}
	text := fmt.Sprintf("%s has stopped%s. The last lines of %s:\n%s", c.Part, how, c.Log, c.Tail)
	if c.Part == "etcd" {
		text += "\nIf its data is damaged, scripts/embedded-down.sh --purge removes it."
	}
	return text
}

// crashOf makes the report from the part's log.
func crashOf(part, how, log string) *Crash {
	const lines = 12
	c := &Crash{Part: part, How: how, Log: log}
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, log); err == nil && !strings.HasPrefix(rel, "..") {
			c.Log = rel
		}
	}
	data, err := os.ReadFile(log)
	if err != nil {
		return c
	}
	all := bytes.Split(bytes.TrimRight(data, "\n"), []byte("\n"))
	from := max(0, len(all)-lines)
	for i, line := range all {
		if bytes.HasPrefix(line, []byte("panic: ")) { // and a stack that nobody wants to read
			from = min(from, max(0, i-1)) // the line before says why
		}
	}
	for _, line := range all[from:min(len(all), from+lines)] {
		if len(line) > 0 {
			c.Tail += fmt.Sprintf("    %.400s\n", line)
		}
	}
	c.Tail = strings.TrimRight(c.Tail, "\n")
	return c
}
