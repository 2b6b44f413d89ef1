package transport

import (
	"context"
	"errors"
	"net/http"
)

// New returns a round tripper that connects and authenticates as config says. Equal configs share connections.
func New(config *Config) (http.RoundTripper, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	if config.Transport != nil {
		return HTTPWrappersForConfig(config, config.Transport)
	}
	rt, err := transports.get(config)
	if err != nil {
		return nil, err
	}
	return HTTPWrappersForConfig(config, rt)
}

func (c *Config) check() error {
	switch {
	case c.Transport != nil && (c.HasCA() || c.HasCertAuth() || c.HasCertCallback() || c.TLS.Insecure):
		return errors.New("using a custom transport with TLS certificate options or the insecure flag is not allowed")
	case c.TLS.GetCertHolder != nil && c.TLS.GetCertHolder.GetCert == nil:
		return errors.New("GetCertHolder holds no function")
	case c.DialHolder != nil && c.DialHolder.Dial == nil:
		return errors.New("DialHolder holds no function")
	}
	return nil
}

// HTTPWrappersForConfig puts config's authentication and other headers around rt, in the order of the package's
// picture.
func HTTPWrappersForConfig(config *Config, rt http.RoundTripper) (http.RoundTripper, error) {
	if config.HasBasicAuth() && config.HasTokenAuth() {
		return nil, errors.New("username/password or bearer token may be set, but not both")
	}
	if config.WrapTransport != nil {
		rt = config.WrapTransport(rt)
	}
	rt = DebugWrappers(rt)
	switch {
	case config.HasTokenAuth():
		var err error
		if rt, err = NewBearerAuthWithRefreshRoundTripper(config.BearerToken, config.BearerTokenFile, rt); err != nil {
			return nil, err
		}
	case config.HasBasicAuth():
		rt = NewBasicAuthRoundTripper(config.Username, config.Password, rt)
	}
	if config.UserAgent != "" {
		rt = NewUserAgentRoundTripper(config.UserAgent, rt)
	}
	if config.Impersonate.isSet() {
		rt = NewImpersonatingRoundTripper(config.Impersonate, rt)
	}
	return rt, nil
}

// WrapperFunc puts a round tripper around another.
type WrapperFunc func(rt http.RoundTripper) http.RoundTripper

// Wrappers returns a function that calls each of fns in order, so that the last is outermost. Nil functions are
// skipped; without any function the result is nil.
func Wrappers(fns ...WrapperFunc) WrapperFunc {
	var wrap WrapperFunc
	for _, fn := range fns {
		switch inner := wrap; {
		case fn == nil:
		case inner == nil:
			wrap = fn
		default:
			wrap = func(rt http.RoundTripper) http.RoundTripper { return fn(inner(rt)) }
		}
	}
	return wrap
}

// ContextCanceller refuses requests with err once ctx is done. Requests under way go on.
func ContextCanceller(ctx context.Context, err error) WrapperFunc {
	return func(rt http.RoundTripper) http.RoundTripper {
		return &contextCanceller{layer: layer{rt}, ctx: ctx, err: err}
	}
}

type contextCanceller struct {
	layer
	ctx context.Context
	err error
}

func (c *contextCanceller) RoundTrip(req *http.Request) (*http.Response, error) {
	if c.ctx.Err() != nil {
		closeBody(req)
		return nil, c.err
	}
	return c.next.RoundTrip(req)
}
