package main

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const hour, soon = "testdata/output.txt", "testdata/soon.txt"

// TestDemo takes the cluster as it is: with the default of an hour, or with what its owner
// has asked for.
func TestDemo(t *testing.T) {
	golden := hour
	cluster.ForTest(t)
	if strings.Contains(output(t), "DELETED") {
		golden = soon
	}
	demotest.GoldenFile(t, golden, run)
}

// TestEventsExpire has a cluster of its own, whose TTL it can change.
func TestEventsExpire(t *testing.T) {
	golden, err := filepath.Abs(soon)
	require.NoError(t, err)
	up := ownCluster(t)

	up("1h")
	require.Contains(t, output(t), "3660 s granted", "an hour, and a minute in which others may share the lease")
	up("15s")
	told := demotest.Output(t, golden, run)
	require.Contains(t, told, " 15 s granted", "a twentieth of that isn't a second")
}

func output(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), &out))
	return out.String()
}

// ownCluster prepares a second embedded cluster beside the one that others use, and goes to
// its folder, where the demo finds it. It is started by the function that is returned, with
// the EVENT_TTL that this is given, and removed when the test ends. One that an earlier test
// left behind, killed before its end, is taken over.
func ownCluster(t *testing.T) (up func(ttl string)) {
	if testing.Short() {
		t.Skip("needs a cluster")
	}
	if chosen := os.Getenv("CLUSTER"); chosen != "" && chosen != "embedded" {
		t.Skipf("starts an embedded cluster, which takes minutes where none was built; CLUSTER=%s", chosen)
	}
	t.Setenv("CLUSTER", "embedded")
	workbook, err := filepath.Abs("../..")
	require.NoError(t, err)
	folder := filepath.Join(workbook, ".workbook", "ttl")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	for _, name := range []string{"go.mod", "scripts"} { // all that makes it a workbook
		err := os.Symlink(filepath.Join("..", "..", name), filepath.Join(folder, name))
		require.True(t, err == nil || errors.Is(err, fs.ErrExist), "%v", err)
	}
	t.Chdir(folder)
	release, err := cluster.Alone(t.Context()) // another process may run this test
	require.NoError(t, err)
	t.Cleanup(release)

	script := func(ctx context.Context, env, script string, args ...string) {
		t.Helper()
		cmd := exec.CommandContext(ctx, filepath.Join(folder, "scripts", script), args...)
		cmd.Env = append(os.Environ(), env, "WORKBOOK_APISERVER_PORT=") // any port: the other cluster may have that one
		said, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s: %s", script, said)
	}
	t.Cleanup(func() { script(context.WithoutCancel(t.Context()), "", "embedded-down.sh", "--purge") })
	return func(ttl string) { script(t.Context(), "EVENT_TTL="+ttl, "embedded-up.sh") }
}
