package rest_test

import (
	"context"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/flowcontrol"
	"client-go-workbook/lib/rest"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// fullConfig has a value in every field, which fieldsOf checks.
func fullConfig() *rest.Config {
	gv := corev1.SchemeGroupVersion
	return &rest.Config{
		Host:    "https://api:6443",
		APIPath: "/api",
		ContentConfig: rest.ContentConfig{
			AcceptContentTypes: protobufType, ContentType: jsonType, GroupVersion: &gv, NegotiatedSerializer: codecs.WithoutConversion(),
		},
		Username: "jane", Password: "PASSWORD-1", BearerToken: "TOKEN-1", BearerTokenFile: "/token",
		Impersonate:  rest.ImpersonationConfig{UserName: "joe", UID: "7", Groups: []string{"dev"}, Extra: map[string][]string{"scopes": {"a"}}},
		AuthProvider: &api.AuthProviderConfig{Name: "oidc", Config: map[string]string{"id-token": "TOKEN-2"}},
		ExecProvider: &api.ExecConfig{
			Command: "login", Args: []string{"--password=PASSWORD-2"}, Env: []api.ExecEnvVar{{Name: "SECRET", Value: "PASSWORD-3"}},
			Config: &runtime.Unknown{Raw: []byte(`{"key":"PASSWORD-4"}`)},
		},
		TLSClientConfig: rest.TLSClientConfig{
			Insecure: true, ServerName: "api", CertFile: "/cert", KeyFile: "/key", CAFile: "/ca",
			CertData: []byte("cert"), KeyData: []byte("KEY-1"), CAData: []byte("ca"), NextProtos: []string{"h2"},
		},
		UserAgent: "me", DisableCompression: true,
		Transport: http.DefaultTransport, WrapTransport: func(rt http.RoundTripper) http.RoundTripper { return rt },
		QPS: 1, Burst: 2, RateLimiter: flowcontrol.NewFakeAlwaysRateLimiter(),
		WarningHandler: rest.NoWarnings{}, WarningHandlerWithContext: rest.NoWarnings{},
		Timeout: time.Second,
		Dial:    new(net.Dialer).DialContext,
		Proxy:   http.ProxyURL(&url.URL{Scheme: "http", Host: "proxy", User: url.UserPassword("jane", "PASSWORD-5")}),
	}
}

// unset are the names of config's fields, and those of its TLS options, that have no value.
func unset(config *rest.Config) (names []string) {
	for _, v := range []reflect.Value{reflect.ValueOf(*config), reflect.ValueOf(config.TLSClientConfig)} {
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				names = append(names, v.Type().Field(i).Name)
			}
		}
	}
	return names
}

func TestCopyConfig(t *testing.T) {
	original := fullConfig()
	require.Empty(t, unset(original), "a field of Config is missing in fullConfig")
	c := rest.CopyConfig(original)
	require.Empty(t, unset(c))
	require.Equal(t, original.String(), c.String())

	c.GroupVersion.Version = "v2"
	c.Impersonate.Groups[0], c.Impersonate.Extra["scopes"][0] = "ops", "b"
	c.Impersonate.Extra["more"] = nil
	c.AuthProvider.Config["id-token"], c.ExecProvider.Args[0], c.ExecProvider.Env[0].Value = "x", "x", "x"
	c.ExecProvider.Config.(*runtime.Unknown).Raw[0] = 'x'
	c.CertData[0], c.KeyData[0], c.CAData[0], c.NextProtos[0] = 'x', 'x', 'x', "x"
	pristine := fullConfig()
	require.Equal(t, pristine.GroupVersion, original.GroupVersion)
	require.Equal(t, pristine.Impersonate, original.Impersonate)
	require.Equal(t, pristine.AuthProvider, original.AuthProvider)
	require.True(t, reflect.DeepEqual(pristine.ExecProvider, original.ExecProvider))
	require.Equal(t, pristine.TLSClientConfig, original.TLSClientConfig)

	options := original.TLSClientConfig.DeepCopy()
	require.Equal(t, original.TLSClientConfig, *options)
	options.KeyData[0] = 'x'
	require.Equal(t, pristine.TLSClientConfig, original.TLSClientConfig)

	require.Equal(t, &rest.Config{}, rest.CopyConfig(&rest.Config{}))
	require.Nil(t, (*rest.TLSClientConfig)(nil).DeepCopy())
}

func TestAnonymousClientConfig(t *testing.T) {
	anonymous := rest.AnonymousClientConfig(fullConfig())
	require.ElementsMatch(t, []string{
		"Username", "Password", "BearerToken", "BearerTokenFile", "Impersonate", "AuthProvider", "ExecProvider",
		"CertFile", "CertData", "KeyFile", "KeyData", "Transport", "WrapTransport",
	}, unset(anonymous))
}

func TestWhatRESTClientForRefuses(t *testing.T) {
	valid := func() *rest.Config {
		return &rest.Config{Host: "http://api", ContentConfig: rest.ContentConfig{
			GroupVersion: &corev1.SchemeGroupVersion, NegotiatedSerializer: codecs.WithoutConversion(),
		}}
	}
	for _, test := range []struct {
		name        string
		change      func(*rest.Config)
		err         string
		unversioned bool // the client without a group version is refused, too
	}{
		{"no group version", func(c *rest.Config) { c.GroupVersion = nil }, "GroupVersion is required", false},
		{"no serializer", func(c *rest.Config) { c.NegotiatedSerializer = nil }, "NegotiatedSerializer is required", true},
		{"host with a path", func(c *rest.Config) { c.Host = "api/prefix" }, `host "api/prefix" isn't a URL or host:port`, true},
		{"CA that isn't there", func(c *rest.Config) { c.CAFile = "/nowhere" }, "read CA certificates: open /nowhere", true},
		{"two ways to log in", func(c *rest.Config) { c.Username, c.BearerToken = "jane", "t" },
			"username/password or bearer token may be set, but not both", true},
		{"an auth provider", func(c *rest.Config) { c.AuthProvider = &api.AuthProviderConfig{Name: "gcp"} },
			`auth provider "gcp": auth providers were replaced by exec plugins and aren't supported`, true},
		{"two plugins", func(c *rest.Config) {
			c.AuthProvider, c.ExecProvider = &api.AuthProviderConfig{Name: "gcp"}, &api.ExecConfig{}
		}, "execProvider and authProvider cannot be used in combination", true},
		{"a plugin of no known version", func(c *rest.Config) { c.ExecProvider = &api.ExecConfig{APIVersion: "v9"} },
			`exec plugin: invalid apiVersion "v9"`, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := valid()
			test.change(config)
			client, err := rest.RESTClientFor(config)
			require.ErrorContains(t, err, test.err)
			require.Nil(t, client)
			client, err = rest.UnversionedRESTClientFor(config)
			if test.unversioned {
				require.ErrorContains(t, err, test.err)
				require.Nil(t, client)
				return
			}
			require.NoError(t, err)
			require.Equal(t, "meta.k8s.io/v1", client.APIVersion().String())
		})
	}
}

func TestRateLimiterOfConfig(t *testing.T) {
	own := flowcontrol.NewFakeNeverRateLimiter()
	for _, test := range []struct {
		name    string
		qps     float32
		burst   int
		limiter flowcontrol.RateLimiter
		want    float32 // 0: no limiter
	}{
		{"default", 0, 0, nil, rest.DefaultQPS},
		{"as it says", 50, 100, nil, 50},
		{"none", -1, 0, nil, 0},
		{"its own", -1, 0, own, own.QPS()},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // or a slow machine would see the bucket refilled
				config := &rest.Config{QPS: test.qps, Burst: test.burst, RateLimiter: test.limiter}
				config.NegotiatedSerializer = rest.CodecFactoryForGeneratedClient(scheme, codecs).WithoutConversion()
				client, err := rest.UnversionedRESTClientFor(config)
				require.NoError(t, err)
				switch limiter := client.GetRateLimiter(); {
				case test.limiter != nil:
					require.Equal(t, test.limiter, limiter)
				case test.want == 0:
					require.Nil(t, limiter)
				default:
					require.Equal(t, test.want, limiter.QPS())
					burst := 0
					for limiter.TryAccept() {
						burst++
					}
					require.Equal(t, max(test.burst, rest.DefaultBurst), burst)
				}
			})
		})
	}
}

func TestHTTPClientFor(t *testing.T) {
	client, err := rest.HTTPClientFor(&rest.Config{})
	require.NoError(t, err)
	require.Same(t, http.DefaultClient, client)

	client, err = rest.HTTPClientFor(&rest.Config{Timeout: time.Minute})
	require.NoError(t, err)
	require.Equal(t, time.Minute, client.Timeout)
	require.Equal(t, http.DefaultTransport, client.Transport)

	first, err := rest.TransportFor(&rest.Config{TLSClientConfig: rest.TLSClientConfig{Insecure: true}})
	require.NoError(t, err)
	second, err := rest.TransportFor(&rest.Config{TLSClientConfig: rest.TLSClientConfig{Insecure: true}})
	require.NoError(t, err)
	require.Same(t, first, second, "connections are shared")
}

func TestAnonymousClientConfigLeavesNoUserInTheURL(t *testing.T) {
	for host, want := range map[string]string{
		"https://jane:PASSWORD-1@api:6443/a@b": "https://api:6443/a@b",
		"jane:PASSWORD-1@api:6443":             "http://api:6443",
		"https://api:6443/a@b":                 "https://api:6443/a@b",
		"api:6443":                             "api:6443",
		"":                                     "",
	} {
		require.Equal(t, want, rest.AnonymousClientConfig(&rest.Config{Host: host}).Host, host)
	}
}

// serveTLS starts an HTTPS server; its CA and address are in the config.
func serveTLS(t *testing.T, handler http.HandlerFunc) *rest.Config {
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	config := &rest.Config{Host: server.URL, TLSClientConfig: rest.TLSClientConfig{CAData: ca}}
	config.NegotiatedSerializer = codecs.WithoutConversion()
	return config
}

