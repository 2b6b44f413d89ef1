package exec_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"client-go-workbook/lib/rest/exec"
	"client-go-workbook/lib/rest/exec/clientauthentication"
	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
)

func TestTokenIsKeptUntilItEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlugin(t, "")
		tokenUntil := func(token string, end time.Time) {
			p.status(fmt.Sprintf(`{"token":%q,"expirationTimestamp":%q}`, token, end.Format(time.RFC3339)))
		}
		tokenUntil("first", time.Now().Add(time.Hour))
		client := p.plainClient(nil)
		require.Equal(t, "Bearer first", mustGet(t, client, "http://api"))
		tokenUntil("second", time.Now().Add(2*time.Hour))
		time.Sleep(time.Hour)
		require.Equal(t, "Bearer first", mustGet(t, client, "http://api"))
		time.Sleep(time.Nanosecond)
		require.Equal(t, "Bearer second", mustGet(t, client, "http://api"))
		require.Len(t, p.runs(), 2)
	})
}

func TestTokenWithoutEndIsKeptUntilItIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPlugin(t, `{"token":"first"}`)
		refused := ""
		client := p.plainClient(func(authorization string) bool { return authorization == refused })
		mustGet(t, client, "http://api")
		time.Sleep(10000 * time.Hour)
		require.Equal(t, "Bearer first", mustGet(t, client, "http://api"))

		refused = "Bearer first"
		p.status(`{"token":"second"}`)
		require.Equal(t, "Bearer first", mustGet(t, client, "http://api"), "the refusal is the caller's to see")
		require.Len(t, p.runs(), 2)
		require.Equal(t, "Bearer second", mustGet(t, client, "http://api"))
		require.Len(t, p.runs(), 2)
	})
}

// Requests that were under way with the same token are all refused. The first refusal is enough.
func TestLateRefusalIsNoNews(t *testing.T) {
	p := newPlugin(t, `{"token":"first"}`)
	slowSent, release := make(chan struct{}), make(chan struct{})
	var sent atomic.Int32
	client := p.plainClient(func(authorization string) bool {
		if sent.Add(1) == 1 {
			close(slowSent)
			<-release
		}
		return authorization == "Bearer first"
	})
	var slow sync.WaitGroup
	slow.Go(func() { _, _ = get(t, client, "http://api") })
	<-slowSent
	p.status(`{"token":"second"}`)
	mustGet(t, client, "http://api")
	require.Len(t, p.runs(), 2)
	close(release)
	slow.Wait()
	require.Len(t, p.runs(), 2)
	require.Equal(t, "Bearer second", mustGet(t, client, "http://api"))
}

// A plugin that fails when the server said no leaves the old credentials in place: perhaps the no was a mistake.
func TestFailedRefreshKeepsTheOldToken(t *testing.T) {
	p := newPlugin(t, `{"token":"first"}`)
	refuse := true
	client := p.plainClient(func(string) bool { return refuse })
	mustGet(t, client, "http://api")
	p.answers("sorry")
	mustGet(t, client, "http://api")
	refuse = false
	require.Equal(t, "Bearer first", mustGet(t, client, "http://api"))
}

func TestCallersCredentialIsLeftAlone(t *testing.T) {
	p := newPlugin(t, `{"token":"mine"}`)
	client := p.plainClient(nil)
	req, err := http.NewRequest(http.MethodGet, "http://api", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "theirs")
	resp, err := client.Do(req)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	resp.Body.Close()
	require.Equal(t, "theirs", string(body))
	require.Empty(t, p.runs())

	req.Header = http.Header{}
	resp, err = client.Do(req)
	require.NoError(t, err)
	resp.Body.Close()
	require.Empty(t, req.Header, "a round tripper doesn't change its caller's request")
}

// gate holds back plugin runs until it is opened.
type gate struct {
	net.Listener
	t       testing.TB
	arrived chan net.Conn
}

func newGate(t testing.TB) *gate {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &gate{listener, t, make(chan net.Conn, 100)}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			g.arrived <- conn
		}
	})
	t.Cleanup(func() { listener.Close(); done.Wait() })
	return g
}

