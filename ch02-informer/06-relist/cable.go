package main

import (
	"net"
	"net/http"
	"sync"

	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/rest/transport/connrotation"
)

// cable is the network between one client and the API server. While it is unplugged,
// requests wait, as they do where packets get lost.
type cable struct {
	connections *connrotation.ConnectionTracker

	mu      sync.Mutex
	plugged chan struct{} // closed while it is
}

func newCable() *cable {
	c := &cable{connections: connrotation.NewConnectionTracker(), plugged: make(chan struct{})}
	c.plug()
	return c
}

// connect returns a copy of cfg whose clients use the cable.
func (c *cable) connect(cfg *rest.Config) *rest.Config {
	cfg = rest.CopyConfig(cfg)
	cfg.Dial = connrotation.NewDialerWithTracker((&net.Dialer{}).DialContext, c.connections).DialContext
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return &end{c, next} })
	return cfg
}

// unplug breaks all connections.
func (c *cable) unplug() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plugged = make(chan struct{})
	c.connections.CloseAll()
}

func (c *cable) plug() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.plugged)
}

func (c *cable) state() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.plugged
}

// end is the client's end of a cable.
type end struct {
	cable *cable
	next  http.RoundTripper
}

func (e *end) RoundTrip(req *http.Request) (*http.Response, error) {
	select {
	case <-e.cable.state():
		return e.next.RoundTrip(req)
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}
