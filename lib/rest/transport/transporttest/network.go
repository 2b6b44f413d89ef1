package transporttest

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// Network connects clients to one HTTPS server in memory: any address leads there.
type Network struct {
	server *http.Server
	conns  chan net.Conn
	closed chan struct{}
	silent atomic.Bool
	opened atomic.Int32
}

// NewNetwork serves handler with config over TLS until the test ends. In a synctest bubble call it inside.
func NewNetwork(t testing.TB, config *tls.Config, handler http.Handler) *Network {
	n := &Network{conns: make(chan net.Conn), closed: make(chan struct{})}
	n.server = &http.Server{Handler: handler, TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0)}
	var done sync.WaitGroup
	done.Go(func() { _ = n.server.ServeTLS(listener{n}, "", "") })
	t.Cleanup(func() {
		n.server.Close()
		done.Wait()
	})
	return n
}

// Dial connects to the server, whatever address says.
func (n *Network) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case n.conns <- &line{Conn: server, n: n}:
		n.opened.Add(1)
		return &line{Conn: client, n: n}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Opened is how many connections there have been.
func (n *Network) Opened() int { return int(n.opened.Load()) }

// GoSilent loses what is sent from now on, in both directions, as a network does that drops packets: writes succeed,
// nothing arrives, and nobody is told.
func (n *Network) GoSilent() { n.silent.Store(true) }

// line is one end of a connection.
type line struct {
	net.Conn
	n *Network
}

func (l *line) Write(p []byte) (int, error) {
	if l.n.silent.Load() {
		return len(p), nil
	}
	return l.Conn.Write(p)
}

type listener struct{ n *Network }

func (l listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.n.conns:
		return conn, nil
	case <-l.n.closed:
		return nil, net.ErrClosed
	}
}

func (l listener) Close() error   { close(l.n.closed); return nil }
func (l listener) Addr() net.Addr { return &net.UnixAddr{Name: "memory", Net: "memory"} }
