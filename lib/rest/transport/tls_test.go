package transport_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"os"
	"strings"
	"testing"

	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
)

var quiet = log.New(io.Discard, "", 0)

// Whom a client trusts, and what it says when it doesn't.
func TestHandshake(t *testing.T) {
	ca, other := transporttest.NewCA(t, "our CA"), transporttest.NewCA(t, "another CA")
	alice := ca.Issue(t, "alice")
	with := func(pair transporttest.Pair) transport.TLSConfig {
		return transport.TLSConfig{CAData: ca.PEM, CertData: pair.Cert, KeyData: pair.Key}
	}
	for _, test := range []struct {
		name   string
		server transporttest.Pair
		client transport.TLSConfig
		want   string
		errors []string
	}{
		{name: "trusted", client: transport.TLSConfig{CAData: ca.PEM}, want: "nobody"},
		{name: "trusted, with a certificate", client: with(alice), want: "alice"},
		{name: "insecure", client: transport.TLSConfig{Insecure: true}, want: "nobody"},
		{name: "the name that was asked for", server: ca.Issue(t, "api.example.com"),
			client: transport.TLSConfig{CAData: ca.PEM, ServerName: "api.example.com"}, want: "nobody"},
		{name: "another name", server: ca.Issue(t, "api.example.com"), client: transport.TLSConfig{CAData: ca.PEM},
			errors: []string{"certificate of server 127.0.0.1:", `subject "CN=api.example.com"`, "cannot validate certificate for 127.0.0.1"}},
		{name: "another CA's server", server: other.Issue(t, "127.0.0.1"), client: transport.TLSConfig{CAData: ca.PEM},
			errors: []string{`issuer "CN=another CA"`, "checked against CA certificates (data)", "signed by unknown authority"}},
		{name: "a CA that the system doesn't know", client: transport.TLSConfig{ServerName: "127.0.0.1"},
			errors: []string{"checked against the system's certificate authorities", "signed by unknown authority"}},
		{name: "an expired server", server: ca.Issue(t, "127.0.0.1", transporttest.Expired), client: transport.TLSConfig{CAData: ca.PEM},
			errors: []string{"certificate of server", "has expired or is not yet valid"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.server.Cert == nil {
				test.server = ca.Issue(t, "127.0.0.1")
			}
			server := startServer(t, serverConfig(t, test.server, ca.Pool()), whoAreYou)
			body, err := tryGet(t, newClient(t, &transport.Config{TLS: test.client}), server.URL)
			if test.errors == nil {
				require.NoError(t, err)
				require.Equal(t, test.want, body)
				return
			}
			require.Error(t, err)
			for _, part := range test.errors {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

// A server's refusal of the client, with TLS 1.2: there it is part of the handshake, so that the alert is always seen.
func TestServerRefusesTheClient(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	expired, stranger := ca.Issue(t, "alice", transporttest.Expired), transporttest.NewCA(t, "another CA").Issue(t, "alice")
	config := serverConfig(t, ca.Issue(t, "127.0.0.1"), ca.Pool())
	config.ClientAuth, config.MaxVersion = tls.RequireAndVerifyClientCert, tls.VersionTLS12
	server := startServer(t, config, whoAreYou)

	for _, test := range []struct {
		name   string
		client transport.TLSConfig
		errors []string
	}{
		{"expired", transport.TLSConfig{CertData: expired.Cert, KeyData: expired.Key},
			[]string{`refused the client certificate (subject "CN=alice", issuer "CN=our CA", valid 20`, "expired certificate"}},
		{"of another CA", transport.TLSConfig{CertData: stranger.Cert, KeyData: stranger.Key},
			[]string{`refused the client certificate (subject "CN=alice", issuer "CN=another CA"`, "unknown certificate authority"}},
		{"from a plugin", transport.TLSConfig{GetCertHolder: &transport.GetCertHolder{
			GetCert: func() (*tls.Certificate, error) { pair := expired.TLS(t); return &pair, nil },
		}}, []string{"refused the client certificate (of the credential plugin)", "expired certificate"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.client.CAData = ca.PEM
			_, err := tryGet(t, newClient(t, &transport.Config{TLS: test.client}), server.URL)
			var alert *net.OpError
			require.ErrorAs(t, err, &alert, "the cause stays reachable")
			for _, part := range test.errors {
				require.ErrorContains(t, err, part)
			}
		})
	}
}

// With TLS 1.3 the handshake is over for the client when the server looks at its certificate, and how the refusal comes
// to light is a matter of luck. Where it does, the certificate is named.
func TestServerRefusesTheClientAfterTheHandshake(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	alice := ca.Issue(t, "alice", transporttest.Expired)
	server := startServer(t, serverConfig(t, ca.Issue(t, "127.0.0.1"), ca.Pool()), whoAreYou)
	client := newClient(t, &transport.Config{TLS: transport.TLSConfig{CAData: ca.PEM, CertData: alice.Cert, KeyData: alice.Key}})
	for range 20 {
		_, err := tryGet(t, client, server.URL)
		require.Error(t, err)
		if msg := err.Error(); strings.Contains(msg, "remote error") || strings.Contains(msg, "could not be established") {
			require.Contains(t, msg, `client certificate (subject "CN=alice"`)
		}
	}
}

// The error's type survives the explanation, for callers that look at it.
func TestRefusedServerIsAVerificationError(t *testing.T) {
	server := startServer(t, serverConfig(t, transporttest.NewCA(t, "a CA").Issue(t, "127.0.0.1"), nil), whoAreYou)
	_, err := tryGet(t, newClient(t, &transport.Config{TLS: transport.TLSConfig{CAData: transporttest.NewCA(t, "a CA").PEM}}), server.URL)
	var refused *tls.CertificateVerificationError
	require.ErrorAs(t, err, &refused)
}

// Other errors aren't dressed up as TLS errors.
func TestConnectionRefusedIsPassedOn(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed.Close()
	_, err = tryGet(t, newClient(t, &transport.Config{TLS: transport.TLSConfig{Insecure: true}}), "https://"+closed.Addr().String())
	require.ErrorContains(t, err, "connection refused")
	require.NotContains(t, err.Error(), "certificate")
}

func TestBadTLSOptions(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	alice, bob := ca.Issue(t, "alice"), ca.Issue(t, "bob")
	f := newFiles(t)
	write(t, f.ca, []byte("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"))
	transporttest.Pair{Cert: alice.Cert, Key: bob.Key}.Write(t, f.cert, f.key)

	for _, test := range []struct {
		name string
		tls  transport.TLSConfig
		err  string
	}{
		{"CA that isn't PEM", transport.TLSConfig{CAData: []byte("hello")}, "CA certificates (data): not PEM"},
		{"CA that is a key", transport.TLSConfig{CAData: alice.Key}, "no certificate among the PEM blocks"},
		{"CA file with a broken certificate", transport.TLSConfig{CAFile: f.ca}, "CA certificates (" + f.ca + "): x509: malformed certificate"},
		{"CA file that isn't there", transport.TLSConfig{CAFile: "nowhere/ca.crt"}, "read CA certificates: open nowhere/ca.crt: no such file"},
		{"CA and insecure", transport.TLSConfig{CAData: ca.PEM, Insecure: true}, "root certificates file with the insecure flag is not allowed"},
		{"key of another certificate", transport.TLSConfig{CertFile: f.cert, KeyFile: f.key},
			"client certificate (" + f.cert + ") and client key (" + f.key + "): tls: private key does not match public key"},
		{"key that isn't one", transport.TLSConfig{CertData: alice.Cert, KeyData: []byte("key")},
			"and client key (data): tls: failed to find any PEM data in key input"},
		{"certificate without key", transport.TLSConfig{CertData: alice.Cert}, "client certificate (data) has no key"},
		{"key without certificate", transport.TLSConfig{KeyFile: f.key}, "client key (" + f.key + ") has no certificate"},
		{"holder without function", transport.TLSConfig{GetCertHolder: &transport.GetCertHolder{}}, "GetCertHolder holds no function"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := transport.New(&transport.Config{TLS: test.tls})
			require.ErrorContains(t, err, test.err)
			require.NotContains(t, err.Error(), string(bob.Key))
		})
	}
}

// A file that was named and is empty trusts nobody. To trust the system's authorities instead would be a surprise.
func TestEmptyCAFileTrustsNobody(t *testing.T) {
	f := newFiles(t)
	write(t, f.ca, nil)
	config, err := transport.TLSConfigFor(&transport.Config{TLS: transport.TLSConfig{CAFile: f.ca}})
	require.NoError(t, err)
	require.True(t, config.RootCAs.Equal(x509.NewCertPool()))
}

func TestTLSConfigFor(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	t.Run("nothing asked for", func(t *testing.T) {
		config, err := transport.TLSConfigFor(&transport.Config{BearerToken: "t"})
		require.NoError(t, err)
		require.Nil(t, config)
	})
	t.Run("what was asked for", func(t *testing.T) {
		protos := append(make([]string, 0, 8), "http/1.1")
		config, err := transport.TLSConfigFor(&transport.Config{TLS: transport.TLSConfig{ServerName: "api", NextProtos: protos}})
		require.NoError(t, err)
		require.Equal(t, "api", config.ServerName)
		require.Equal(t, []string{"http/1.1"}, config.NextProtos)
		require.EqualValues(t, tls.VersionTLS12, config.MinVersion)
		require.Nil(t, config.RootCAs, "the system's")
		_ = append(config.NextProtos, "h2")
		require.Empty(t, protos[:2][1], "the caller's slice isn't written to, as net/http does with its own")
	})
	t.Run("files are read again at each handshake, and the last good pair stays", func(t *testing.T) {
		f := newFiles(t)
		ca.Issue(t, "alice").Write(t, f.cert, f.key)
		config, err := transport.TLSConfigFor(&transport.Config{TLS: transport.TLSConfig{CertFile: f.cert, KeyFile: f.key}})
		require.NoError(t, err)
		shows := func(name string) {
			cert, err := config.GetClientCertificate(nil)
			require.NoError(t, err)
			require.Equal(t, name, cert.Leaf.Subject.CommonName)
		}
		shows("alice")
		ca.Issue(t, "bob").Write(t, f.cert, f.key)
		shows("bob")
		require.NoError(t, os.Remove(f.key))
		shows("bob")
	})
	t.Run("a callback may have no certificate", func(t *testing.T) {
		holder := &transport.GetCertHolder{GetCert: func() (*tls.Certificate, error) { return nil, nil }}
		config, err := transport.TLSConfigFor(&transport.Config{TLS: transport.TLSConfig{GetCertHolder: holder}})
		require.NoError(t, err)
		cert, err := config.GetClientCertificate(nil)
		require.NoError(t, err)
		require.Empty(t, cert.Certificate)
	})
	t.Run("data wins over a file, and over a callback", func(t *testing.T) {
		pair := ca.Issue(t, "alice")
		config, err := transport.TLSConfigFor(&transport.Config{TLS: transport.TLSConfig{
			CAData: ca.PEM, CAFile: "nowhere", CertData: pair.Cert, CertFile: "nowhere", KeyData: pair.Key, KeyFile: "nowhere",
			GetCertHolder: &transport.GetCertHolder{GetCert: func() (*tls.Certificate, error) { return nil, os.ErrInvalid }},
		}})
		require.NoError(t, err)
		cert, err := config.GetClientCertificate(nil)
		require.NoError(t, err)
		require.Equal(t, "alice", cert.Leaf.Subject.CommonName)
	})
}
