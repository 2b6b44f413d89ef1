package transport_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"

	"client-go-workbook/lib/rest/transport"

	"github.com/stretchr/testify/require"
)

// sent returns the headers that the server gets when config's client sends those of the request.
func sent(t *testing.T, config transport.Config, request http.Header) http.Header {
	var got http.Header
	config.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
		got = req.Header
		return httptest.NewRecorder().Result(), nil
	})
	rt, err := transport.New(&config)
	require.NoError(t, err)
	req := httptest.NewRequest(http.MethodGet, "http://api/", nil)
	req.Header = request.Clone()
	_, err = rt.RoundTrip(req)
	require.NoError(t, err)
	require.Equal(t, request, req.Header, "a round tripper doesn't change its caller's request")
	return got
}

func TestHeaders(t *testing.T) {
	impersonate := transport.ImpersonationConfig{
		UserName: "jane", UID: "7", Groups: []string{"dev", "ops"},
		Extra: map[string][]string{"scopes": {"a", "b"}, "example.com/Role %": {"x"}, "ü": {"y"}},
	}
	for _, test := range []struct {
		name     string
		config   transport.Config
		request  http.Header
		expected http.Header
	}{
		{"nothing", transport.Config{}, http.Header{}, http.Header{}},
		{"user agent", transport.Config{UserAgent: "me"}, http.Header{}, http.Header{"User-Agent": {"me"}}},
		{"user agent of the request", transport.Config{UserAgent: "me"}, http.Header{"User-Agent": {"you"}}, http.Header{"User-Agent": {"you"}}},
		{"basic", transport.Config{Username: "jane", Password: "s:x"}, http.Header{}, http.Header{"Authorization": {"Basic amFuZTpzOng="}}},
		{"basic, but the request has a credential", transport.Config{Username: "jane", Password: "s"},
			http.Header{"Authorization": {"mine"}}, http.Header{"Authorization": {"mine"}}},
		{"bearer", transport.Config{BearerToken: "t"}, http.Header{"Accept": {"a"}}, http.Header{"Accept": {"a"}, "Authorization": {"Bearer t"}}},
		{"bearer, but the request has a credential", transport.Config{BearerToken: "t"},
			http.Header{"Authorization": {"mine"}}, http.Header{"Authorization": {"mine"}}},
		{"impersonation", transport.Config{Impersonate: impersonate}, http.Header{}, http.Header{
			"Impersonate-User": {"jane"}, "Impersonate-Uid": {"7"}, "Impersonate-Group": {"dev", "ops"},
			"Impersonate-Extra-Scopes":                   {"a", "b"},
			"Impersonate-Extra-Example.com%2frole%20%25": {"x"},
			"Impersonate-Extra-%c3%bc":                   {"y"},
		}},
		{"impersonation of the request", transport.Config{Impersonate: impersonate},
			http.Header{"Impersonate-User": {"joe"}}, http.Header{"Impersonate-User": {"joe"}}},
		{"groups without a user", transport.Config{Impersonate: transport.ImpersonationConfig{Groups: []string{"dev"}}}, http.Header{},
			http.Header{"Impersonate-User": {""}, "Impersonate-Group": {"dev"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.expected, sent(t, test.config, test.request))
		})
	}
}

// A server may say where to look, but not who is shown the client's credential.
func TestCredentialsStayWithTheirHost(t *testing.T) {
	for name, config := range map[string]transport.Config{
		"basic":  {Username: "jane", Password: "s"},
		"bearer": {BearerToken: "t"},
		"source": {WrapTransport: transport.TokenSourceWrapTransport(&source{})},
	} {
		t.Run(name, func(t *testing.T) {
			var shown []string
			config.UserAgent = "me" // another layer, which copies the request
			config.Transport = roundTripper(func(req *http.Request) (*http.Response, error) {
				if req.Header.Get("Authorization") != "" {
					shown = append(shown, req.URL.Host)
				}
				answer := httptest.NewRecorder()
				answer.Header().Set("Location", map[string]string{
					"api:1": "https://API:2/", "API:2": "http://evil/", "evil": "http://evil/again",
				}[req.URL.Host])
				answer.Code = http.StatusFound
				if req.URL.Path == "/again" {
					answer.Code = http.StatusOK
				}
				resp := answer.Result()
				resp.Request = req
				return resp, nil
			})
			resp, err := newClient(t, &config).Get("http://api:1/")
			require.NoError(t, err)
			require.Equal(t, "http://evil/again", resp.Request.URL.String())
			require.Equal(t, []string{"api:1", "API:2"}, shown)
		})
	}
}