func TestConcurrentRequestsShareOneRun(t *testing.T) {
	p, g := newPlugin(t, `{"token":"one"}`), newGate(t)
	p.setenv(gateEnv, g.Addr().String())
	client := p.plainClient(nil)
	var started, done sync.WaitGroup
	var right atomic.Int32
	for range 20 {
		started.Add(1)
		done.Go(func() {
			started.Done()
			if body, err := get(t, client, "http://api"); err == nil && body == "Bearer one" {
				right.Add(1)
			}
		})
	}
	running := <-g.arrived
	started.Wait()
	running.Close()
	done.Wait()
	require.EqualValues(t, 20, right.Load())
	require.Len(t, p.runs(), 1)
}

// The request gives up when its context says so; the plugin goes on, and the next request finds what it got.
func TestRequestDoesNotWaitLongerThanItsContext(t *testing.T) {
	p, g := newPlugin(t, `{"token":"late"}`), newGate(t)
	p.setenv(gateEnv, g.Addr().String())
	client := p.plainClient(nil)
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://api", nil)
	require.NoError(t, err)
	failed := make(chan error)
	go func() {
		_, err := client.Do(req)
		failed <- err
	}()
	running := <-g.arrived
	cancel()
	err = <-failed
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "wait for exec plugin")
	running.Close()
	require.Equal(t, "Bearer late", mustGet(t, client, "http://api"))
	require.Len(t, p.runs(), 1)
}

// certificate is a status with the pair.
func certificate(pair transporttest.Pair) string {
	status, _ := json.Marshal(map[string]string{"clientCertificateData": string(pair.Cert), "clientKeyData": string(pair.Key)})
	return string(status)
}

func TestNewCertificateClosesConnections(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	var refused atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.TLS.PeerCertificates[0].Subject.CommonName
		if name == refused.Load() {
			w.WriteHeader(http.StatusUnauthorized)
		}
		_, _ = io.WriteString(w, name)
		if r.URL.Path == "/watch" {
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
	}))
	pair := ca.Issue(t, "127.0.0.1").TLS(t)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: ca.Pool()}
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)

	var dialed atomic.Int32
	countingDial := &transport.DialHolder{Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		dialed.Add(1)
		return new(net.Dialer).DialContext(ctx, network, address)
	}}
	for _, test := range []struct {
		name string
		dial *transport.DialHolder
	}{{"with the plugin's own dialer", nil}, {"with the caller's", countingDial}} {
		t.Run(test.name, func(t *testing.T) {
			refused.Store("nobody")
			p := newPlugin(t, certificate(ca.Issue(t, "alice")))
			client := p.client(transport.Config{TLS: transport.TLSConfig{CAData: ca.PEM}, DialHolder: test.dial})
			require.Equal(t, "alice", mustGet(t, client, server.URL))
			watch, err := client.Get(server.URL + "/watch")
			require.NoError(t, err)
			defer watch.Body.Close()

			refused.Store("alice")
			p.status(certificate(ca.Issue(t, "bob")))
			require.Equal(t, "alice", mustGet(t, client, server.URL), "401 runs the plugin")
			require.Equal(t, "bob", mustGet(t, client, server.URL))
			_, err = io.ReadAll(watch.Body)
			require.Error(t, err, "what alice began ends with her")
		})
	}
	require.EqualValues(t, 2, dialed.Load())
}

// A new token is in each request; connections stay.
func TestNewTokenLeavesConnectionsOpen(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	network := transporttest.NewNetwork(t, &tls.Config{Certificates: []tls.Certificate{ca.Issue(t, "api").TLS(t)}},
		http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "Bearer first" {
				w.WriteHeader(http.StatusUnauthorized)
			}
			_, _ = io.WriteString(w, r.Header.Get("Authorization"))
		}))
	p := newPlugin(t, `{"token":"first"}`)
	client := p.client(transport.Config{TLS: transport.TLSConfig{CAData: ca.PEM}, DialHolder: &transport.DialHolder{Dial: network.Dial}})
	mustGet(t, client, "https://api")
	p.status(`{"token":"second"}`)
	mustGet(t, client, "https://api")
	require.Equal(t, "Bearer second", mustGet(t, client, "https://api"))
	require.Equal(t, 1, network.Opened())
}

