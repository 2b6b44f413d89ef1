package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/lib/demo/demotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The demo takes five seconds. In a bubble, none, and every number is exact: but the network
// there is one of pipes.
func TestDemo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { demotest.GoldenOffCluster(t, (&play{network: pipes}).run) })
}

// TestLoopback: nobody but this machine can read the page.
func TestLoopback(t *testing.T) {
	listener, transport, err := loopback()
	require.NoError(t, err)
	defer listener.Close()
	require.True(t, listener.Addr().(*net.TCPAddr).IP.IsLoopback())
	require.NotNil(t, transport)
}

// TestStay goes on serving until its context ends.
func TestStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		began := time.Now()
		var out bytes.Buffer
		require.NoError(t, (&play{network: pipes, stay: true}).run(ctx, &out))
		require.Equal(t, 24*time.Hour, time.Since(began))
		require.Contains(t, out.String(), "stay      curl http://127.0.0.1:1/metrics, until Ctrl-C\n")
	})
}

// TestAPageThatIsNotThere is an error, not a table of zeros.
func TestAPageThatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := (&play{network: func() (net.Listener, *http.Transport, error) {
			listener, _, err := pipes()
			return listener, &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				return nil, net.ErrClosed
			}}, err
		}}).run(t.Context(), io.Discard)
		require.ErrorIs(t, err, net.ErrClosed)
	})
}

// pipes are a network in memory: a goroutine that waits on it is idle, as a bubble sees it.
func pipes() (net.Listener, *http.Transport, error) {
	l := &pipeListener{make(chan net.Conn), make(chan struct{})}
	return l, &http.Transport{DialContext: l.dial}, nil
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) dial(context.Context, string, string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- server:
		return client, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	close(l.closed)
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }
