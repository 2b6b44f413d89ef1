package transport_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
)

// proxy is a forward proxy that leads every connection to the same server, and notes where it should have gone.
type proxy struct {
	server string // host:port

	mu   sync.Mutex
	seen []string
	open sync.WaitGroup
}

func (p *proxy) note(target string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen = append(p.seen, target)
}

// ServeHTTP is the HTTP side: CONNECT, with the user jane.
func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	user := strings.TrimPrefix(r.Header.Get("Proxy-Authorization"), "Basic ")
	if user != base64.StdEncoding.EncodeToString([]byte("jane:PASSWORD-1")) {
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	p.note(r.Method + " " + r.Host)
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	_, _ = io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	p.join(client)
}

// serveSOCKS is the SOCKS5 side, without a login: RFC 1928.
func (p *proxy) serveSOCKS(client net.Conn) {
	head := make([]byte, 2)
	if _, err := io.ReadFull(client, head); err != nil {
		return
	}
	_, _ = io.CopyN(io.Discard, client, int64(head[1]))
	_, _ = client.Write([]byte{5, 0})
	request := make([]byte, 5) // version, connect, reserved, 3 (a name), its length
	if _, err := io.ReadFull(client, request); err != nil {
		return
	}
	address := make([]byte, int(request[4])+2)
	if _, err := io.ReadFull(client, address); err != nil {
		return
	}
	name, port := address[:request[4]], binary.BigEndian.Uint16(address[request[4]:])
	p.note(fmt.Sprintf("SOCKS %s:%d", name, port))
	_, _ = client.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
	p.join(client)
}

func (p *proxy) join(client net.Conn) {
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		client.Close()
		return
	}
	for _, ends := range [][2]net.Conn{{client, server}, {server, client}} {
		p.open.Go(func() {
			_, _ = io.Copy(ends[0], ends[1])
			ends[0].Close()
		})
	}
}

func startSOCKS(t *testing.T, p *proxy) *url.URL {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p.open.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			p.serveSOCKS(client)
		}
	})
	t.Cleanup(func() { listener.Close() })
	return &url.URL{Scheme: "socks5", Host: listener.Addr().String()}
}

func TestProxies(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	server := startServer(t, serverConfig(t, ca.Issue(t, "api.example.com"), nil), whoAreYou)
	p := &proxy{server: server.Listener.Addr().String()}
	t.Cleanup(p.open.Wait)
	plain, encrypted := httptest.NewServer(p), startServer(t, serverConfig(t, ca.Issue(t, "127.0.0.1"), nil), p)
	t.Cleanup(plain.Close)
	encrypted.TLS.NextProtos = []string{"http/1.1"} // CONNECT takes over a connection, which HTTP/2 has only one of

	for _, test := range []struct {
		name, proxy, seen string
	}{
		{"http", "http://jane:PASSWORD-1@" + plain.Listener.Addr().String(), "CONNECT api.example.com:443"},
		{"https", "https://jane:PASSWORD-1@" + encrypted.Listener.Addr().String(), "CONNECT api.example.com:443"},
		{"socks5", startSOCKS(t, p).String(), "SOCKS api.example.com:443"},
	} {
		t.Run(test.name, func(t *testing.T) {
			proxyURL, err := url.Parse(test.proxy)
			require.NoError(t, err)
			p.seen = nil
			client := newClient(t, &transport.Config{
				TLS:   transport.TLSConfig{CAData: ca.PEM, NextProtos: []string{"http/1.1"}},
				Proxy: http.ProxyURL(proxyURL),
			})
			require.Equal(t, "nobody", get(t, client, "https://api.example.com/"))
			require.Equal(t, []string{test.seen}, p.seen)
		})
	}
	t.Run("refused, and the proxy's password isn't in the error", func(t *testing.T) {
		proxyURL, err := url.Parse("http://jane:USERINFO-1@" + plain.Listener.Addr().String())
		require.NoError(t, err)
		config := &transport.Config{TLS: transport.TLSConfig{CAData: ca.PEM}, Proxy: http.ProxyURL(proxyURL)}
		_, err = tryGet(t, newClient(t, config), "https://api.example.com/")
		require.ErrorContains(t, err, "Proxy Authentication Required")
		requireNoSecret(t, err.Error())
	})
}

// net/http reads the environment once in a process, so each of these is a process of its own.
const fetchEnv = "TRANSPORT_TEST_FETCH"

// fetchAndPrint says where a client of this process dials for the URL.
func fetchAndPrint(address string) int {
	quietKlog()
	rt, err := transport.New(&transport.Config{DialHolder: &transport.DialHolder{
		Dial: func(_ context.Context, _, address string) (net.Conn, error) {
			fmt.Println(address)
			return nil, os.ErrPermission
		},
	}})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	_, _ = (&http.Client{Transport: rt}).Get(address)
	return 0
}

func TestProxyFromEnvironment(t *testing.T) {
	const viaProxy = "192.0.2.9:3128"
	for _, test := range []struct {
		name, url, noProxy, dials string
	}{
		{"https", "https://api.example.com/", "", viaProxy},
		{"exempt by name", "https://api.example.com/", "other,.example.com", "api.example.com:443"},
		{"exempt by CIDR", "https://10.96.0.1:6443/", "10.96.0.0/12", "10.96.0.1:6443"},
		{"out of the CIDR", "https://10.112.0.1:6443/", "10.96.0.0/12", viaProxy},
		{"this machine", "https://127.0.0.1:6443/", "", "127.0.0.1:6443"},
	} {
		t.Run(test.name, func(t *testing.T) {
			executable, err := os.Executable()
			require.NoError(t, err)
			cmd := exec.Command(executable)
			cmd.Env = append(os.Environ(), fetchEnv+"="+test.url, "GORACE=atexit_sleep_ms=0",
				"HTTPS_PROXY=http://jane:PASSWORD-1@"+viaProxy, "NO_PROXY="+test.noProxy, "no_proxy=")
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			require.NoError(t, cmd.Run())
			require.Equal(t, test.dials+"\n", out.String())
		})
	}
}
