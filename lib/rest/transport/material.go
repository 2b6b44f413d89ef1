package transport

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
)

// material is what TLS options bring along, from data or from files.
type material struct {
	ca, cert, key []byte // PEM

	roots *x509.CertPool   // of ca; nil means the system's
	pair  *tls.Certificate // of cert and key; nil means none
}

// source is where one part of the material comes from.
type source struct {
	kind       string
	file       string
	data       []byte
	preferFile bool
}

func (c *TLSConfig) ca() source {
	return source{"CA certificates", c.CAFile, c.CAData, c.ReloadCAFiles}
}

func (c *TLSConfig) cert() source {
	return source{"client certificate", c.CertFile, c.CertData, c.ReloadTLSFiles}
}

func (c *TLSConfig) key() source {
	return source{"client key", c.KeyFile, c.KeyData, c.ReloadTLSFiles}
}

func (s source) isSet() bool { return s.file != "" || len(s.data) > 0 }

// follows says whether the content changes when the file does.
func (s source) follows() bool { return s.file != "" && (s.preferFile || len(s.data) == 0) }

func (s source) String() string {
	if s.follows() {
		return fmt.Sprintf("%s (%s)", s.kind, s.file)
	}
	return s.kind + " (data)"
}

func (s source) read() ([]byte, error) {
	if !s.follows() {
		return s.data, nil
	}
	content, err := os.ReadFile(s.file)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.kind, err)
	}
	return content, nil
}

// pairFollows says whether the client's identity changes when a file does.
func (c *TLSConfig) pairFollows() bool { return c.cert().follows() || c.key().follows() }

// load returns c's material, as the files have it now, or an error that names what is missing or broken.
func (c *TLSConfig) load() (material, error) {
	m, err := c.read()
	if err == nil {
		err = c.parse(&m)
	}
	return m, err
}

// read is load without parse.
func (c *TLSConfig) read() (m material, err error) {
	if m.ca, err = c.ca().read(); err != nil {
		return m, err
	}
	if m.cert, err = c.cert().read(); err != nil {
		return m, err
	}
	m.key, err = c.key().read()
	return m, err
}

// parse fills in what m's PEM blocks hold.
func (c *TLSConfig) parse(m *material) (err error) {
	if c.ca().isSet() {
		if m.roots, err = certificatePool(m.ca); err != nil {
			return fmt.Errorf("%v: %w", c.ca(), err)
		}
	}
	switch cert, key := c.cert(), c.key(); {
	case !cert.isSet() && !key.isSet():
		return nil
	case !key.isSet():
		return fmt.Errorf("%v has no key", cert)
	case !cert.isSet():
		return fmt.Errorf("%v has no certificate", key)
	}
	pair, err := tls.X509KeyPair(m.cert, m.key)
	if err != nil {
		return fmt.Errorf("%v and %v: %w", c.cert(), c.key(), err)
	}
	m.pair = &pair
	return nil
}

func (m material) sameCA(o material) bool { return bytes.Equal(m.ca, o.ca) }

func (m material) samePair(o material) bool {
	return bytes.Equal(m.cert, o.cert) && bytes.Equal(m.key, o.key)
}

// certificatePool returns the certificates in PEM blocks. An empty file gives an empty pool, which trusts nobody: it
// must not fall back to the system's authorities.
func certificatePool(blocks []byte) (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	if len(blocks) == 0 || pool.AppendCertsFromPEM(blocks) {
		return pool, nil
	}
	// AppendCertsFromPEM doesn't say why.
	for rest := blocks; len(rest) > 0; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			return nil, errors.New("not PEM")
		}
		if block.Type != "CERTIFICATE" || len(block.Headers) > 0 {
			continue
		}
		if _, err := x509.ParseCertificate(block.Bytes); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("no certificate among the PEM blocks")
}
