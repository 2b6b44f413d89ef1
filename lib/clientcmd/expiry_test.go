package clientcmd_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"
	"k8s.io/klog/v2/ktesting"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// certificate returns a self-signed certificate for 127.0.0.1 and its key, as PEM.
func certificate(t *testing.T, until time.Time) (cert, key []byte) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "test"},
		NotBefore:    until.Add(-time.Hour),
		NotAfter:     until,
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})
}

// kubeconfig returns a config of one context, written and read as a file is.
func kubeconfig(t *testing.T, cluster *api.Cluster, user *api.AuthInfo) []byte {
	t.Helper()
	data, err := clientcmd.Write(api.Config{
		CurrentContext: "dev",
		Contexts:       map[string]*api.Context{"dev": {Cluster: "a", AuthInfo: "admin"}},
		Clusters:       map[string]*api.Cluster{"a": cluster},
		AuthInfos:      map[string]*api.AuthInfo{"admin": user},
	})
	require.NoError(t, err)
	return data
}

// captureLogs returns what is logged until the test ends.
func captureLogs(t *testing.T) func() string {
	t.Helper()
	logger := ktesting.NewLogger(ktesting.NopTL{}, ktesting.NewConfig(ktesting.BufferLogs(true), ktesting.Verbosity(10)))
	klog.SetLogger(logger)
	t.Cleanup(klog.ClearLogger)
	return logger.GetSink().(ktesting.Underlier).GetBuffer().String
}

func TestAnExpiredClientCertificateIsMentioned(t *testing.T) {
	now := time.Now()
	expired, expiredKey := certificate(t, now.Add(-time.Hour))
	valid, validKey := certificate(t, now.Add(time.Hour))
	const warning = "The client certificate in the kubeconfig has expired"
	for name, c := range map[string]struct {
		user api.AuthInfo
		warn bool
	}{
		"expired":        {api.AuthInfo{ClientCertificateData: expired, ClientKeyData: expiredKey}, true},
		"expired file":   {api.AuthInfo{ClientCertificate: write(t, string(expired)), ClientKeyData: expiredKey}, true},
		"valid":          {api.AuthInfo{ClientCertificateData: valid, ClientKeyData: validKey}, false},
		"no certificate": {api.AuthInfo{ClientCertificateData: []byte("c"), ClientKeyData: []byte("k")}, false},
	} {
		t.Run(name, func(t *testing.T) {
			logs := captureLogs(t)
			c.user.Token = "hunter2"
			_, err := clientcmd.RESTConfigFromKubeConfig(kubeconfig(t, &api.Cluster{Server: "https://a"}, &c.user))
			require.NoError(t, err, "the server decides")
			if c.warn {
				require.Contains(t, logs(), warning)
				require.Contains(t, logs(), `user="admin"`)
			} else {
				require.NotContains(t, logs(), warning)
			}
			require.NotContains(t, logs(), "hunter2")
			require.NotContains(t, logs(), "PRIVATE KEY")
		})
	}
}

func TestAnExpiredServerCertificateIsNamed(t *testing.T) {
	cert, key := certificate(t, time.Now().Add(-time.Hour))
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	pair, err := tls.X509KeyPair(cert, key)
	require.NoError(t, err)
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()

	config, err := clientcmd.RESTConfigFromKubeConfig(kubeconfig(t,
		&api.Cluster{Server: server.URL, CertificateAuthorityData: cert}, &api.AuthInfo{Token: "hunter2"}))
	require.NoError(t, err)
	client, err := rest.HTTPClientFor(config)
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	_, err = client.Get(server.URL + "/version")
	require.ErrorContains(t, err, "certificate has expired or is not yet valid")
	require.NotContains(t, err.Error(), "hunter2")
}
