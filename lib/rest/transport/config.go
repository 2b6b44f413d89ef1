package transport

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
)

// Config says how to reach a server and as whom. The zero value reaches any server as nobody, with
// http.DefaultTransport. Printing a Config never shows a credential.
type Config struct {
	// UserAgent is sent with every request that has none.
	UserAgent string

	// TLS says whom to trust and which certificate to show.
	TLS TLSConfig

	// Username and Password are for basic authentication. They exclude a bearer token.
	Username string
	Password string `datapolicy:"password"`

	// BearerToken is sent as it is.
	BearerToken string `datapolicy:"token"`
	// BearerTokenFile is read at most once a minute. What was read last wins over BearerToken.
	BearerTokenFile string

	// Impersonate is the user to act as, if the server allows it.
	Impersonate ImpersonationConfig

	// DisableCompression stops asking the server for gzip.
	DisableCompression bool

	// Transport replaces the transport that Config would make. It excludes all of TLS but ServerName and NextProtos.
	Transport http.RoundTripper

	// WrapTransport is put around the transport, beneath the authentication. Wrap adds to it.
	WrapTransport WrapperFunc

	// DialHolder holds the function that opens TCP connections; nil means a net.Dialer.
	DialHolder *DialHolder

	// Proxy chooses the proxy of a request: http, https or socks5, or none if it returns nil. A nil Proxy means the
	// variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY (where NO_PROXY may hold CIDRs).
	Proxy func(*http.Request) (*url.URL, error)
}

// DialHolder makes a dial function comparable: configs with the same holder share a transport.
type DialHolder struct {
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// ImpersonationConfig is the user to act as.
type ImpersonationConfig struct {
	UserName string
	UID      string
	Groups   []string
	// Extra holds what else the authenticator knew of the user. Keys may be any string; they are escaped to fit in a
	// header's name, and should be lower case, as header names don't keep their case.
	Extra map[string][]string
}

// TLSConfig says whom to trust and which certificate to show. Data wins over the file of the same kind. What comes from
// a file is followed when the file changes.
type TLSConfig struct {
	CAFile   string // PEM file with the certificates that may sign the server's
	CertFile string // PEM file with the client's certificate
	KeyFile  string // PEM file with the client's key

	// ReloadTLSFiles and ReloadCAFiles make the files win over data that is set too, because it is what they once held.
	ReloadTLSFiles bool
	ReloadCAFiles  bool

	Insecure   bool   // take any server certificate; for tests only
	ServerName string // the name to ask for (SNI) and to find in the server's certificate, instead of the host's

	CAData   []byte // PEM
	CertData []byte // PEM
	KeyData  []byte `datapolicy:"security-key"` // PEM

	// NextProtos are the application protocols to offer, best first. Without "h2" among them the transport stays with
	// HTTP/1.1; empty means both.
	NextProtos []string

	// GetCertHolder holds a function that gives the certificate at each handshake, or nil for none. A certificate from
	// data or files wins over it.
	GetCertHolder *GetCertHolder
}

// GetCertHolder makes a certificate function comparable: configs with the same holder share a transport.
type GetCertHolder struct {
	GetCert func() (*tls.Certificate, error)
}

// HasCA says whether the config brings its own certificate authority.
func (c *Config) HasCA() bool { return len(c.TLS.CAData) > 0 || c.TLS.CAFile != "" }

// HasBasicAuth says whether the config has a user name.
func (c *Config) HasBasicAuth() bool { return c.Username != "" }

// HasTokenAuth says whether the config has a bearer token or a file with one.
func (c *Config) HasTokenAuth() bool { return c.BearerToken != "" || c.BearerTokenFile != "" }

// HasCertAuth says whether the config has both a client certificate and its key.
func (c *Config) HasCertAuth() bool {
	hasCert := len(c.TLS.CertData) > 0 || c.TLS.CertFile != ""
	hasKey := len(c.TLS.KeyData) > 0 || c.TLS.KeyFile != ""
	return hasCert && hasKey
}

// HasCertCallback says whether a function gives the client certificate.
func (c *Config) HasCertCallback() bool { return c.TLS.GetCertHolder != nil }

// Wrap puts fn around the transport, outside of what is there already.
func (c *Config) Wrap(fn WrapperFunc) { c.WrapTransport = Wrappers(c.WrapTransport, fn) }
