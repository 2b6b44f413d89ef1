package cluster_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/cluster"
)

// TestUser is not a test but another process: it uses the cluster as USE says,
// tells when it may, and goes on until it has nothing more to read.
func TestUser(t *testing.T) {
	enter := map[string]func(context.Context) (func(), error){"share": cluster.Share, "alone": cluster.Alone}[os.Getenv("USE")]
	if enter == nil {
		return
	}
	release, err := enter(t.Context())
	require.NoError(t, err)
	_, err = os.Stdout.WriteString("in\n")
	require.NoError(t, err)
	_, err = io.Copy(io.Discard, os.Stdin)
	require.NoError(t, err)
	release()
}

// startUser runs TestUser in the folder where we are. It tells its name when it
// uses the cluster; leave ends it.
func startUser(t *testing.T, name, how string, in chan<- string) (leave func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestUser$")
	cmd.Dir, _ = os.Getwd()
	cmd.Env = append(os.Environ(), "USE="+how, "GORACE=atexit_sleep_ms=0")
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	ended := make(chan error, 1)
	go func() {
		for lines := bufio.NewScanner(stdout); lines.Scan(); {
			if lines.Text() == "in" {
				in <- name
			}
		}
		ended <- cmd.Wait()
	}()
	return func() {
		require.NoError(t, stdin.Close())
		require.NoError(t, <-ended)
	}
}

