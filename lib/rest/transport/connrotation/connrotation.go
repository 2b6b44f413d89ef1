// Package connrotation remembers the connections that a dialer opened, so that all of them can be closed when the
// credential that they were opened with is replaced: a connection can't authenticate a second time.
//
//	DialContext ──▶ conn ──▶ tracker {conn, conn, conn} ──CloseAll──▶ the next request dials, with the new credential
//	                            ▲ └─ conn.Close takes it out
//
// Upstream: util/connrotation.
// Left out: NewDialer and Dial, which nobody needs beside their fuller forms.
package connrotation

import (
	"context"
	"net"
	"sync"
)

// DialFunc opens a connection, as net.Dialer.DialContext does.
type DialFunc func(ctx context.Context, network, address string) (net.Conn, error)

// Dialer opens connections and tracks them.
type Dialer struct {
	*ConnectionTracker
	dial DialFunc
}

// NewDialerWithTracker returns a dialer that adds its connections to tracker, which several dialers may share.
func NewDialerWithTracker(dial DialFunc, tracker *ConnectionTracker) *Dialer {
	return &Dialer{dial: dial, ConnectionTracker: tracker}
}

// DialContext opens a connection and tracks it.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return d.Track(conn), nil
}

// ConnectionTracker knows the open connections. A connection is in conns from Track until it is closed.
type ConnectionTracker struct {
	mu    sync.Mutex
	conns map[*trackedConn]struct{}
}

// NewConnectionTracker returns a tracker without connections.
func NewConnectionTracker() *ConnectionTracker {
	return &ConnectionTracker{conns: map[*trackedConn]struct{}{}}
}

// Track adds conn. Only closing the connection that it returns takes it out again.
func (t *ConnectionTracker) Track(conn net.Conn) net.Conn {
	tracked := &trackedConn{Conn: conn, tracker: t}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.conns[tracked] = struct{}{}
	return tracked
}

// CloseAll closes the connections that are open now, with the requests on them. Those opened meanwhile stay.
func (t *ConnectionTracker) CloseAll() {
	t.mu.Lock()
	conns := t.conns
	t.conns = map[*trackedConn]struct{}{}
	t.mu.Unlock()
	for conn := range conns {
		conn.Conn.Close()
	}
}

type trackedConn struct {
	net.Conn
	tracker *ConnectionTracker
}

func (c *trackedConn) Close() error {
	c.tracker.mu.Lock()
	delete(c.tracker.conns, c)
	c.tracker.mu.Unlock()
	return c.Conn.Close()
}
