package transport

import "fmt"

const redacted = "--- REDACTED ---"

// String shows c without credentials. The receiver is a value, so that a Config is as safe to print as a pointer to
// one.
func (c Config) String() string {
	return fmt.Sprintf("transport.Config{UserAgent:%q TLS:%v Username:%q Password:%s BearerToken:%s BearerTokenFile:%q "+
		"Impersonate:%+v DisableCompression:%t Transport:%T WrapTransport:%t DialHolder:%p Proxy:%t}",
		c.UserAgent, c.TLS, c.Username, hidden(c.Password), hidden(c.BearerToken), c.BearerTokenFile,
		c.Impersonate, c.DisableCompression, c.Transport, c.WrapTransport != nil, c.DialHolder, c.Proxy != nil)
}

// GoString is String, because %#v would show the fields.
func (c Config) GoString() string { return c.String() }

// String shows c without its key. Of certificates it shows the size.
func (c TLSConfig) String() string {
	return fmt.Sprintf("transport.TLSConfig{CAFile:%q CertFile:%q KeyFile:%q "+
		"ReloadTLSFiles:%t ReloadCAFiles:%t Insecure:%t ServerName:%q "+
		"CAData:%d bytes CertData:%d bytes KeyData:%s NextProtos:%q GetCertHolder:%p}",
		c.CAFile, c.CertFile, c.KeyFile, c.ReloadTLSFiles, c.ReloadCAFiles, c.Insecure, c.ServerName,
		len(c.CAData), len(c.CertData), hidden(string(c.KeyData)), c.NextProtos, c.GetCertHolder)
}

// GoString is String, because %#v would show the fields.
func (c TLSConfig) GoString() string { return c.String() }

func hidden(secret string) string {
	if secret == "" {
		return `""`
	}
	return redacted
}
