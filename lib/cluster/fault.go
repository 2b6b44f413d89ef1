package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// ErrNotOurs is what the errors of Alone, RestartAPIServer, CompactEtcd and EventLease
// wrap with CLUSTER=existing.
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
	_, err := runScript(ctx, what, "fault.sh", fault)
	return err
}

func isAlone() bool {
	use.mu.Lock()
	defer use.mu.Unlock()
	return use.alone
}