// A client could claim to be anyone if a header of its own got past the proxy.
func TestAuthProxyReplacesClaims(t *testing.T) {
	var got http.Header
	base := roundTripper(func(req *http.Request) (*http.Response, error) {
		got = req.Header
		return httptest.NewRecorder().Result(), nil
	})
	rt := transport.NewAuthProxyRoundTripper("jane", "", []string{"dev"}, map[string][]string{"scopes": {"a"}}, base)
	req := httptest.NewRequest(http.MethodGet, "http://api/", nil)
	req.Header = http.Header{
		"x-remote-user": {"root"}, "X-Remote-Uid": {"0"}, "x-remote-group": {"system:masters"}, "X-Remote-Extra-Acl": {"all"}, "Accept": {"a"},
	}
	_, err := rt.RoundTrip(req)
	require.NoError(t, err)
	require.Equal(t, http.Header{
		"X-Remote-User": {"jane"}, "X-Remote-Group": {"dev"}, "X-Remote-Extra-Scopes": {"a"}, "Accept": {"a"},
	}, got)

	transport.SetAuthProxyHeaders(req, "joe", "7", nil, nil)
	require.Equal(t, http.Header{"X-Remote-User": {"joe"}, "X-Remote-Uid": {"7"}, "Accept": {"a"}}, req.Header)
}

func TestBasicAndBearerExcludeEachOther(t *testing.T) {
	for _, config := range []transport.Config{
		{Username: "jane", Password: "secret", BearerToken: "secret"},
		{Username: "jane", Password: "secret", BearerTokenFile: "file"},
	} {
		_, err := transport.New(&config)
		require.EqualError(t, err, "username/password or bearer token may be set, but not both")
	}
}

func TestCustomTransportExcludesTLSOptions(t *testing.T) {
	for _, options := range []transport.TLSConfig{
		{Insecure: true}, {CAFile: "ca"}, {CAData: []byte("ca")}, {CertFile: "c", KeyFile: "k"}, {GetCertHolder: &transport.GetCertHolder{}},
	} {
		_, err := transport.New(&transport.Config{Transport: http.DefaultTransport, TLS: options})
		require.ErrorContains(t, err, "custom transport with TLS certificate options or the insecure flag is not allowed")
	}
	_, err := transport.New(&transport.Config{DialHolder: &transport.DialHolder{}})
	require.EqualError(t, err, "DialHolder holds no function")
}

func TestWrappersNestInOrder(t *testing.T) {
	var calls []string
	named := func(name string) transport.WrapperFunc {
		return func(rt http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				calls = append(calls, name)
				return rt.RoundTrip(req)
			})
		}
	}
	config := &transport.Config{Transport: echo("Authorization"), BearerToken: "t"}
	config.Wrap(named("inner"))
	config.Wrap(nil)
	config.Wrap(named("outer"))
	require.Equal(t, "Bearer t", get(t, newClient(t, config), "http://api/"))
	require.Equal(t, []string{"outer", "inner"}, calls)

	require.Nil(t, transport.Wrappers())
	require.Nil(t, transport.Wrappers(nil, nil))
}

func TestContextCanceller(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stopped := errors.New("client was stopped")
	client := &http.Client{Transport: transport.ContextCanceller(ctx, stopped)(echo("Accept"))}
	get(t, client, "http://api/")
	stop()
	_, err := tryGet(t, client, "http://api/")
	require.ErrorIs(t, err, stopped)
}
