package cluster

import (
	"bufio"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

// partNames are the names that the binary is called by.
var partNames = []string{"etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"}

// Build makes the control plane's binary from the module at Source, once for
// each version of it, in a folder of its own under Cache:
//
//	CACHE/v1.37.2-0123456789ab/embedded
//	                           etcd, kube-apiserver, … → embedded
type Build struct {
	Source string
	Cache  string
}

// Version is the Kubernetes release that the module pins.
func (b Build) Version() (string, error) {
	mod, err := os.ReadFile(filepath.Join(b.Source, "go.mod"))
	if err != nil {
		return "", err
	}
	found := regexp.MustCompile(`(?m)^\s*k8s\.io/kubernetes (v\d+\.\d+\.\d+\S*)`).FindSubmatch(mod)
	if found == nil {
		return "", fmt.Errorf("%s/go.mod does not require k8s.io/kubernetes", b.Source)
	}
	return string(found[1]), nil
}

// Folder is where the binary of exactly this source belongs.
func (b Build) Folder() (string, error) {
	version, err := b.Version()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, runtime.GOOS, runtime.GOARCH, ldflags(version))
	for _, name := range []string{"go.mod", "go.sum", "main.go"} {
		data, err := os.ReadFile(filepath.Join(b.Source, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintln(h, name, len(data))
		h.Write(data)
	}
	return filepath.Join(b.Cache, fmt.Sprintf("%s-%x", version, h.Sum(nil)[:6])), nil
}

// Ensure returns the folder with the parts' names in it, and builds it first
// where it is not there yet.
func (b Build) Ensure(ctx context.Context, progress *Progress) (string, error) {
	folder, err := b.Folder()
	if err != nil {
		return "", err
	}
	if complete(folder) {
		return folder, nil
	}
	unlock, err := lock(ctx, filepath.Join(b.Cache, "lock"), func() {
		progress.Line("Another start is building the control plane: waiting for it …")
	})
	if err != nil {
		return "", err
	}
	defer unlock()
	if complete(folder) {
		return folder, nil
	}
	if err := b.build(ctx, folder, progress); err != nil {
		return "", fmt.Errorf("build the control plane: %w", err)
	}
	return folder, nil
}

// complete looks for what build writes last.
func complete(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, partNames[len(partNames)-1]))
	return err == nil
}

func (b Build) build(ctx context.Context, folder string, progress *Progress) error {
	version, err := b.Version()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	progress.Line("Building Kubernetes %s from Go modules, once: about 6 minutes on 2 cores.", version)
	begin := time.Now()
	cmd := exec.CommandContext(ctx, "go", "build", "-v", "-trimpath", "-ldflags", ldflags(version), "-o", filepath.Join(folder, "embedded"), ".")
	cmd.Dir = b.Source
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-buildvcs=false")
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	if err := runWithProgress(cmd, progress); err != nil {
		return err
	}
	for _, name := range partNames {
		if err := os.Symlink("embedded", filepath.Join(folder, name)); err != nil && !errors.Is(err, os.ErrExist) {
			return err
		}
	}
	progress.Line("Built in %s: %s", time.Since(begin).Round(time.Second), folder)
	return nil
}

// runWithProgress shows what "go build -v" says: "go: downloading MODULE" lines,
// then the name of each package that it compiles. Lines of another kind are
// errors, and are kept.
func runWithProgress(cmd *exec.Cmd, progress *Progress) error {
	defer progress.Done()
	pipe, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	begin, compiled, complaint := time.Now(), 0, ""
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		line, elapsed := lines.Text(), time.Since(begin).Round(time.Second)
		switch {
		case strings.HasPrefix(line, "go: downloading "):
			progress.Doing("%5s  downloading %s", elapsed, strings.TrimPrefix(line, "go: downloading "))
		case !strings.ContainsAny(line, " \t#"):
			compiled++
			progress.Doing("%5s  %4d packages compiled  %s", elapsed, compiled, line)
		case len(complaint) < 8<<10:
			complaint += "\n    " + line
		}
	}
	_, _ = io.Copy(io.Discard, pipe) // after a line too long to scan
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("go build: %w%s", err, complaint)
	}
	return nil
}

// ldflags let the binary say which release it is; Kubernetes' own build does
// the same. -s -w leave out the debugger's tables, a third of the size.
func ldflags(version string) string {
	minor := strings.Split(version, ".")[1]
	flags := "-s -w"
	for _, x := range [][2]string{
		{"gitVersion", version}, {"gitMajor", "1"}, {"gitMinor", minor},
		{"gitCommit", "unknown"}, {"gitTreeState", "clean"}, {"buildDate", "1970-01-01T00:00:00Z"},
	} {
		flags += fmt.Sprintf(" -X k8s.io/component-base/version.%s=%s", x[0], x[1])
	}
	return flags
}