// The plugin's token is for the server, and not for whom it redirects to.
func TestTokenStaysWithItsHost(t *testing.T) {
	p := newPlugin(t, `{"token":"one"}`)
	shown := map[string]string{}
	server := roundTripper(func(req *http.Request) (*http.Response, error) {
		shown[req.URL.Host] = req.Header.Get("Authorization")
		resp := &http.Response{StatusCode: http.StatusOK, Body: http.NoBody, Request: req}
		if req.URL.Host == "api" {
			resp.StatusCode, resp.Header = http.StatusFound, http.Header{"Location": {"http://evil"}}
		}
		return resp, nil
	})
	client := p.client(transport.Config{WrapTransport: func(http.RoundTripper) http.RoundTripper { return server }})
	mustGet(t, client, "http://api")
	require.Equal(t, map[string]string{"api": "Bearer one", "evil": ""}, shown)
}

func TestEqualConfigsShareAnAuthenticator(t *testing.T) {
	p := newPlugin(t, `{"token":"one"}`)
	cluster := func() *clientauthentication.Cluster {
		return &clientauthentication.Cluster{Server: "https://api", CertificateAuthorityData: []byte("ca"),
			Config: &runtime.Unknown{Raw: []byte(`{"audience":"a"}`)}}
	}
	original := p.DeepCopy()
	first, err := exec.GetAuthenticator(&p.ExecConfig, cluster())
	require.NoError(t, err)
	again, err := exec.GetAuthenticator(p.DeepCopy(), cluster())
	require.NoError(t, err)
	require.Same(t, first, again)

	for name, change := range map[string]func(*plugin, *clientauthentication.Cluster){
		"argument": func(p *plugin, _ *clientauthentication.Cluster) { p.Args = []string{"-v"} },
		"variable": func(p *plugin, _ *clientauthentication.Cluster) { p.setenv("A", "b") },
		"server":   func(_ *plugin, c *clientauthentication.Cluster) { c.Server = "https://other" },
		"setting": func(_ *plugin, c *clientauthentication.Cluster) {
			c.Config = &runtime.Unknown{Raw: []byte(`{"audience":"b"}`)}
		},
	} {
		other, c := &plugin{ExecConfig: *p.DeepCopy()}, cluster()
		change(other, c)
		got, err := exec.GetAuthenticator(&other.ExecConfig, c)
		require.NoError(t, err)
		require.NotSame(t, first, got, name)
	}

	// The authenticator has a copy: what the caller does to his config later is no business of others.
	p.Args = append(p.Args, "--changed")
	same, err := exec.GetAuthenticator(original, cluster())
	require.NoError(t, err)
	require.Same(t, first, same)
}

func TestOwnCredentialsWinOverThePlugin(t *testing.T) {
	p := newPlugin(t, `{"token":"plugin"}`)
	authenticator, err := exec.GetAuthenticator(&p.ExecConfig, nil)
	require.NoError(t, err)
	for _, config := range []transport.Config{
		{BearerToken: "t"}, {BearerTokenFile: "f"}, {Username: "u"},
		{TLS: transport.TLSConfig{CertData: []byte("c"), KeyData: []byte("k")}},
	} {
		before := config
		require.NoError(t, authenticator.UpdateTransportConfig(&config))
		require.Equal(t, before, config)
	}
}

func TestConflictingTransportConfig(t *testing.T) {
	p := newPlugin(t, `{"token":"plugin"}`)
	authenticator, err := exec.GetAuthenticator(&p.ExecConfig, nil)
	require.NoError(t, err)
	err = authenticator.UpdateTransportConfig(&transport.Config{TLS: transport.TLSConfig{GetCertHolder: &transport.GetCertHolder{}}})
	require.ErrorContains(t, err, "has a certificate callback already")
	err = authenticator.UpdateTransportConfig(&transport.Config{DialHolder: &transport.DialHolder{}})
	require.ErrorContains(t, err, "DialHolder holds no function")
}

func TestStderrIsTheUsers(t *testing.T) {
	file, err := os.CreateTemp(t.TempDir(), "stderr")
	require.NoError(t, err)
	old := os.Stderr
	os.Stderr = file
	t.Cleanup(func() { os.Stderr = old; file.Close() })
	p := newPlugin(t, `{"token":"one"}`)
	p.setenv(stderrEnv, "open your browser\n")
	mustGet(t, p.plainClient(nil), "http://api")
	content, err := os.ReadFile(file.Name())
	require.NoError(t, err)
	require.Equal(t, "open your browser\n", string(content))
}
