package transport

import (
	"crypto/tls"
	"errors"
	"slices"
	"sync"
)

// TLSConfigFor returns the TLS side of c, or nil if c asks for nothing special. The files that c names must be there
// and hold what they should. A client certificate in files is read again at each handshake, a CA file is not.
func TLSConfigFor(c *Config) (*tls.Config, error) {
	m, err := c.TLS.load()
	if err != nil {
		return nil, err
	}
	config, err := newTLSConfig(c, m)
	if err == nil && config != nil && c.TLS.pairFollows() {
		config.GetClientCertificate = followPair(c.TLS, m.pair)
	}
	return config, err
}

// newTLSConfig returns c's TLS config with the certificates in m.
func newTLSConfig(c *Config, m material) (*tls.Config, error) {
	hasTLS := c.HasCA() || c.HasCertAuth() || c.HasCertCallback() || c.TLS.Insecure
	if !hasTLS && c.TLS.ServerName == "" && len(c.TLS.NextProtos) == 0 {
		return nil, nil
	}
	if c.HasCA() && c.TLS.Insecure {
		return nil, errors.New("specifying a root certificates file with the insecure flag is not allowed")
	}
	config := &tls.Config{
		MinVersion:         tls.VersionTLS12,
		InsecureSkipVerify: c.TLS.Insecure,
		ServerName:         c.TLS.ServerName,
		NextProtos:         slices.Clone(c.TLS.NextProtos), // net/http adds to it
		RootCAs:            m.roots,
	}
	// A callback, though the certificate may be known: certificates listed in the config are only shown to servers that
	// name its issuer, and a server need not.
	switch {
	case m.pair != nil:
		config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return m.pair, nil }
	case c.HasCertCallback():
		config.GetClientCertificate = fromHolder(c.TLS.GetCertHolder)
	}
	return config, nil
}

func fromHolder(holder *GetCertHolder) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		cert, err := holder.GetCert()
		if cert == nil && err == nil {
			cert = new(tls.Certificate) // this is how crypto/tls is told that there is none
		}
		return cert, err
	}
}

// followPair gives what c's files hold at each handshake, or the last good pair while they are being written.
func followPair(c TLSConfig, last *tls.Certificate) func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	var mu sync.Mutex
	return func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		mu.Lock()
		defer mu.Unlock()
		if m, err := c.load(); err == nil {
			last = m.pair
		}
		return last, nil
	}
}
