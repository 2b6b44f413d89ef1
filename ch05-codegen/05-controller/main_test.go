package main

import (
	"bytes"
	"context"
	"flag"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) {
	// More at once than there are processors: they wait for pods and for namespaces to go.
	if err := flag.Set("test.parallel", "6"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

func TestDemo(t *testing.T) {
	t.Parallel()
	demotest.Golden(t, new(play).run)
}

// TestCtrlC leaves the controller running and presses Ctrl-C. The demo clears up while the controller still
// runs, or the namespace would never go, and ends without an error: it was asked to.
func TestCtrlC(t *testing.T) {
	cluster.ForTest(t)
	out := &presser{at: "Ctrl-C ends it"}
	require.NoError(t, (&play{stay: true}).run(t.Context(), out))
	require.Contains(t, out.String(), "2 Websites deleted and gone; the zone has 0 hosts")
	require.Contains(t, out.String(), "remove    namespace")
}

// TestCtrlCInTheMiddle is pressed while a step is at work.
func TestCtrlCInTheMiddle(t *testing.T) {
	cluster.ForTest(t)
	out := &presser{at: "Created      Service shop"}
	require.ErrorIs(t, new(play).run(t.Context(), out), context.Canceled)
	require.Contains(t, out.String(), "scale     failed")
	require.Contains(t, out.String(), "1 Websites deleted and gone; the zone has 0 hosts")
}

// presser presses Ctrl-C when a demo prints this.
type presser struct {
	bytes.Buffer
	at      string
	pressed bool
}

func (p *presser) Write(text []byte) (int, error) {
	if !p.pressed && strings.Contains(string(text), p.at) {
		p.pressed = true
		if err := syscall.Kill(syscall.Getpid(), syscall.SIGINT); err != nil {
			return 0, err
		}
	}
	return p.Buffer.Write(text)
}
