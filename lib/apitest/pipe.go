package apitest

import (
	"context"
	"net"
	"sync"
)

// pipeListener is a network without sockets. A goroutine that waits on it counts as idle inside a synctest bubble,
// one that waits on a socket does not.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	close  func()
}

// usePipes takes the place of the listener on a socket, before the server starts.
func (s *Server) usePipes() {
	l := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	_ = s.http.Listener.Close()
	s.http.Listener, s.pipes = l, l
}

// Dial connects to a server that is InMemory, whatever the address; else to the address.
func (s *Server) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if s.pipes == nil {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	client, server := net.Pipe()
	select {
	case s.pipes.conns <- server:
		return client, nil
	case <-s.pipes.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
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
	l.close()
	return nil
}

// Addr is an address that looks local, so that no client asks a proxy for it.
func (l *pipeListener) Addr() net.Addr {
	return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1}
}
