package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Process names one process for good. The kernel gives a pid away again after
// its owner's end, so a pid alone may be a stranger's by the time we signal it.
type Process struct {
	PID int `json:"pid"`
	// Born is when the process started, in the system's own words. It is only
	// ever compared.
	Born string `json:"born"`
}

// Alive says whether this very process still runs. One that has ended and that
// nobody has waited for (a zombie) does not.
func (p Process) Alive() bool {
	born, ok := bornOf(p.PID)
	return ok && born == p.Born
}

// signal sends sig if the process is still the one that was recorded.
func (p Process) signal(sig syscall.Signal) error {
	if !p.Alive() {
		return nil
	}
	if err := syscall.Kill(p.PID, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal process %d: %w", p.PID, err)
	}
	return nil
}

// Memory is what the process holds in RAM, in bytes; 0 if it has ended.
func (p Process) Memory() int64 {
	out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(p.PID)).Output()
	if err == nil {
		kib, _ := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
		return kib << 10
	}
	// A small container may have no ps, but then it is Linux.
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.PID))
	if err != nil {
		return 0
	}
	var size, resident int64
	fmt.Sscan(string(stat), &size, &resident)
	return resident * int64(os.Getpagesize())
}

// stop asks the processes to end, all at once, and kills what still runs after
// grace. It returns when none of them runs.
func stop(grace time.Duration, processes ...Process) error {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		for _, p := range processes {
			if err := p.signal(sig); err != nil {
				return err
			}
		}
		if processes = waitGone(grace, processes); len(processes) == 0 {
			return nil
		}
	}
	return fmt.Errorf("process %d does not end, even when killed", processes[0].PID)
}

// waitGone returns the processes that are still there after grace.
func waitGone(grace time.Duration, processes []Process) []Process {
	for deadline := time.Now().Add(grace); ; time.Sleep(20 * time.Millisecond) {
		var left []Process
		for _, p := range processes {
			reap(p.PID)
			if p.Alive() {
				left = append(left, p)
			}
		}
		if len(left) == 0 || time.Now().After(deadline) {
			return left
		}
		processes = left
	}
}

// reap collects the exit status of pid if it is our own child and has ended.
func reap(pid int) (status syscall.WaitStatus, ended bool) {
	got, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil)
	return status, err == nil && got == pid
}

// bornOf reads when pid was started; false if it does not run.
func bornOf(pid int) (string, bool) {
	if pid <= 0 {
		return "", false
	}
	if stat, err := os.ReadFile("/proc/self/stat"); err == nil && len(stat) > 0 {
		return bornFromProc(pid)
	}
	return bornFromPS(pid)
}

// bornFromProc is for Linux: the boot, and the clock ticks since then.
func bornFromProc(pid int) (string, bool) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", false
	}
	// "pid (name) state ppid … starttime …": the name may hold anything, also
	// parentheses, so count from the last one. State is field 3, starttime 22.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return "", false
	}
	boot, _ := os.ReadFile("/proc/sys/kernel/random/boot_id")
	return strings.TrimSpace(string(boot)) + " " + fields[19], true
}

// bornFromPS is for systems without /proc, such as macOS.
func bornFromPS(pid int) (string, bool) {
	cmd := exec.Command("ps", "-o", "stat=", "-o", "lstart=", "-p", strconv.Itoa(pid))
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	out, err := cmd.Output()
	if err != nil {
		return "", false
	}
	state, born, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	if state == "" || strings.HasPrefix(state, "Z") {
		return "", false
	}
	return strings.TrimSpace(born), true
}
