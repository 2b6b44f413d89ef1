package transport_test

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"k8s.io/klog/v2"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(fetchEnv); url != "" {
		os.Exit(fetchAndPrint(url))
	}
	quietKlog()
	goleak.VerifyTestMain(m)
}

// quietKlog drops what is logged without a context. Tests that look at logs bring a logger.
func quietKlog() {
	var flags flag.FlagSet
	klog.InitFlags(&flags)
	_ = flags.Set("logtostderr", "false")
	_ = flags.Set("stderrthreshold", "FATAL")
	klog.SetOutput(io.Discard)
}

func setVerbosity(t *testing.T, v string) {
	var flags flag.FlagSet
	klog.InitFlags(&flags)
	require.NoError(t, flags.Set("v", v))
	t.Cleanup(func() { _ = flags.Set("v", "0") })
}

// newClient returns a client of config that leaves no connection behind.
func newClient(t testing.TB, config *transport.Config) *http.Client {
	rt, err := transport.New(config)
	require.NoError(t, err)
	client := &http.Client{Transport: rt}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

func get(t testing.TB, client *http.Client, url string) string {
	body, err := tryGet(t, client, url)
	require.NoError(t, err)
	return body
}

func tryGet(t testing.TB, client *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// whoAreYou answers with the client certificate's name.
var whoAreYou = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	name := "nobody"
	if len(r.TLS.PeerCertificates) > 0 {
		name = r.TLS.PeerCertificates[0].Subject.CommonName
	}
	_, _ = io.WriteString(w, name)
})

// serverConfig is for a server with pair's certificate that asks clients for one of clients' authority, if that isn't
// nil.
func serverConfig(t testing.TB, pair transporttest.Pair, clients *x509.CertPool) *tls.Config {
	config := &tls.Config{Certificates: []tls.Certificate{pair.TLS(t)}, NextProtos: []string{"h2", "http/1.1"}}
	if clients != nil {
		config.ClientAuth, config.ClientCAs = tls.VerifyClientCertIfGiven, clients
	}
	return config
}

func startServer(t testing.TB, config *tls.Config, handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(handler)
	server.TLS = config
	server.Config.ErrorLog = quiet
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

type files struct{ ca, cert, key string }

func newFiles(t testing.TB) files {
	dir := t.TempDir()
	return files{filepath.Join(dir, "ca.crt"), filepath.Join(dir, "tls.crt"), filepath.Join(dir, "tls.key")}
}

func write(t testing.TB, path string, content []byte) {
	require.NoError(t, os.WriteFile(path, content, 0o600))
}
