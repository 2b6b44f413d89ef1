package cluster

import (
	"context"
	"net"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"syscall"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/rest/transport/connrotation"
)

// ForTest is Config for a test that needs the real thing. Under -short the test
// is skipped; without a cluster it fails, and says which line starts one. Until the
// test ends nobody disturbs the cluster: it waits for one who does.
//
// When the test ends, all connections of clients made from it are closed: those
// that look for leaked goroutines find none. CloseIdleConnections alone can't do
// that, for an HTTP/2 connection is busy for a moment after a watch on it has ended.
func ForTest(t testing.TB) *rest.Config {
	t.Helper()
	return forTest(t, Share)
}

// ForDisruption is ForTest for a test that disturbs the cluster: it waits until
// no other test or demo runs on it, also of other processes, and keeps them waiting.
// It comes before any ForTest of the same test. A test that runs in parallel with
// others of its package must not call it.
//
// A cluster that isn't the workbook's own can't be tested that way: with
// CLUSTER=existing the test is skipped.
func ForDisruption(t testing.TB) *rest.Config {
	t.Helper()
	if os.Getenv("CLUSTER") == "existing" {
		t.Skip(ErrNotOurs)
	}
	return forTest(t, Alone)
}

func forTest(t testing.TB, enter func(context.Context) (release func(), err error)) *rest.Config {
	t.Helper()
	if testing.Short() {
		t.Skip("needs the cluster")
	}
	release, err := enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(release)
	cfg, err := Config() // not before: there may have been no API server for a moment
	if err != nil {
		t.Fatal(err)
	}
	connections := connrotation.NewConnectionTracker()
	cfg.Dial = connrotation.NewDialerWithTracker((&net.Dialer{}).DialContext, connections).DialContext
	t.Cleanup(connections.CloseAll)
	return cfg
}

// NamespaceForTest makes a namespace that is named after the test, and removes
// it when the test ends; the test waits until it is gone. At Ctrl-C, which ends a
// test without its clean-up, the removal is at least begun.
func NamespaceForTest(t testing.TB, cfg *rest.Config) string {
	t.Helper()
	namespaces, err := namespaceClient(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ns, err := create(t.Context(), namespaces, prefixFor(t.Name()))
	if err != nil {
		t.Fatal(err)
	}
	interrupted, release := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	quit := context.AfterFunc(interrupted, func() {
		_ = namespaces.Delete(context.Background(), ns, metav1.DeleteOptions{})
		os.Exit(130) // as the signal would have
	})
	t.Cleanup(func() {
		quit()
		release()
		if err := remove(t.Context(), namespaces, ns); err != nil {
			t.Error(err)
		}
	})
	return ns
}

var notInNames = regexp.MustCompile(`[^a-z0-9]+`)

// prefixFor turns "TestList/two pages" into "testlist-two-pages". A name holds 63
// characters, of which the server adds its own.
func prefixFor(test string) string {
	name := notInNames.ReplaceAllString(strings.ToLower(test), "-")
	return strings.Trim(name[:min(len(name), 40)], "-")
}