func send(t *testing.T, config *rest.Config) (string, error) {
	t.Helper()
	client, err := rest.UnversionedRESTClientFor(config)
	require.NoError(t, err)
	defer client.Client.CloseIdleConnections()
	body, err := client.Get().AbsPath("/").Do(t.Context()).Raw()
	return string(body), err
}

// Everything in a Config that a server sees.
func TestConfigReachesTheServer(t *testing.T) {
	config := serveTLS(t, func(w http.ResponseWriter, r *http.Request) {
		for _, header := range []string{"Authorization", "User-Agent", "Impersonate-User", "Impersonate-Group", "Accept-Encoding", "X-Wrapped"} {
			_, _ = io.WriteString(w, strings.Join(r.Header.Values(header), ",")+"|")
		}
	})
	wrap := func(rt http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			req.Header.Set("X-Wrapped", "yes")
			return rt.RoundTrip(req)
		})
	}
	dialed := ""
	for _, test := range []struct {
		name   string
		change func(*rest.Config)
		want   string
	}{
		{"nothing", func(c *rest.Config) { c.UserAgent = "me" }, "|me|||gzip||"},
		{"token", func(c *rest.Config) { c.UserAgent, c.BearerToken = "me", "t" }, "Bearer t|me|||gzip||"},
		{"user", func(c *rest.Config) { c.UserAgent, c.Username, c.Password = "me", "jane", "x" }, "Basic amFuZTp4|me|||gzip||"},
		{"impersonation", func(c *rest.Config) {
			c.UserAgent, c.Impersonate = "me", rest.ImpersonationConfig{UserName: "joe", Groups: []string{"a", "b"}}
		}, "|me|joe|a,b|gzip||"},
		{"no compression", func(c *rest.Config) { c.UserAgent, c.DisableCompression = "me", true }, "|me|||||"},
		{"wrapped", func(c *rest.Config) { c.UserAgent = "me"; c.Wrap(wrap) }, "|me|||gzip|yes|"},
		{"own dialer", func(c *rest.Config) {
			c.UserAgent, c.Host = "me", "https://example.com"
			server := strings.TrimPrefix(config.Host, "https://")
			c.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
				dialed = address
				return new(net.Dialer).DialContext(ctx, network, server)
			}
		}, "|me|||gzip||"},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := rest.CopyConfig(config)
			test.change(c)
			got, err := send(t, c)
			require.NoError(t, err)
			require.Equal(t, strings.TrimSuffix(test.want, "|"), strings.TrimSuffix(got, "|"))
		})
	}
	require.Equal(t, "example.com:443", dialed)
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// warned counts the warnings it gets.
type warned int

func (w *warned) HandleWarningHeader(int, string, string) { *w++ }

type warnedWithContext struct{ warned }

func (w *warnedWithContext) HandleWarningHeaderWithContext(context.Context, int, string, string) {
	w.warned++
}

func TestWarningHandlerOfConfig(t *testing.T) {
	config := serveTLS(t, func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Warning", `299 - "old"`) })
	plain, withContext := new(warned), new(warnedWithContext)
	config.WarningHandler = plain
	_, err := send(t, config)
	require.NoError(t, err)
	require.EqualValues(t, 1, *plain)

	config.WarningHandlerWithContext = withContext
	_, err = send(t, config)
	require.NoError(t, err)
	require.EqualValues(t, 1, *plain)
	require.EqualValues(t, 1, withContext.warned)
}

func TestHTTPWrappersForConfig(t *testing.T) {
	config := &rest.Config{BearerToken: "t", TLSClientConfig: rest.TLSClientConfig{CAFile: "/nowhere"}}
	refused := errors.New("hijacked")
	rt, err := rest.HTTPWrappersForConfig(config, roundTrip(func(req *http.Request) (*http.Response, error) {
		require.Equal(t, "Bearer t", req.Header.Get("Authorization"))
		return nil, refused
	}))
	require.NoError(t, err, "TLS is the caller's own")
	_, err = rt.RoundTrip(httptest.NewRequest(http.MethodGet, "http://api", nil))
	require.ErrorIs(t, err, refused)
}

func TestUserAgent(t *testing.T) {
	agent := rest.DefaultKubernetesUserAgent()
	require.Regexp(t, `^rest\.test/[^ ()]+ \([a-z0-9]+/[a-z0-9]+\) kubernetes/[0-9a-z]{7}$`, agent)
	config := &rest.Config{}
	require.Same(t, config, rest.AddUserAgent(config, "menu-controller"))
	require.Equal(t, agent+"/menu-controller", config.UserAgent)

	require.NoError(t, rest.SetKubernetesDefaults(config))
	require.Equal(t, agent+"/menu-controller", config.UserAgent)
	config.UserAgent = ""
	require.NoError(t, rest.SetKubernetesDefaults(config))
	require.Equal(t, agent, config.UserAgent)
}
