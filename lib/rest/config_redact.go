package rest

import "fmt"

const redacted = "--- REDACTED ---"

// The types below print without their String methods, which would call themselves.
type (
	plainConfig          Config
	plainTLSClientConfig TLSClientConfig
)

// String shows c without credentials. The receiver is a value, so that a Config is as safe to print as a pointer to one.
func (c Config) String() string {
	c.Host = hideUserinfo(c.Host)
	hide(&c.Password)
	hide(&c.BearerToken)
	// Sanitized here, and not by its own String, because it is embedded: its fields are printed as c's own.
	return fmt.Sprintf("%+v", plainConfig(c))
}

// GoString is String, because %#v would show the fields.
func (c Config) GoString() string { return c.String() }

// String shows c without its key. Certificates are only said to be there.
func (c TLSClientConfig) String() string {
	return fmt.Sprintf("{Insecure:%t ServerName:%q CertFile:%q KeyFile:%q CAFile:%q CertData:%s KeyData:%s CAData:%s NextProtos:%q}",
		c.Insecure, c.ServerName, c.CertFile, c.KeyFile, c.CAFile,
		size(c.CertData), size(c.KeyData), size(c.CAData), c.NextProtos)
}

// GoString is String, because %#v would show the fields.
func (c TLSClientConfig) GoString() string { return c.String() }

func hide(secret *string) {
	if *secret != "" {
		*secret = redacted
	}
}

func size(data []byte) string { return fmt.Sprintf("(%d bytes)", len(data)) }
