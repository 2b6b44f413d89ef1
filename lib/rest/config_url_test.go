package rest_test

import (
	"testing"

	"client-go-workbook/lib/rest"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

func TestDefaultServerURL(t *testing.T) {
	apps := schema.GroupVersion{Group: "apps", Version: "v1"}
	for _, test := range []struct {
		host, apiPath string
		gv            schema.GroupVersion
		tls           bool
		url, path     string
	}{
		{"localhost", "", schema.GroupVersion{}, false, "http://localhost", "/"},
		{"localhost", "/apis", apps, true, "https://localhost", "/apis/apps/v1"},
		{"localhost:8080", "api", schema.GroupVersion{Version: "v1"}, false, "http://localhost:8080", "/api/v1"},
		{"10.0.0.1:6443", "/apis/", apps, true, "https://10.0.0.1:6443", "/apis/apps/v1"},
		{"[::1]:6443", "/apis", apps, true, "https://[::1]:6443", "/apis/apps/v1"},
		{"http://api", "/apis", apps, true, "http://api", "/apis/apps/v1"},
		{"https://api/k8s/clusters/c-1", "/apis", apps, false, "https://api/k8s/clusters/c-1", "/apis/apps/v1"},
		{"api/", "/apis", apps, false, "http://api/", "/apis/apps/v1"},
	} {
		url, path, err := rest.DefaultServerURL(test.host, test.apiPath, test.gv, test.tls)
		require.NoError(t, err, test.host)
		require.Equal(t, test.url, url.String())
		require.Equal(t, test.path, path)
	}
}

func TestBadHosts(t *testing.T) {
	for host, want := range map[string]string{
		"":                             "host is empty",
		"api/prefix":                   `host "api/prefix" isn't a URL or host:port: a path needs a scheme before it`,
		"http://":                      `isn't a URL or host:port`,
		"api:port":                     `host "api:port" isn't a URL or host:port: invalid port ":port" after host`,
		"a b":                          "invalid character",
		"https://jane:PASSWORD%zz@api": "malformed user, host or port",
		"jane:PASSWORD@a b":            "malformed user, host or port",
		"jane:PASSWORD@api/x":          `host "--- REDACTED ---@api/x"`,
		"https://jane:PASSWORD@api:x":  `host "https://--- REDACTED ---@api:x"`,
	} {
		_, _, err := rest.DefaultServerURL(host, "", schema.GroupVersion{}, true)
		require.ErrorContains(t, err, want, host)
		require.NotContains(t, err.Error(), "PASSWORD")
	}
}

func TestDefaultServerUrlFor(t *testing.T) {
	gv := schema.GroupVersion{Version: "v1"}
	for _, test := range []struct {
		config rest.Config
		url    string
		tls    bool
	}{
		{rest.Config{}, "http://localhost", false},
		{rest.Config{Host: "api", APIPath: "/api", ContentConfig: rest.ContentConfig{GroupVersion: &gv}}, "http://api", false},
		{rest.Config{Host: "api", TLSClientConfig: rest.TLSClientConfig{CAFile: "f"}}, "https://api", true},
		{rest.Config{Host: "api", TLSClientConfig: rest.TLSClientConfig{CAData: []byte("d")}}, "https://api", true},
		{rest.Config{Host: "api", TLSClientConfig: rest.TLSClientConfig{CertFile: "f"}}, "https://api", true},
		{rest.Config{Host: "api", TLSClientConfig: rest.TLSClientConfig{CertData: []byte("d")}}, "https://api", true},
		{rest.Config{Host: "api", TLSClientConfig: rest.TLSClientConfig{Insecure: true}}, "https://api", true},
		{rest.Config{Host: "http://api", TLSClientConfig: rest.TLSClientConfig{Insecure: true}}, "http://api", false},
		{rest.Config{Host: "https://api"}, "https://api", true},
	} {
		url, _, err := rest.DefaultServerUrlFor(&test.config)
		require.NoError(t, err)
		require.Equal(t, test.url, url.String())
		require.Equal(t, test.tls, rest.IsConfigTransportTLS(test.config))
	}
	require.False(t, rest.IsConfigTransportTLS(rest.Config{Host: "a b"}))
}
