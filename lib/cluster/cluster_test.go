package cluster_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

func exists(t *testing.T, cfg *rest.Config, ns string) bool {
	t.Helper()
	client, err := dynamic.NewForConfig(cfg)
	require.NoError(t, err)
	_, err = client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).
		Get(context.Background(), ns, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return false
	}
	require.NoError(t, err)
	return true
}

func TestWithNamespaceLeavesNothingBehind(t *testing.T) {
	cfg := cluster.ForTest(t)
	errPlay := errors.New("the play failed")

	for _, test := range []struct {
		name string
		play func(ctx context.Context, cancel context.CancelFunc) error
		want error
	}{
		{"after success", func(context.Context, context.CancelFunc) error { return nil }, nil},
		{"after an error", func(context.Context, context.CancelFunc) error { return errPlay }, errPlay},
		{"after its context was cancelled", func(ctx context.Context, cancel context.CancelFunc) error {
			cancel()
			<-ctx.Done()
			return ctx.Err()
		}, context.Canceled},
		{"after Ctrl-C", func(ctx context.Context, _ context.CancelFunc) error {
			if err := syscall.Kill(os.Getpid(), syscall.SIGINT); err != nil {
				return err
			}
			<-ctx.Done()
			return ctx.Err()
		}, context.Canceled},
		{"after a panic", func(context.Context, context.CancelFunc) error { panic("oh") }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var ns string
			play := func() {
				err := cluster.WithNamespace(ctx, cfg, "stage", func(ctx context.Context, name string) error {
					ns = name
					require.Regexp(t, `^stage-\w{5,}$`, ns)
					require.True(t, exists(t, cfg, ns))
					return test.play(ctx, cancel)
				})
				require.ErrorIs(t, err, test.want)
			}
			if test.name == "after a panic" {
				require.PanicsWithValue(t, "oh", play)
			} else {
				play()
			}
			require.False(t, exists(t, cfg, ns), "%s is still there", ns)
		})
	}
}

func TestWithNamespaceMakesNoneForAContextThatHasEnded(t *testing.T) {
	cfg := cluster.ForTest(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := cluster.WithNamespace(ctx, cfg, "stage", func(context.Context, string) error {
		require.Fail(t, "called")
		return nil
	})
	require.ErrorIs(t, err, context.Canceled)
}

func TestWithNamespaceReportsBothErrors(t *testing.T) {
	cfg := cluster.ForTest(t)
	broken := rest.CopyConfig(cfg)
	fail := &failAfterFirst{}
	broken.Wrap(fail.wrap)

	errPlay := errors.New("the play failed")
	var ns string
	err := cluster.WithNamespace(t.Context(), broken, "stage", func(_ context.Context, name string) error {
		ns = name
		return errPlay
	})
	require.ErrorIs(t, err, errPlay)
	require.ErrorIs(t, err, errCable)
	require.ErrorContains(t, err, "remove the namespace "+ns)

	client, err := dynamic.NewForConfig(cfg)
	require.NoError(t, err)
	require.NoError(t, client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).
		Delete(t.Context(), ns, metav1.DeleteOptions{}))
}

// TestNamespaceForTestIsRemovedAtCtrlC runs a test in another process, and
// interrupts it.
func TestNamespaceForTestIsRemovedAtCtrlC(t *testing.T) {
	if testing.Short() {
		t.Skip("needs the cluster")
	}
	if os.Getenv("INTERRUPT_ME") != "" {
		ns := cluster.NamespaceForTest(t, cluster.ForTest(t))
		_, err := os.Stdout.WriteString("namespace=" + ns + "\n")
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT))
		select {}
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNamespaceForTestIsRemovedAtCtrlC$")
	cmd.Env = append(os.Environ(), "INTERRUPT_ME=yes")
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 130, exit.ExitCode(), "%s", out)

	_, ns, _ := strings.Cut(string(out), "namespace=")
	ns, _, _ = strings.Cut(ns, "\n")
	client, err := dynamic.NewForConfig(cluster.ForTest(t)) // not before: the other process uses the cluster too
	require.NoError(t, err)
	object, err := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"}).
		Get(t.Context(), ns, metav1.GetOptions{})
	if !apierrors.IsNotFound(err) {
		require.NoError(t, err)
		require.NotNil(t, object.GetDeletionTimestamp(), "%s is not being removed", ns)
	}
}

func TestNamespaceForTestIsNamedAfterTheTest(t *testing.T) {
	cfg := cluster.ForTest(t)
	var ns string
	t.Run("Of pods, and a name that is much longer than any namespace's", func(t *testing.T) {
		ns = cluster.NamespaceForTest(t, cfg)
		require.True(t, strings.HasPrefix(ns, "testnamespacefortestisnamedafterthetest"), ns)
	})
	require.False(t, exists(t, cfg, ns), "%s is still there", ns)
}