// requireWaiting requires that a process holds the door, which it does while it waits for others to leave.
func requireWaiting(t *testing.T, root string) {
	t.Helper()
	door, err := os.Open(filepath.Join(root, ".workbook", "use.door"))
	require.NoError(t, err)
	defer door.Close()
	require.Eventually(t, func() bool {
		err := syscall.Flock(int(door.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
		if err == nil {
			_ = syscall.Flock(int(door.Fd()), syscall.LOCK_UN)
		}
		return errors.Is(err, syscall.EWOULDBLOCK)
	}, time.Minute, 5*time.Millisecond)
}

func TestManyShareTheCluster(t *testing.T) {
	workbook(t, ".")
	in := make(chan string, 2)
	leaveA := startUser(t, "A", "share", in)
	leaveB := startUser(t, "B", "share", in)
	require.ElementsMatch(t, []string{"A", "B"}, []string{<-in, <-in}, "both at once")
	leaveA()
	leaveB()
}

func TestWhoWantsTheClusterAloneGetsIt(t *testing.T) {
	root := workbook(t, ".")
	in := make(chan string, 3)
	leaveA := startUser(t, "A", "share", in)
	require.Equal(t, "A", <-in)
	leaveB := startUser(t, "B", "alone", in)
	requireWaiting(t, root)

	t.Log("a third, who would be welcome to A, comes too late: else B might wait forever")
	leaveC := startUser(t, "C", "share", in)
	leaveA()
	require.Equal(t, "B", <-in)
	require.Empty(t, in, "B is alone")
	leaveB()
	require.Equal(t, "C", <-in)
	leaveC()
}

func TestWaitingForTheClusterEndsWithItsContext(t *testing.T) {
	root := workbook(t, ".")
	in := make(chan string, 1)
	leave := startUser(t, "A", "alone", in)
	require.Equal(t, "A", <-in)

	ctx, cancel := context.WithCancelCause(t.Context())
	errImpatient := errors.New("that takes too long")
	go func() {
		requireWaiting(t, root)
		cancel(errImpatient)
	}()
	_, err := cluster.Share(ctx)
	require.ErrorIs(t, err, errImpatient)
	require.ErrorContains(t, err, "wait for the cluster")
	leave()

	t.Log("and leaves nothing locked")
	release, err := cluster.Alone(t.Context())
	require.NoError(t, err)
	release()
}

func TestWithinAProcessUseIsCounted(t *testing.T) {
	workbook(t, ".")
	outer, err := cluster.Share(t.Context())
	require.NoError(t, err)
	inner, err := cluster.Share(t.Context())
	require.NoError(t, err)
	_, err = cluster.Alone(t.Context())
	require.ErrorIs(t, err, cluster.ErrInUse, "it would wait for itself")
	outer()
	outer() // once is enough
	_, err = cluster.Alone(t.Context())
	require.ErrorIs(t, err, cluster.ErrInUse)
	inner()

	alone, err := cluster.Alone(t.Context())
	require.NoError(t, err)
	again, err := cluster.Alone(t.Context())
	require.NoError(t, err)
	shared, err := cluster.Share(t.Context())
	require.NoError(t, err)
	alone()
	again()

	in := make(chan string, 1)
	leave := startUser(t, "another process", "share", in)
	shared()
	require.Equal(t, "another process", <-in)
	leave()
}

func TestOnAnExistingClusterNothingIsLocked(t *testing.T) {
	root := workbook(t, ".")
	t.Setenv("CLUSTER", "existing")
	release, err := cluster.Share(t.Context())
	require.NoError(t, err)
	release()
	_, err = cluster.Alone(t.Context())
	require.ErrorIs(t, err, cluster.ErrNotOurs)
	require.NoDirExists(t, filepath.Join(root, ".workbook"))
}

// judge is a testing.TB that notes what a test is told to end with.
type judge struct {
	testing.TB
	said []any
}

func (j *judge) Fatal(said ...any) { j.end(said) }

func (j *judge) Skip(said ...any) { j.end(said) }

func (j *judge) end(said []any) {
	j.said = said
	runtime.Goexit()
}

// verdict runs fn as a test of its own, which ends with what is said.
func verdict(t *testing.T, fn func(testing.TB)) []any {
	j := &judge{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		fn(j)
	}()
	<-done
	return j.said
}

func TestADisruptionCanNotBeginInTheMiddleOfATest(t *testing.T) {
	if testing.Short() {
		t.Skip("needs the cluster")
	}
	var after []any
	t.Run("that uses the cluster", func(t *testing.T) {
		cluster.ForTest(t)
		after = verdict(t, func(tb testing.TB) { cluster.ForDisruption(tb) })
	})
	require.Len(t, after, 1)
	require.ErrorIs(t, after[0].(error), cluster.ErrInUse)
}

func TestADisruptionOfAnExistingClusterIsSkipped(t *testing.T) {
	t.Setenv("CLUSTER", "existing")
	require.Equal(t, []any{cluster.ErrNotOurs}, verdict(t, func(tb testing.TB) { cluster.ForDisruption(tb) }))
}

// faultScript stands for scripts/fault.sh in the folder of a workbook.
func faultScript(t *testing.T, root, text string) {
	t.Helper()
	name := filepath.Join(root, "scripts", "fault.sh")
	writeFile(t, name, "#!/bin/sh\n"+text)
	require.NoError(t, os.Chmod(name, 0o700))
}

func TestFaultsAreTheScriptsWork(t *testing.T) {
	root := workbook(t, ".")
	contexts(t, filepath.Join(root, ".workbook", "kubeconfig"), "kind-workbook", map[string]string{"kind-workbook": "https://127.0.0.1:1"})
	faultScript(t, root, `echo "$CLUSTER $@" >>"`+root+`/asked"`)

	for name, fault := range map[string]func(context.Context) error{"restart the API server": cluster.RestartAPIServer, "compact etcd": cluster.CompactEtcd} {
		require.ErrorContains(t, fault(t.Context()), name+": others may use the cluster")
	}
	release, err := cluster.Alone(t.Context())
	require.NoError(t, err)
	defer release()
	require.NoError(t, cluster.RestartAPIServer(t.Context()))
	require.NoError(t, cluster.CompactEtcd(t.Context()))
	asked, err := os.ReadFile(filepath.Join(root, "asked"))
	require.NoError(t, err)
	require.Equal(t, "kind restart-apiserver\nkind compact-etcd\n", string(asked), "the current context says which cluster")

	faultScript(t, root, "echo docker is on fire >&2; exit 3")
	require.EqualError(t, cluster.CompactEtcd(t.Context()), "compact etcd of kind-workbook: exit status 3: docker is on fire")

	t.Log("a context that ends is told, and ends the script")
	ctx, cancel := context.WithCancel(t.Context())
	faultScript(t, root, `echo $$ >"`+root+`/pid"; exec sleep 600`)
	go func() {
		require.Eventually(t, func() bool {
			pid, err := os.ReadFile(filepath.Join(root, "pid"))
			return err == nil && strings.HasSuffix(string(pid), "\n")
		}, time.Minute, 5*time.Millisecond)
		cancel()
	}()
	require.ErrorIs(t, cluster.RestartAPIServer(ctx), context.Canceled)
}

func TestAnExistingClusterIsNotDisturbed(t *testing.T) {
	workbook(t, ".")
	t.Setenv("CLUSTER", "existing")
	for _, fault := range []func(context.Context) error{cluster.RestartAPIServer, cluster.CompactEtcd} {
		require.ErrorIs(t, fault(t.Context()), cluster.ErrNotOurs)
	}
}
