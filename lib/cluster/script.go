package cluster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// runScript runs one of scripts/ for the cluster that CLUSTER chooses, and returns what it
// prints. What it complains of is in the error, behind what was tried.
func runScript(ctx context.Context, what, script string, args ...string) (string, error) {
	o, err := findOwn(os.Getenv("CLUSTER"))
	if err != nil {
		return "", fmt.Errorf("%s: %w", what, err)
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, filepath.Join(o.root, "scripts", script), args...)
	cmd.Env = append(os.Environ(), "CLUSTER="+o.name)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return "", fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	if err != nil {
		return "", fmt.Errorf("%s of %s: %w: %s", what, own[o.name].context, err, bytes.TrimSpace(stderr.Bytes()))
	}
	return stdout.String(), nil
}
