// Package transporttest makes certificates and an in-memory network for tests of whatever speaks TLS.
//
//	NewCA ──Issue──▶ certificate + key, for a server or a client, valid when and for whom the test says
//	Network: client ◀── net.Pipe ──▶ server     no sockets, so that testing/synctest's clock goes on; can go silent
package transporttest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// CA is a certificate authority. Its certificate and those it issues are valid for an hour before and after now, which
// may be a synctest bubble's now.
type CA struct {
	PEM []byte

	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// Pair is a certificate with its key, both PEM.
type Pair struct {
	Cert, Key []byte
}

// NewCA returns an authority of that name.
func NewCA(t testing.TB, name string) *CA {
	template := newTemplate(name)
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	ca := &CA{key: newKey(t)}
	ca.PEM, ca.cert = sign(t, template, template, ca.key, ca.key)
	return ca
}

// Pool returns a pool with ca alone.
func (ca *CA) Pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(ca.cert)
	return pool
}

// Issue returns a certificate for name, which is a host or an address if the certificate is to be a server's. It is
// valid for both ends. Each change may alter it before it is signed.
func (ca *CA) Issue(t testing.TB, name string, changes ...func(*x509.Certificate)) Pair {
	template := newTemplate(name)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	if ip := net.ParseIP(name); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{name}
	}
	for _, change := range changes {
		change(template)
	}
	key := newKey(t)
	der, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	cert, _ := sign(t, template, ca.cert, key, ca.key)
	return Pair{cert, pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der})}
}

// Expired is a change for Issue: the certificate ended a minute ago.
func Expired(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }

// TLS returns p as crypto/tls wants it.
func (p Pair) TLS(t testing.TB) tls.Certificate {
	pair, err := tls.X509KeyPair(p.Cert, p.Key)
	require.NoError(t, err)
	return pair
}

// Write replaces the two files by p's.
func (p Pair) Write(t testing.TB, certFile, keyFile string) {
	require.NoError(t, os.WriteFile(certFile, p.Cert, 0o600))
	require.NoError(t, os.WriteFile(keyFile, p.Key, 0o600))
}

func newTemplate(name string) *x509.Certificate {
	serial, err := rand.Int(rand.Reader, big.NewInt(1<<62))
	if err != nil {
		panic(err) // the system has no random numbers
	}
	return &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
}

func newKey(t testing.TB) *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	return key
}

func sign(t testing.TB, template, parent *x509.Certificate,
	key, parentKey *ecdsa.PrivateKey) ([]byte, *x509.Certificate) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), cert
}
