package transport

import (
	"net/http"
	"runtime"
	"strings"
	"sync"
	"weak"
)

// transports are the transports in use by this process.
var transports = cache{entries: map[cacheKey]weak.Pointer[lease]{}}

// cache gives equal configs the same transport, so that the clients of a process share connections. It doesn't keep a
// transport alive: when the last client is gone, so is the entry, and the idle connections with it. Only a holder's
// function that refers to its own client keeps it, for the key has the holder.
type cache struct {
	mu sync.Mutex // also held while a transport is made, lest two are made for equal configs
	// entries has an entry for each transport that somebody holds, and for one that is gone until forget comes by.
	entries map[cacheKey]weak.Pointer[lease]
}

// cacheKey is all of a config that makes a difference to the transport. Functions can't be compared; the holders'
// pointers stand for them. It has strings only and pointers, so that comparing two keys can't panic.
type cacheKey struct {
	caFile, certFile, keyFile string
	caData, certData, keyData string `datapolicy:"security-key"`
	reloadPair, reloadCA      bool
	insecure                  bool
	serverName, nextProtos    string
	disableCompression        bool
	getCert                   *GetCertHolder
	dial                      *DialHolder
}

func keyOf(c *Config) cacheKey {
	return cacheKey{
		caFile: c.TLS.CAFile, certFile: c.TLS.CertFile, keyFile: c.TLS.KeyFile,
		caData: string(c.TLS.CAData), certData: string(c.TLS.CertData), keyData: string(c.TLS.KeyData),
		reloadPair: c.TLS.ReloadTLSFiles, reloadCA: c.TLS.ReloadCAFiles,
		insecure:   c.TLS.Insecure,
		serverName: c.TLS.ServerName, nextProtos: strings.Join(c.TLS.NextProtos, ","),
		disableCompression: c.DisableCompression,
		getCert:            c.TLS.GetCertHolder,
		dial:               c.DialHolder,
	}
}

// get returns the transport of c: http.DefaultTransport if c asks for nothing special, one that a client with an equal
// config holds, or a new one. A config with a proxy function always gets a new one: functions can't be compared, and
// unlike DialHolder there is nothing that stands for it.
func (c *cache) get(config *Config) (http.RoundTripper, error) {
	key := keyOf(config)
	switch {
	case config.Proxy != nil:
		return newLease(config)
	case key == cacheKey{}:
		return http.DefaultTransport, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if l := c.entries[key].Value(); l != nil {
		return l, nil
	}
	l, err := newLease(config)
	if err != nil {
		return nil, err
	}
	entry := weak.Make(l)
	c.entries[key] = entry
	runtime.AddCleanup(l, func(key cacheKey) { c.forget(key, entry) }, key)
	return l, nil
}

// forget removes an entry, unless another transport took its place.
func (c *cache) forget(key cacheKey, entry weak.Pointer[lease]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.entries[key] == entry {
		delete(c.entries, key)
	}
}

// lease is what clients hold of a transport. Connections and their goroutines hold the transport beneath, never the
// lease: when nobody can reach it any more, no request will come.
type lease struct {
	layer
}

func newLease(config *Config) (*lease, error) {
	rt, err := newRotating(config)
	if err != nil {
		return nil, err
	}
	l := &lease{layer{rt}}
	runtime.AddCleanup(l, (*rotating).CloseIdleConnections, rt)
	return l, nil
}

func (l *lease) RoundTrip(req *http.Request) (*http.Response, error) { return l.next.RoundTrip(req) }
