package cluster

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const (
	caLife   = 10 * 365 * 24 * time.Hour
	certLife = 365 * 24 * time.Hour
	// renewBefore is how much life a certificate must have left when the
	// cluster starts: longer than a cluster is left running.
	renewBefore = 30 * 24 * time.Hour
)

// PKI keeps the cluster's keys and certificates in one folder, as NAME.crt and
// NAME.key. What is missing, damaged, near its end or not signed by the
// authority of now is made anew, so that nobody ever has to look in here.
//
//	ca ─────── server             kube-apiserver, -controller-manager, -scheduler
//	     ├──── admin              the kubeconfig that people use
//	     └──── controller-manager, scheduler, kwok
//	etcd-ca ── etcd               server and peer
//	     └──── etcd-client        kube-apiserver
//	proxy-ca ─ proxy-client       kube-apiserver, when it passes a request on
//	sa.key                        signs service account tokens
//	tokens.csv                    the admin's bearer token
//
// etcd has an authority of its own: the controller manager signs certificates
// for API users with ca, and none of those may open the store.
type PKI struct {
	Dir string
	Now func() time.Time
	// Renewed is told about each file that was there and had to be made anew.
	Renewed func(name string, why error)
}

// identity is whom a certificate speaks for.
type identity struct {
	user   string
	groups []string
	server bool
}

var (
	clusterCerts = map[string]identity{
		"server":             {user: "workbook", server: true},
		"admin":              {user: "workbook-admin", groups: []string{"system:masters"}},
		"controller-manager": {user: "system:kube-controller-manager"},
		"scheduler":          {user: "system:kube-scheduler"},
		"kwok":               {user: "workbook-kwok", groups: []string{"system:masters"}},
	}
	etcdCerts = map[string]identity{
		"etcd":        {user: "etcd", server: true},
		"etcd-client": {user: "kube-apiserver"},
	}
	proxyCerts = map[string]identity{
		"proxy-client": {user: "proxy-client"},
	}
)

// Ensure makes whatever is not there or no longer good.
func (p *PKI) Ensure() error {
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return err
	}
	for ca, certs := range map[string]map[string]identity{
		"ca": clusterCerts, "etcd-ca": etcdCerts, "proxy-ca": proxyCerts,
	} {
		authority, err := p.ensureAuthority(ca)
		if err != nil {
			return fmt.Errorf("make the certificate authority %s: %w", ca, err)
		}
		for name, id := range certs {
			if err := p.ensureCert(authority, name, id); err != nil {
				return fmt.Errorf("make the certificate %s: %w", name, err)
			}
		}
	}
	if err := p.ensureServiceAccountKey(); err != nil {
		return fmt.Errorf("make the service accounts' key: %w", err)
	}
	if err := p.ensureToken(); err != nil {
		return fmt.Errorf("make the admin's token: %w", err)
	}
	return nil
}

// File is the full name of one of the files, such as "admin.crt".
func (p *PKI) File(name string) string { return filepath.Join(p.Dir, name) }

// keyPair is a certificate and its key, read from the folder.
type keyPair struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func (p *PKI) ensureAuthority(name string) (*keyPair, error) {
	pair, err := p.load(name)
	if err == nil && pair.cert.IsCA {
		return pair, nil
	}
	p.noteRenewal(name, err)
	return p.issue(name, nil, &x509.Certificate{
		Subject:               pkix.Name{CommonName: "client-go-workbook " + name},
		NotAfter:              p.Now().Add(caLife),
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
		IsCA:                  true,
		BasicConstraintsValid: true,
	})
}

func (p *PKI) ensureCert(ca *keyPair, name string, id identity) error {
	pair, err := p.load(name)
	if err == nil {
		err = pair.cert.CheckSignatureFrom(ca.cert)
	}
	if err == nil {
		return nil
	}
	p.noteRenewal(name, err)

	template := &x509.Certificate{
		Subject:     pkix.Name{CommonName: id.user, Organization: id.groups},
		NotAfter:    p.Now().Add(certLife),
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if id.server {
		// etcd's server is a client of itself too.
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
		template.IPAddresses = []net.IP{net.ParseIP(host)}
		template.DNSNames = []string{"localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"}
	}
	_, err = p.issue(name, ca, template)
	return err
}

// load reads a pair and checks all that can be known of it without its authority.
func (p *PKI) load(name string) (*keyPair, error) {
	certPEM, err := os.ReadFile(p.File(name + ".crt"))
	if err != nil {
		return nil, err
	}
	key, err := p.loadKey(name)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(certPEM)
	if block == nil {
		return nil, errors.New("the certificate is damaged")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the certificate is damaged: %w", err)
	}
	if public, ok := cert.PublicKey.(*ecdsa.PublicKey); !ok || !public.Equal(key.Public()) {
		return nil, errors.New("the key belongs to another certificate")
	}
	if left := cert.NotAfter.Sub(p.Now()); left < renewBefore {
		return nil, fmt.Errorf("valid only until %s", cert.NotAfter.Format(time.DateOnly))
	}
	return &keyPair{cert, key}, nil
}

func (p *PKI) loadKey(name string) (crypto.Signer, error) {
	data, err := os.ReadFile(p.File(name + ".key"))
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("the key is damaged")
	}
	key, err := x509.ParseECPrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("the key is damaged: %w", err)
	}
	return key, nil
}

// issue makes a key and a certificate for it, signed by ca, or by itself
// without one, and writes both.
func (p *PKI) issue(name string, ca *keyPair, template *x509.Certificate) (*keyPair, error) {
	key, err := p.writeNewKey(name)
	if err != nil {
		return nil, err
	}
	template.NotBefore = p.Now().Add(-time.Hour) // clocks differ
	if template.SerialNumber, err = rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120)); err != nil {
		return nil, err
	}
	if ca == nil {
		ca = &keyPair{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, ca.cert, key.Public(), ca.key)
	if err != nil {
		return nil, err
	}
	if err := writeFile(p.File(name+".crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})); err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &keyPair{cert, key}, err
}

func (p *PKI) writeNewKey(name string) (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return nil, err
	}
	return key, writeFile(p.File(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: der}))
}

func (p *PKI) ensureServiceAccountKey() error {
	_, err := p.loadKey("sa")
	if err == nil {
		return nil
	}
	p.noteRenewal("sa", err)
	_, err = p.writeNewKey("sa")
	return err
}

// ensureToken writes the line that the API server's --token-auth-file reads.
func (p *PKI) ensureToken() error {
	_, err := p.Token()
	if err == nil {
		return nil
	}
	p.noteRenewal("token", err)
	random := make([]byte, 32)
	if _, err := rand.Read(random); err != nil {
		return err
	}
	token := base64.RawURLEncoding.EncodeToString(random)
	return writeFile(p.File("tokens.csv"), fmt.Appendf(nil, "%s,workbook-admin,workbook-admin,system:masters\n", token))
}

// Token is the admin's bearer token.
func (p *PKI) Token() (string, error) {
	data, err := os.ReadFile(p.File("tokens.csv"))
	if err != nil {
		return "", err
	}
	for i, b := range data {
		if b == ',' && i >= 32 {
			return string(data[:i]), nil
		}
	}
	return "", errors.New("the token is damaged")
}

func (p *PKI) noteRenewal(name string, why error) {
	if p.Renewed != nil && !errors.Is(why, fs.ErrNotExist) {
		p.Renewed(name, why)
	}
}
