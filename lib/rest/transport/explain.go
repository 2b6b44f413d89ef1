package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// explain adds to a TLS error what its text leaves open: whose certificate was refused, and whom it was checked
// against. Other errors stay as they are.
func (r *rotating) explain(g *generation, req *http.Request, err error) error {
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) && len(refused.UnverifiedCertificates) > 0 {
		return fmt.Errorf("certificate of server %s (%s), checked against %s: %w",
			req.URL.Host, describe(refused.UnverifiedCertificates[0]), r.authority(), err)
	}
	var alert *net.OpError
	if errors.As(err, &alert) && alert.Op == "remote error" && isAboutClient(alert.Err) {
		return fmt.Errorf("server %s refused the client certificate (%s): %w", req.URL.Host, r.identity(g), err)
	}
	if strings.HasSuffix(err.Error(), hungUp) {
		return fmt.Errorf("server %s hung up after the TLS handshake, with client certificate (%s): %w",
			req.URL.Host, r.identity(g), err)
	}
	return err
}

// hungUp is how HTTP/2 reports a connection that ended before its first request. In TLS 1.3 a server looks at the
// client's certificate when the handshake is over for the client: whether its alert is seen, or only this, is a matter
// of luck.
const hungUp = "http2: client conn could not be established"

// Alerts of a server that looked at our certificate, or at its absence: RFC 8446, section 6.2.
var clientAlerts = []tls.AlertError{
	42,  // bad certificate
	43,  // unsupported certificate
	44,  // certificate revoked
	45,  // certificate expired
	46,  // certificate unknown
	48,  // unknown CA
	49,  // access denied
	116, // certificate required
}

// isAboutClient compares texts: over TCP, crypto/tls reports alerts as a type of its own, which it doesn't export.
func isAboutClient(alert error) bool {
	return slices.ContainsFunc(clientAlerts, func(a tls.AlertError) bool { return a.Error() == alert.Error() })
}

func (r *rotating) authority() string {
	if ca := r.config.TLS.ca(); ca.isSet() {
		return ca.String()
	}
	return "the system's certificate authorities"
}

func (r *rotating) identity(g *generation) string {
	switch {
	case g.pair != nil:
		return describe(g.pair.Leaf)
	case r.config.HasCertCallback():
		return "of the credential plugin"
	}
	return "none was shown"
}

func describe(cert *x509.Certificate) string {
	return fmt.Sprintf("subject %q, issuer %q, valid %s to %s", cert.Subject, cert.Issuer,
		cert.NotBefore.UTC().Format(time.RFC3339), cert.NotAfter.UTC().Format(time.RFC3339))
}
