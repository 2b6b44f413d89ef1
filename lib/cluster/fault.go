package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// ErrNotOurs is what the errors of Alone, RestartAPIServer and CompactEtcd wrap with
// CLUSTER=existing.
var ErrNotOurs = errors.New("the workbook does not disturb a cluster that isn't its own")

// RestartAPIServer kills the API server (SIGKILL), and returns when its successor
// answers at the same address. All connections to it break. The caller must have
// the cluster alone.
func RestartAPIServer(ctx context.Context) error {
	return disturb(ctx, "restart the API server", "restart-apiserver")
}

// CompactEtcd makes the cluster's store forget every state but the last. The API
// server learns of it only when it asks for one: what it has in memory it goes on
// to serve. The caller must have the cluster alone.
func CompactEtcd(ctx context.Context) error { return disturb(ctx, "compact etcd", "compact-etcd") }

// disturb runs scripts/fault.sh, which knows each kind of cluster.
func disturb(ctx context.Context, what, fault string) error {
	if os.Getenv("CLUSTER") == "existing" {
		return fmt.Errorf("%s: %w (CLUSTER=existing)", what, ErrNotOurs)
	}
	if !isAlone() {
		return fmt.Errorf("%s: others may use the cluster: have it alone first, by Alone or ForDisruption", what)
	}
	o, err := findOwn(os.Getenv("CLUSTER"))
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	cmd := exec.CommandContext(ctx, filepath.Join(o.root, "scripts", "fault.sh"), fault)
	cmd.Env = append(os.Environ(), "CLUSTER="+o.name)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 10 * time.Second
	said, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", what, context.Cause(ctx))
	}
	if err != nil {
		return fmt.Errorf("%s of %s: %w: %s", what, own[o.name].context, err, bytes.TrimSpace(said))
	}
	return nil
}

func isAlone() bool {
	use.mu.Lock()
	defer use.mu.Unlock()
	return use.alone
}
