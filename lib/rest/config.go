package rest

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/url"
	"slices"
	"time"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/flowcontrol"
	"client-go-workbook/lib/rest/transport"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

const (
	// DefaultQPS is the rate of requests a second where Config.QPS is 0.
	DefaultQPS float32 = 5.0
	// DefaultBurst is how many requests may come at once where Config.Burst is 0.
	DefaultBurst int = 10
)

// Config says how to reach an API server, as whom, and how fast. The zero value reaches localhost as nobody.
// Printing a Config, or a pointer to one, never shows a credential. Upstream: rest.Config.
type Config struct {
	// Host is a host, a host:port or a URL. A URL's path is a prefix of every request's path, as behind a proxy
	// that serves several API servers.
	Host string
	// APIPath is where the API begins: "/api" for the core group, "/apis" for all others.
	APIPath string

	// ContentConfig says how objects travel.
	ContentConfig

	// Username and Password are for basic authentication. They exclude a bearer token.
	Username string
	Password string `datapolicy:"password"`

	// BearerToken is sent as it is.
	BearerToken string `datapolicy:"token"`
	// BearerTokenFile is read at most once a minute. What was read last wins over BearerToken.
	BearerTokenFile string

	// Impersonate is the user to act as, if the server allows it.
	Impersonate ImpersonationConfig

	// AuthProvider names a plugin compiled into the client. There are none here: a config that names one is refused
	// with an error. Exec plugins took their place.
	AuthProvider *api.AuthProviderConfig

	// ExecProvider is a program that prints credentials. It excludes AuthProvider. A token, a user name or a client
	// certificate in this Config wins over it.
	ExecProvider *api.ExecConfig

	// TLSClientConfig says whom to trust and which certificate to show.
	TLSClientConfig

	// UserAgent is sent with every request; empty means Go's own. See AddUserAgent.
	UserAgent string

	// DisableCompression stops asking the server for gzip.
	DisableCompression bool

	// Transport replaces the transport that Config would make. It excludes the TLS options.
	Transport http.RoundTripper
	// WrapTransport is put around the transport, beneath the authentication. Wrap adds to it.
	WrapTransport transport.WrapperFunc

	// QPS is how many requests a second a client sends at most: 0 means DefaultQPS, negative means any number.
	QPS float32
	// Burst is how many requests may come at once: 0 means DefaultBurst.
	Burst int
	// RateLimiter, if set, takes the place of QPS and Burst. Clients that share it share its rate.
	RateLimiter flowcontrol.RateLimiter

	// WarningHandler receives the warnings in the server's responses; WarningHandlerWithContext wins over it.
	// If neither is set, the default handler does (see SetDefaultWarningHandler).
	WarningHandler            WarningHandler
	WarningHandlerWithContext WarningHandlerWithContext

	// Timeout is how long a request may take, with its whole body; 0 means forever. It ends watches too.
	Timeout time.Duration

	// Dial opens TCP connections; nil means a net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)

	// Proxy chooses the proxy of a request: http, https or socks5, or none if it returns nil. A nil Proxy means the
	// variables HTTPS_PROXY, HTTP_PROXY and NO_PROXY (where NO_PROXY may hold CIDRs).
	Proxy func(*http.Request) (*url.URL, error)
}

// ImpersonationConfig is the user to act as.
type ImpersonationConfig struct {
	UserName string
	UID      string
	Groups   []string
	// Extra holds what else is known of the user.
	Extra map[string][]string
}

// TLSClientConfig says whom to trust and which certificate to show. Data wins over the file of the same kind. What
// comes from a file is followed when the file changes.
type TLSClientConfig struct {
	Insecure   bool   // take any server certificate; for tests only
	ServerName string // the name to ask for (SNI) and to find in the server's certificate, instead of Host's

	CertFile string // PEM file with the client's certificate
	KeyFile  string // PEM file with the client's key
	CAFile   string // PEM file with the certificates that may sign the server's

	CertData []byte // PEM
	KeyData  []byte `datapolicy:"security-key"` // PEM
	CAData   []byte // PEM

	// NextProtos are the application protocols to offer, best first. Without "h2" among them the client stays with
	// HTTP/1.1; empty means both.
	NextProtos []string
}

