package rest

import (
	"errors"
	"fmt"
	"net/http"

	"client-go-workbook/lib/rest/exec"
	"client-go-workbook/lib/rest/exec/clientauthentication"
	"client-go-workbook/lib/rest/transport"
)

// HTTPClientFor returns an HTTP client that connects and authenticates as config says, or http.DefaultClient if config
// asks for nothing special.
func HTTPClientFor(config *Config) (*http.Client, error) {
	rt, err := TransportFor(config)
	if err != nil {
		return nil, err
	}
	if rt == http.DefaultTransport && config.Timeout <= 0 {
		return http.DefaultClient, nil
	}
	return &http.Client{Transport: rt, Timeout: config.Timeout}, nil
}

// TransportFor returns a round tripper that connects and authenticates as config says, or http.DefaultTransport if
// config asks for nothing special.
func TransportFor(config *Config) (http.RoundTripper, error) {
	return ofTransportConfig(config, transport.New)
}

// HTTPWrappersForConfig puts config's authentication and other headers around rt. It is for clients that must own the
// connection, such as websockets; others call TransportFor.
func HTTPWrappersForConfig(config *Config, rt http.RoundTripper) (http.RoundTripper, error) {
	return ofTransportConfig(config, func(cfg *transport.Config) (http.RoundTripper, error) {
		return transport.HTTPWrappersForConfig(cfg, rt)
	})
}

// ofTransportConfig makes something of the part of config that the transport needs.
func ofTransportConfig[R any](config *Config, construct func(*transport.Config) (R, error)) (made R, err error) {
	cfg, err := config.TransportConfig()
	if err != nil {
		return made, err
	}
	return construct(cfg)
}

// TransportConfig returns the part of c that the transport needs, with the exec plugin, if c has one, wired in.
func (c *Config) TransportConfig() (*transport.Config, error) {
	if c.AuthProvider != nil {
		return nil, c.authProviderError()
	}
	cfg := &transport.Config{
		UserAgent:          c.UserAgent,
		Username:           c.Username,
		Password:           c.Password,
		BearerToken:        c.BearerToken,
		BearerTokenFile:    c.BearerTokenFile,
		Impersonate:        transport.ImpersonationConfig(c.Impersonate),
		DisableCompression: c.DisableCompression,
		Transport:          c.Transport,
		WrapTransport:      c.WrapTransport,
		Proxy:              c.Proxy,
		TLS: transport.TLSConfig{
			Insecure:   c.Insecure,
			ServerName: c.ServerName,
			CAFile:     c.CAFile,
			CAData:     c.CAData,
			CertFile:   c.CertFile,
			CertData:   c.CertData,
			KeyFile:    c.KeyFile,
			KeyData:    c.KeyData,
			NextProtos: c.NextProtos,
		},
	}
	if c.Dial != nil {
		cfg.DialHolder = &transport.DialHolder{Dial: c.Dial}
	}
	if c.ExecProvider == nil {
		return cfg, nil
	}
	return cfg, c.addExecPlugin(cfg)
}

func (c *Config) authProviderError() error {
	if c.ExecProvider != nil {
		return errors.New("execProvider and authProvider cannot be used in combination")
	}
	return fmt.Errorf("auth provider %q: auth providers were replaced by exec plugins and aren't supported",
		c.AuthProvider.Name)
}

func (c *Config) addExecPlugin(cfg *transport.Config) error {
	var cluster *clientauthentication.Cluster
	if c.ExecProvider.ProvideClusterInfo {
		var err error
		if cluster, err = ConfigToExecCluster(c); err != nil {
			return err
		}
	}
	authenticator, err := exec.GetAuthenticator(c.ExecProvider, cluster)
	if err != nil {
		return err
	}
	return authenticator.UpdateTransportConfig(cfg)
}
