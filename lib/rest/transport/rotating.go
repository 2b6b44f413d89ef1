package transport

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"client-go-workbook/lib/rest/transport/connrotation"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/klog/v2"
)

// fileCheckInterval is how old the knowledge of the files may be when a request begins. Reading three small files takes
// less than a tenth of a millisecond.
const fileCheckInterval = time.Second

// rotating sends requests through a transport that was made from what the TLS files hold. A request that finds the last
// look at the files a second old looks again. If they changed, it makes a new transport and retires the old one:
//   - after a change of CA, the requests on the old connections may end; idle ones are closed;
//   - after a change of the client's certificate, all of the old connections are closed, with the requests on them.
//     Watches begin again, as the new identity.
//
// No goroutine and no timer is needed for this: nothing but a request could make use of an earlier look.
type rotating struct {
	config  *Config
	follows bool // some material comes from files; without, nothing but renew changes current

	current atomic.Pointer[generation] // requests take it without a lock
	made    time.Time
	looked  atomic.Int64  // at the files last: nanoseconds after made
	epoch   atomic.Uint64 // what renew was last told

	mu      sync.Mutex // held while the files are looked at, and while current is replaced
	failure string     // what was wrong with the files at the last look; "" if nothing
}

// generation is a transport and what it was made from. It doesn't change.
type generation struct {
	material
	*http.Transport
	conns *connrotation.ConnectionTracker // nil if the client's certificate doesn't come from files
}

func newRotating(c *Config) (*rotating, error) {
	r := &rotating{
		// Not all of c: whoever shares the transport needn't share a password.
		config:  &Config{TLS: c.TLS, DialHolder: c.DialHolder, Proxy: c.Proxy, DisableCompression: c.DisableCompression},
		follows: c.TLS.ca().follows() || c.TLS.pairFollows(),
		made:    time.Now(),
	}
	m, err := c.TLS.read()
	if err != nil {
		return nil, err
	}
	first, err := r.generate(m)
	r.current.Store(first)
	return r, err
}

// generate makes a generation of what was read. The error says what is wrong with it.
func (r *rotating) generate(m material) (*generation, error) {
	if err := r.config.TLS.parse(&m); err != nil {
		return nil, err
	}
	config, err := newTLSConfig(r.config, m)
	if err != nil {
		return nil, err
	}
	g := &generation{material: m}
	if r.config.TLS.pairFollows() {
		g.conns = connrotation.NewConnectionTracker()
	}
	g.Transport = newHTTPTransport(r.config, config, g.conns)
	return g, nil
}

func (r *rotating) RoundTrip(req *http.Request) (*http.Response, error) {
	g := r.upToDate(req.Context())
	resp, err := g.Transport.RoundTrip(req)
	if err != nil {
		err = r.explain(g, req, err)
	}
	return resp, err
}

// WrappedRoundTripper returns the transport that requests take now, for those who ask it for its TLS config or dialer.
func (r *rotating) WrappedRoundTripper() http.RoundTripper { return r.current.Load().Transport }

// CloseIdleConnections closes the connections that no request uses.
func (r *rotating) CloseIdleConnections() { r.current.Load().Transport.CloseIdleConnections() }

// upToDate returns a generation that was in accord with the files less than a second ago. While one request looks at
// them, those that come don't wait for the disk.
func (r *rotating) upToDate(ctx context.Context) *generation {
	if r.follows && r.isDue() && r.mu.TryLock() {
		r.lookLocked(klog.FromContext(ctx))
		r.mu.Unlock()
	}
	return r.current.Load()
}

func (r *rotating) isDue() bool { return r.age()-time.Duration(r.looked.Load()) >= fileCheckInterval }

func (r *rotating) age() time.Duration { return time.Since(r.made) }

// lookLocked makes a new generation if the files hold something new and usable. Otherwise the current one stays: a
// pair of files can't be written at once, and what is half written now is whole in a second.
func (r *rotating) lookLocked(logger klog.Logger) {
	if !r.isDue() {
		return // another request has looked while this one came for the lock
	}
	r.looked.Store(int64(r.age()))
	old := r.current.Load()
	m, err := r.config.TLS.read()
	if err == nil && old.sameCA(m) && old.samePair(m) {
		r.failure = ""
		return
	}
	var next *generation
	if err == nil {
		next, err = r.successor(m)
	}
	if err != nil {
		r.failedLocked(logger, err)
		return
	}
	r.failure = ""
	logger.V(1).Info("TLS files changed, opening new connections",
		"caChanged", !old.sameCA(m), "clientCertificateChanged", !old.samePair(m))
	r.current.Store(next)
	old.retire(!old.samePair(m))
}

// successor is generate for material that isn't the first. An empty CA file then is one that is being written.
func (r *rotating) successor(m material) (*generation, error) {
	if ca := r.config.TLS.ca(); ca.follows() && len(m.ca) == 0 {
		return nil, fmt.Errorf("%v: file is empty", ca)
	}
	return r.generate(m)
}

// RenewConnections makes requests to come through rt use new connections, unless that was done for this epoch, or a
// later one, before. It is for those who give certificates by callback and have closed the connections of an old one:
// the pool takes a moment to notice, and would send a request to its death on one of them. If rt isn't made by New, it
// does nothing.
func RenewConnections(rt http.RoundTripper, epoch uint64) {
	for {
		switch inner := rt.(type) {
		case *rotating:
			inner.renew(epoch)
			return
		case utilnet.RoundTripperWrapper:
			rt = inner.WrappedRoundTripper()
		default:
			return
		}
	}
}

func (r *rotating) renew(epoch uint64) {
	if epoch <= r.epoch.Load() {
		return // nearly always
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if epoch <= r.epoch.Load() {
		return
	}
	old := r.current.Load()
	if next, err := r.generate(old.material); err == nil { // it is what old was made from
		r.current.Store(next)
		old.retire(false)
	}
	r.epoch.Store(epoch) // last, for who sees it takes current without the lock
}

// failedLocked logs what is wrong with the files, once.
func (r *rotating) failedLocked(logger klog.Logger, err error) {
	if r.failure != err.Error() {
		logger.Error(err, "Unable to follow TLS files, using what they held before")
	}
	r.failure = err.Error()
}

// retire closes g's idle connections, or all of them if they carry an identity that was replaced.
func (g *generation) retire(identityChanged bool) {
	if identityChanged && g.conns != nil {
		g.conns.CloseAll()
	}
	g.Transport.CloseIdleConnections()
}
