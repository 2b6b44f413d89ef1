package transport

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// explain adds to a TLS error what its text leaves open: whose certificate was refused, and whom it was checked against.
// Other errors stay as they are.
func (r *rotating) explain(g *generation, req *http.Request, err error) error {
	var refused *tls.CertificateVerificationError
	if errors.As(err, &refused) && len(refused.UnverifiedCertificates) > 0 {
		return fmt.Errorf("certificate of server %s (%s), checked against %s: %w",
			req.URL.Host, describe(refused.UnverifiedCertificates[0]), r.authority(), err)
	}
	var op *net.OpError
	var alert tls.AlertError
	if errors.As(err, &op) && op.Op == "remote error" && errors.As(err, &alert) && isAboutCertificates(alert) {
		return fmt.Errorf("server %s refused the client certificate (%s): %w", req.URL.Host, r.identity(g), err)
	}
	return err
}

// isAboutCertificates says whether a server that sends the alert looked at our certificate, or at its absence.
func isAboutCertificates(alert tls.AlertError) bool {
	const badCertificate, unknownCA, accessDenied, certificateRequired = 42, 48, 49, 116
	return badCertificate <= alert && alert <= 46 || alert == unknownCA || alert == accessDenied || alert == certificateRequired
}

func (r *rotating) authority() string {
	switch c := &r.config.TLS; {
	case c.caFollows():
		return "CA file " + c.CAFile
	case len(c.CAData) > 0:
		return "the config's CA data"
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
