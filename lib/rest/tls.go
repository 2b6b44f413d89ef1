package rest

import (
	"crypto/tls"
	"fmt"
	"os"

	"client-go-workbook/lib/rest/transport"
)

// TLSConfigFor returns the TLS side of config, or nil if it asks for nothing special.
func TLSConfigFor(config *Config) (*tls.Config, error) {
	return ofTransportConfig(config, transport.TLSConfigFor)
}

// IsConfigTransportTLS says whether requests of config are encrypted, so that credentials may be sent. Insecure counts
// as encrypted: it says nothing of who is at the other end.
func IsConfigTransportTLS(config Config) bool {
	base, _, err := DefaultServerUrlFor(&config)
	return err == nil && base.Scheme == "https"
}

// LoadTLSFiles reads CA, certificate and key from config's files into its data, where there is no data yet. From then
// on the files are no longer followed.
func LoadTLSFiles(c *Config) error {
	for _, part := range []struct {
		kind, file string
		data       *[]byte
	}{
		{"CA certificates", c.CAFile, &c.CAData},
		{"client certificate", c.CertFile, &c.CertData},
		{"client key", c.KeyFile, &c.KeyData},
	} {
		if len(*part.data) > 0 || part.file == "" {
			continue
		}
		data, err := os.ReadFile(part.file)
		if err != nil {
			return fmt.Errorf("load %s: %w", part.kind, err)
		}
		*part.data = data
	}
	return nil
}