// ContentConfig says how objects travel between client and server.
type ContentConfig struct {
	// AcceptContentTypes are the media types to ask for; empty means ContentType.
	AcceptContentTypes string
	// ContentType is the media type to send in; empty means application/json.
	ContentType string
	// GroupVersion is the API to talk to. RESTClientFor needs it.
	GroupVersion *schema.GroupVersion
	// NegotiatedSerializer finds encoders and decoders by media type. RESTClientFor needs it.
	NegotiatedSerializer runtime.NegotiatedSerializer
}

// Wrap puts fn around the transport, outside of what is there already.
func (c *Config) Wrap(fn transport.WrapperFunc) {
	c.WrapTransport = transport.Wrappers(c.WrapTransport, fn)
}

// CopyConfig returns a copy of config. Changing the copy, its slices and maps included, leaves config as it is.
// Functions, RateLimiter and Transport are shared.
func CopyConfig(config *Config) *Config {
	c := *config
	c.Impersonate.Groups = slices.Clone(c.Impersonate.Groups)
	c.Impersonate.Extra = maps.Clone(c.Impersonate.Extra)
	for key, values := range c.Impersonate.Extra {
		c.Impersonate.Extra[key] = slices.Clone(values)
	}
	config.TLSClientConfig.DeepCopyInto(&c.TLSClientConfig)
	c.AuthProvider = c.AuthProvider.DeepCopy()
	c.ExecProvider = c.ExecProvider.DeepCopy()
	if c.GroupVersion != nil {
		gv := *c.GroupVersion
		c.GroupVersion = &gv
	}
	return &c
}

// DeepCopy returns a copy of c that shares no slice with it; nil of nil.
func (c *TLSClientConfig) DeepCopy() *TLSClientConfig {
	if c == nil {
		return nil
	}
	out := new(TLSClientConfig)
	c.DeepCopyInto(out)
	return out
}

// DeepCopyInto is DeepCopy into out, all of which it replaces.
func (c *TLSClientConfig) DeepCopyInto(out *TLSClientConfig) {
	*out = *c
	out.CertData, out.KeyData, out.CAData = slices.Clone(c.CertData), slices.Clone(c.KeyData), slices.Clone(c.CAData)
	out.NextProtos = slices.Clone(c.NextProtos)
}

// AnonymousClientConfig returns a copy of config that reaches the same server as nobody: without credentials of any
// kind, those in Host's URL included, and without Transport and WrapTransport, which may add some.
func AnonymousClientConfig(config *Config) *Config {
	c := CopyConfig(config)
	// What carries no credential is listed, so that a field added later is left out until someone thinks about it.
	return &Config{
		Host:          hostWithoutUser(c),
		APIPath:       c.APIPath,
		ContentConfig: c.ContentConfig,
		TLSClientConfig: TLSClientConfig{
			Insecure:   c.Insecure,
			ServerName: c.ServerName,
			CAFile:     c.CAFile,
			CAData:     c.CAData,
			NextProtos: c.NextProtos,
		},
		UserAgent:                 c.UserAgent,
		DisableCompression:        c.DisableCompression,
		QPS:                       c.QPS,
		Burst:                     c.Burst,
		RateLimiter:               c.RateLimiter,
		WarningHandler:            c.WarningHandler,
		WarningHandlerWithContext: c.WarningHandlerWithContext,
		Timeout:                   c.Timeout,
		Dial:                      c.Dial,
		Proxy:                     c.Proxy,
	}
}

// hostWithoutUser returns config's Host without the user and password that net/http would log in with.
func hostWithoutUser(config *Config) string {
	base, _, err := DefaultServerUrlFor(config)
	if err != nil || base.User == nil {
		return config.Host
	}
	base.User = nil
	return base.String()
}

// SetKubernetesDefaults fills in the user agent, if config has none. It never fails; the error is upstream's signature.
func SetKubernetesDefaults(config *Config) error {
	if config.UserAgent == "" {
		config.UserAgent = DefaultKubernetesUserAgent()
	}
	return nil
}
