package rest_test

import (
	"errors"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/rest/exec/clientauthentication"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
)

// shellPlugin is an exec plugin that runs a script; $KUBERNETES_EXEC_INFO is what it is told.
func shellPlugin(script string) *api.ExecConfig {
	return &api.ExecConfig{
		Command: "sh", Args: []string{"-c", script},
		APIVersion: "client.authentication.k8s.io/v1", InteractiveMode: api.NeverExecInteractiveMode,
	}
}

func TestExecPluginOfConfig(t *testing.T) {
	config := serveTLS(t, func(w http.ResponseWriter, r *http.Request) { _, _ = w.Write([]byte(r.Header.Get("Authorization"))) })
	config.ExecProvider = shellPlugin(`echo "$KUBERNETES_EXEC_INFO" > "$OUT"
		echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"of the plugin"}}'`)
	told := filepath.Join(t.TempDir(), "told")
	config.ExecProvider.Env = []api.ExecEnvVar{{Name: "OUT", Value: told}}
	config.ExecProvider.ProvideClusterInfo = true

	got, err := send(t, config)
	require.NoError(t, err)
	require.Equal(t, "Bearer of the plugin", got)
	info, err := os.ReadFile(told)
	require.NoError(t, err)
	require.Contains(t, string(info), `"server":"`+config.Host+`"`)

	require.NoError(t, os.Remove(told))
	config.BearerToken = "of the config"
	got, err = send(t, config)
	require.NoError(t, err)
	require.Equal(t, "Bearer of the config", got)
	require.NoFileExists(t, told, "nobody needs the plugin")
}

func TestConfigToExecCluster(t *testing.T) {
	caFile := filepath.Join(t.TempDir(), "ca")
	require.NoError(t, os.WriteFile(caFile, []byte("ca of file"), 0o600))
	setting := &runtime.Unknown{Raw: []byte(`{}`)}
	proxy := &url.URL{Scheme: "http", Host: "proxy"}
	config := &rest.Config{
		Host: "api:6443", DisableCompression: true,
		TLSClientConfig: rest.TLSClientConfig{ServerName: "api", CAFile: caFile},
		ExecProvider:    &api.ExecConfig{Config: setting},
		Proxy: func(req *http.Request) (*url.URL, error) {
			require.Equal(t, "https://api:6443", req.URL.String())
			return proxy, nil
		},
	}
	cluster, err := rest.ConfigToExecCluster(config)
	require.NoError(t, err)
	require.Equal(t, &clientauthentication.Cluster{
		Server: "api:6443", TLSServerName: "api", CertificateAuthorityData: []byte("ca of file"),
		ProxyURL: "http://proxy", DisableCompression: true, Config: setting,
	}, cluster)

	back, err := rest.ExecClusterToConfig(cluster)
	require.NoError(t, err)
	got, err := back.Proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: "api"}})
	require.NoError(t, err)
	require.Equal(t, proxy, got)
	back.Proxy = nil
	require.Equal(t, &rest.Config{
		Host: "api:6443", DisableCompression: true, TLSClientConfig: rest.TLSClientConfig{ServerName: "api", CAData: []byte("ca of file")},
	}, back)

	config.CAData = []byte("ca of data")
	cluster, err = rest.ConfigToExecCluster(config)
	require.NoError(t, err)
	require.Equal(t, "ca of data", string(cluster.CertificateAuthorityData))
}

func TestConfigToExecClusterFails(t *testing.T) {
	noProxy := errors.New("no proxy today")
	for _, test := range []struct {
		config rest.Config
		err    string
	}{
		{rest.Config{TLSClientConfig: rest.TLSClientConfig{CAFile: "/nowhere"}}, "load CA certificates for the exec plugin: open /nowhere"},
		{rest.Config{Proxy: func(*http.Request) (*url.URL, error) { return nil, noProxy }}, "find proxy for the exec plugin: no proxy today"},
		{rest.Config{Host: "a b", Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}, "find proxy for the exec plugin: host"},
	} {
		_, err := rest.ConfigToExecCluster(&test.config)
		require.ErrorContains(t, err, test.err)
		test.config.ExecProvider = shellPlugin("true")
		test.config.ExecProvider.ProvideClusterInfo = true
		_, err = rest.TransportFor(&test.config)
		require.ErrorContains(t, err, test.err)
	}
	_, err := rest.ExecClusterToConfig(&clientauthentication.Cluster{Server: "api", ProxyURL: "http://jane:PASSWORD%zz@proxy"})
	require.ErrorContains(t, err, `proxy URL "http://--- REDACTED ---@proxy" of cluster "api"`)
	require.NotContains(t, err.Error(), "PASSWORD")
}
