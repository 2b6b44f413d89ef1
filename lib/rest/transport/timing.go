package transport

import (
	"crypto/tls"
	"net/http/httptrace"
	"sync"
	"time"

	"k8s.io/klog/v2"
)

// timing measures the steps of a request. The steps of a connection that is dialled may go on when the request has long
// been answered on another; hence the lock.
type timing struct {
	mu                            sync.Mutex
	dns, dial, handshake, getConn stopwatch
	server                        stopwatch // from the request's last byte to the response's first
	reused                        bool
}

type stopwatch struct {
	started time.Time
	took    time.Duration
}

func (t *timing) start(s *stopwatch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.started = time.Now()
}

func (t *timing) stop(s *stopwatch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s.took = time.Since(s.started)
}

func (t *timing) trace(logger klog.Logger) *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn:  func(string) { t.start(&t.getConn) },
		GotConn:  func(info httptrace.GotConnInfo) { t.stop(&t.getConn); t.setReused(info.Reused) },
		DNSStart: func(httptrace.DNSStartInfo) { t.start(&t.dns) },
		DNSDone: func(info httptrace.DNSDoneInfo) {
			t.stop(&t.dns)
			logger.Info("HTTP Trace: DNS Lookup resolved", "address", info.Addrs, "err", info.Err)
		},
		ConnectStart: func(string, string) { t.start(&t.dial) },
		ConnectDone: func(network, address string, err error) {
			t.stop(&t.dial)
			if err != nil {
				logger.Info("HTTP Trace: Dial failed", "network", network, "address", address, "err", err)
				return
			}
			logger.Info("HTTP Trace: Dial succeed", "network", network, "address", address)
		},
		TLSHandshakeStart:    func() { t.start(&t.handshake) },
		TLSHandshakeDone:     func(tls.ConnectionState, error) { t.stop(&t.handshake) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { t.start(&t.server) },
		GotFirstResponseByte: func() { t.stop(&t.server) },
	}
}

func (t *timing) setReused(reused bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reused = reused
}

// milliseconds are keys and values for the log.
func (t *timing) milliseconds() []any {
	t.mu.Lock()
	defer t.mu.Unlock()
	kvs := []any{"getConnectionMilliseconds", t.getConn.took.Milliseconds()}
	if !t.reused {
		kvs = []any{
			"dnsLookupMilliseconds", t.dns.took.Milliseconds(),
			"dialMilliseconds", t.dial.took.Milliseconds(),
			"tlsHandshakeMilliseconds", t.handshake.took.Milliseconds(),
		}
	}
	if t.server.took > 0 {
		kvs = append(kvs, "serverProcessingMilliseconds", t.server.took.Milliseconds())
	}
	return kvs
}
