package transport_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"testing"
	"time"

	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
)

func newTransport(t testing.TB, config transport.Config) http.RoundTripper {
	rt, err := transport.New(&config)
	require.NoError(t, err)
	return rt
}

func TestEqualConfigsShareATransport(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	alice, bob, f := ca.Issue(t, "alice"), ca.Issue(t, "bob"), newFiles(t)
	alice.Write(t, f.cert, f.key)
	write(t, f.ca, ca.PEM)
	getCert := &transport.GetCertHolder{GetCert: func() (*tls.Certificate, error) { return nil, nil }}
	dial := &transport.DialHolder{Dial: new(net.Dialer).DialContext}

	// Each differs from all others in what makes a connection, or in how it is used.
	different := []transport.Config{
		{TLS: transport.TLSConfig{CAData: ca.PEM}},
		{TLS: transport.TLSConfig{CAFile: f.ca}},
		{TLS: transport.TLSConfig{Insecure: true}},
		{TLS: transport.TLSConfig{Insecure: true}, DisableCompression: true},
		{TLS: transport.TLSConfig{Insecure: true, ServerName: "api"}},
		{TLS: transport.TLSConfig{Insecure: true, NextProtos: []string{"http/1.1"}}},
		{TLS: transport.TLSConfig{Insecure: true, CertData: alice.Cert, KeyData: alice.Key}},
		{TLS: transport.TLSConfig{Insecure: true, CertData: bob.Cert, KeyData: bob.Key}},
		{TLS: transport.TLSConfig{Insecure: true, CertFile: f.cert, KeyFile: f.key}},
		{TLS: transport.TLSConfig{Insecure: true, GetCertHolder: getCert}},
		{TLS: transport.TLSConfig{Insecure: true, GetCertHolder: &transport.GetCertHolder{GetCert: getCert.GetCert}}},
		{TLS: transport.TLSConfig{Insecure: true}, DialHolder: dial},
		{TLS: transport.TLSConfig{Insecure: true}, DialHolder: &transport.DialHolder{Dial: dial.Dial}},
		{DisableCompression: true},
	}
	made := map[http.RoundTripper]int{http.DefaultTransport: -1}
	for i, config := range different {
		rt := newTransport(t, config)
		require.NotContains(t, made, rt, "config %d", i)
		made[rt] = i

		again := config
		again.TLS.CAData = append([]byte(nil), config.TLS.CAData...)
		require.Same(t, rt, newTransport(t, again), "config %d", i)
	}
	require.Equal(t, http.DefaultTransport, newTransport(t, transport.Config{}), "nothing special asked for")
}

// What doesn't concern the connection is put around the shared transport.
func TestCredentialsDoNotDivideConnections(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	network := transporttest.NewNetwork(t, serverConfig(t, ca.Issue(t, "api"), nil), whoAreYou)
	options := transport.TLSConfig{CAData: ca.PEM}
	dial := &transport.DialHolder{Dial: network.Dial}
	get(t, newClient(t, &transport.Config{TLS: options, DialHolder: dial, BearerToken: "a"}), "https://api")
	get(t, newClient(t, &transport.Config{TLS: options, DialHolder: dial, Username: "b", UserAgent: "c"}), "https://api")
	require.Equal(t, 1, network.Opened())
}

func TestProxyFunctionsAreNotCached(t *testing.T) {
	config := transport.Config{Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}
	require.NotSame(t, newTransport(t, config), newTransport(t, config))
	require.False(t, transport.Cached(config))
}

// When the last client is gone, its idle connections are closed and the cache forgets the transport.
func TestUnusedTransportGoesAway(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	closed := make(chan struct{})
	network := transporttest.NewNetwork(t, serverConfig(t, ca.Issue(t, "api"), nil), whoAreYou)
	dial := func(ctx context.Context, _, address string) (net.Conn, error) {
		conn, err := network.Dial(ctx, "", address)
		return noticeClose{conn, closed}, err
	}
	config := transport.Config{TLS: transport.TLSConfig{CAData: ca.PEM}, DialHolder: &transport.DialHolder{Dial: dial}}
	func() {
		rt := newTransport(t, config)
		get(t, &http.Client{Transport: rt}, "https://api")
		runtime.GC()
		require.Same(t, rt, newTransport(t, config), "somebody holds it")
		require.True(t, transport.Cached(config))
		runtime.KeepAlive(rt)
	}()
	collect(t, func() bool {
		select {
		case <-closed:
			return true
		default:
			return false
		}
	})
	collect(t, func() bool { return !transport.Cached(config) })
}

type noticeClose struct {
	net.Conn
	closed chan struct{}
}

func (c noticeClose) Close() error {
	close(c.closed)
	return c.Conn.Close()
}

// collect runs the garbage collector until done. There is no event to wait for: cleanups run some time after it.
func collect(t *testing.T, done func() bool) {
	t.Helper()
	require.Eventually(t, func() bool {
		runtime.GC()
		return done()
	}, 30*time.Second, time.Millisecond)
}
