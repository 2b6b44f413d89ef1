package rest

import "fmt"

const redacted = "--- REDACTED ---"

// String shows c without credentials: not those in Host's URL either, nor in what Transport and the functions may hold.
// The receiver is a value, so that a Config is as safe to print as a pointer to one.
func (c Config) String() string {
	return fmt.Sprintf("rest.Config{Host:%q APIPath:%q "+
		"ContentConfig:{AcceptContentTypes:%q ContentType:%q GroupVersion:%v NegotiatedSerializer:%T} "+
		"Username:%q Password:%s BearerToken:%s BearerTokenFile:%q Impersonate:%+v "+
		"AuthProvider:%v ExecProvider:%v TLSClientConfig:%v "+
		"UserAgent:%q DisableCompression:%t Transport:%T WrapTransport:%t QPS:%v Burst:%d RateLimiter:%T "+
		"WarningHandler:%T WarningHandlerWithContext:%T Timeout:%v Dial:%t Proxy:%t}",
		hideUserinfo(c.Host), c.APIPath,
		c.AcceptContentTypes, c.ContentType, c.GroupVersion, c.NegotiatedSerializer,
		c.Username, hidden(c.Password), hidden(c.BearerToken), c.BearerTokenFile, c.Impersonate,
		c.AuthProvider, c.ExecProvider, c.TLSClientConfig,
		c.UserAgent, c.DisableCompression, c.Transport, c.WrapTransport != nil, c.QPS, c.Burst, c.RateLimiter,
		c.WarningHandler, c.WarningHandlerWithContext, c.Timeout, c.Dial != nil, c.Proxy != nil)
}

// GoString is String, because %#v would show the fields.
func (c Config) GoString() string { return c.String() }

// String shows c without its key. Of certificates it shows the size.
func (c TLSClientConfig) String() string {
	return fmt.Sprintf("rest.TLSClientConfig{Insecure:%t ServerName:%q CertFile:%q KeyFile:%q CAFile:%q "+
		"CertData:%d bytes KeyData:%s CAData:%d bytes NextProtos:%q}",
		c.Insecure, c.ServerName, c.CertFile, c.KeyFile, c.CAFile,
		len(c.CertData), hidden(string(c.KeyData)), len(c.CAData), c.NextProtos)
}

// GoString is String, because %#v would show the fields.
func (c TLSClientConfig) GoString() string { return c.String() }

func hidden(secret string) string {
	if secret == "" {
		return `""`
	}
	return redacted
}
