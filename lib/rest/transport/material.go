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

// load returns c's material, as the files have it now, or an error that names what is missing or broken.
func (c *TLSConfig) load() (material, error) {
	m, err := c.read()
	if err == nil {
		err = c.parse(&m)
	}
	return m, err
}

// read is load without parse.
func (c *TLSConfig) read() (material, error) {
	var m material
	for _, part := range []struct {
		kind, file string
		fileWins   bool
		data       []byte
		into       *[]byte
	}{
		{"CA certificates", c.CAFile, c.ReloadCAFiles, c.CAData, &m.ca},
		{"client certificate", c.CertFile, c.ReloadTLSFiles, c.CertData, &m.cert},
		{"client key", c.KeyFile, c.ReloadTLSFiles, c.KeyData, &m.key},
	} {
		*part.into = part.data
		if !follows(part.file, part.data, part.fileWins) {
			continue
		}
		data, err := os.ReadFile(part.file)
		if err != nil {
			return material{}, fmt.Errorf("read %s: %w", part.kind, err)
		}
		*part.into = data
	}
	return m, nil
}

// follows says whether the content comes from the file, so that it changes when the file does.
func follows(file string, data []byte, fileWins bool) bool {
	return file != "" && (fileWins || len(data) == 0)
}

func (c *TLSConfig) caFollows() bool { return follows(c.CAFile, c.CAData, c.ReloadCAFiles) }

func (c *TLSConfig) pairFollows() bool {
	return follows(c.CertFile, c.CertData, c.ReloadTLSFiles) || follows(c.KeyFile, c.KeyData, c.ReloadTLSFiles)
}

// parse fills in what m's PEM blocks hold.
func (c *TLSConfig) parse(m *material) error {
	var err error
	if c.CAFile != "" || len(c.CAData) > 0 {
		if m.roots, err = certificatePool(m.ca); err != nil {
			return fmt.Errorf("CA certificates (%s): %w", origin(c.CAFile, c.caFollows()), err)
		}
	}
	return c.parsePair(m)
}

func (c *TLSConfig) parsePair(m *material) error {
	hasCert, hasKey := c.CertFile != "" || len(c.CertData) > 0, c.KeyFile != "" || len(c.KeyData) > 0
	if !hasCert && !hasKey {
		return nil
	}
	cert := origin(c.CertFile, follows(c.CertFile, c.CertData, c.ReloadTLSFiles))
	key := origin(c.KeyFile, follows(c.KeyFile, c.KeyData, c.ReloadTLSFiles))
	if !hasKey {
		return fmt.Errorf("client certificate (%s) has no key", cert)
	}
	if !hasCert {
		return fmt.Errorf("client key (%s) has no certificate", key)
	}
	pair, err := tls.X509KeyPair(m.cert, m.key)
	if err != nil {
		return fmt.Errorf("client certificate (%s) and key (%s): %w", cert, key, err)
	}
	m.pair = &pair
	return nil
}

// origin says where content came from, for errors.
func origin(file string, follows bool) string {
	if follows {
		return file
	}
	return "data"
}

func (m material) sameCA(o material) bool { return bytes.Equal(m.ca, o.ca) }

func (m material) samePair(o material) bool {
	return bytes.Equal(m.cert, o.cert) && bytes.Equal(m.key, o.key)
}

// certificatePool returns the certificates in PEM blocks. An empty file gives an empty pool, which trusts nobody: it must
// not fall back to the system's authorities.
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
