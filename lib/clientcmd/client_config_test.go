package clientcmd_test

import (
	"net/http"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

const staging = `
current-context: dev
contexts:
- {name: dev, context: {cluster: a, user: admin, namespace: shop}}
- {name: prod, context: {cluster: b, user: robot}}
- {name: no-cluster, context: {cluster: nope, user: admin}}
- {name: no-user, context: {cluster: a, user: nobody}}
clusters:
- {name: a, cluster: {server: "https://a:6443", certificate-authority-data: UEVN, tls-server-name: a.internal}}
- {name: b, cluster: {server: "https://b:6443", insecure-skip-tls-verify: true, proxy-url: "http://u:hunter2@proxy:3128", disable-compression: true}}
users:
- {name: admin, user: {client-certificate-data: Q1JU, client-key-data: S0VZ}}
- {name: robot, user: {token: hunter2, as: eve, as-uid: "7", as-groups: [ops], as-user-extra: {scopes: [view]}}}
`

// direct is the config above with overrides.
func direct(t *testing.T, overrides *clientcmd.ConfigOverrides) clientcmd.OverridingClientConfig {
	t.Helper()
	config, err := clientcmd.Load([]byte(staging))
	require.NoError(t, err)
	return clientcmd.NewNonInteractiveClientConfig(*config, "", overrides, nil)
}

func TestTheCurrentContextBecomesARESTConfig(t *testing.T) {
	got, err := direct(t, nil).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, &rest.Config{
		Host: "https://a:6443",
		TLSClientConfig: rest.TLSClientConfig{
			ServerName: "a.internal", CAData: []byte("PEM"), CertData: []byte("CRT"), KeyData: []byte("KEY"),
		},
	}, got)
}

func TestAnotherContextCanBeNamed(t *testing.T) {
	config, err := clientcmd.Load([]byte(staging))
	require.NoError(t, err)
	got, err := clientcmd.NewNonInteractiveClientConfig(*config, "prod", nil, nil).ClientConfig()
	require.NoError(t, err)

	proxy, err := got.Proxy(&http.Request{})
	require.NoError(t, err)
	require.Equal(t, &url.URL{Scheme: "http", User: url.UserPassword("u", "hunter2"), Host: "proxy:3128"}, proxy)
	got.Proxy = nil
	require.Equal(t, &rest.Config{
		Host:               "https://b:6443",
		BearerToken:        "hunter2",
		DisableCompression: true,
		Impersonate: rest.ImpersonationConfig{
			UserName: "eve", UID: "7", Groups: []string{"ops"}, Extra: map[string][]string{"scopes": {"view"}},
		},
		TLSClientConfig: rest.TLSClientConfig{Insecure: true},
	}, got)

	byOverride, err := direct(t, &clientcmd.ConfigOverrides{CurrentContext: "prod"}).ClientConfig()
	require.NoError(t, err)
	byOverride.Proxy = nil
	require.Equal(t, got, byOverride)

	both, err := clientcmd.NewNonInteractiveClientConfig(*config, "dev", &clientcmd.ConfigOverrides{CurrentContext: "prod"}, nil).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "https://b:6443", both.Host, "the override wins")
}

func TestOverrides(t *testing.T) {
	admin := rest.TLSClientConfig{ServerName: "a.internal", CAData: []byte("PEM"), CertData: []byte("CRT"), KeyData: []byte("KEY")}
	with := func(base rest.TLSClientConfig, alter func(*rest.TLSClientConfig)) rest.TLSClientConfig {
		alter(&base)
		return base
	}
	file := write(t, "")
	for name, c := range map[string]struct {
		overrides clientcmd.ConfigOverrides
		want      rest.Config
	}{
		"another server is another name": {
			clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{Server: "https://c"}},
			rest.Config{Host: "https://c", TLSClientConfig: with(admin, func(c *rest.TLSClientConfig) { c.ServerName = "" })},
		},
		"unless the name comes along": {
			clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{Server: "https://c", TLSServerName: "c.internal"}},
			rest.Config{Host: "https://c", TLSClientConfig: with(admin, func(c *rest.TLSClientConfig) { c.ServerName = "c.internal" })},
		},
		"insecure drops the CA": {
			clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{InsecureSkipTLSVerify: true}},
			rest.Config{Host: "https://a:6443", TLSClientConfig: with(admin, func(c *rest.TLSClientConfig) { c.CAData, c.Insecure = nil, true })},
		},
		"a CA file drops CA data": {
			clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{CertificateAuthority: file}},
			rest.Config{Host: "https://a:6443", TLSClientConfig: with(admin, func(c *rest.TLSClientConfig) { c.CAData, c.CAFile = nil, file })},
		},
		"certificate files drop certificate data": {
			clientcmd.ConfigOverrides{AuthInfo: api.AuthInfo{ClientCertificate: file, ClientKey: file}},
			rest.Config{Host: "https://a:6443", TLSClientConfig: with(admin, func(c *rest.TLSClientConfig) {
				c.CertData, c.KeyData, c.CertFile, c.KeyFile = nil, nil, file, file
			})},
		},
		"a token joins the certificate": {
			clientcmd.ConfigOverrides{AuthInfo: api.AuthInfo{Token: "hunter2"}},
			rest.Config{Host: "https://a:6443", BearerToken: "hunter2", TLSClientConfig: admin},
		},
		"another user on the same cluster": {
			clientcmd.ConfigOverrides{Context: api.Context{AuthInfo: "robot"}, AuthInfo: api.AuthInfo{Impersonate: "mallory"}},
			rest.Config{
				Host: "https://a:6443", BearerToken: "hunter2",
				TLSClientConfig: rest.TLSClientConfig{ServerName: "a.internal", CAData: []byte("PEM")},
				Impersonate: rest.ImpersonationConfig{
					UserName: "mallory", UID: "7", Groups: []string{"ops"}, Extra: map[string][]string{"scopes": {"view"}},
				},
			},
		},
		"a timeout": {
			clientcmd.ConfigOverrides{Timeout: "90"},
			rest.Config{Host: "https://a:6443", Timeout: 90 * time.Second, TLSClientConfig: admin},
		},
		"defaults say nothing where a file does": {
			clientcmd.ConfigOverrides{ClusterDefaults: api.Cluster{Server: "https://default", DisableCompression: true}},
			rest.Config{Host: "https://a:6443", DisableCompression: true, TLSClientConfig: admin},
		},
		"a server makes up for a missing cluster": {
			clientcmd.ConfigOverrides{CurrentContext: "no-cluster", ClusterInfo: api.Cluster{Server: "https://c"}},
			rest.Config{Host: "https://c", TLSClientConfig: rest.TLSClientConfig{CertData: []byte("CRT"), KeyData: []byte("KEY")}},
		},
		"a token makes up for a missing user": {
			clientcmd.ConfigOverrides{CurrentContext: "no-user", AuthInfo: api.AuthInfo{Token: "hunter2"}},
			rest.Config{
				Host: "https://a:6443", BearerToken: "hunter2",
				TLSClientConfig: rest.TLSClientConfig{ServerName: "a.internal", CAData: []byte("PEM")},
			},
		},
		"a missing user is nobody": {
			clientcmd.ConfigOverrides{CurrentContext: "no-user"},
			rest.Config{
				Host:            "https://a:6443",
				TLSClientConfig: rest.TLSClientConfig{ServerName: "a.internal", CAData: []byte("PEM")},
			},
		},
		"plain http carries no credentials": {
			clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{Server: "http://a"}, AuthInfo: api.AuthInfo{Token: "hunter2"}},
			rest.Config{Host: "http://a"},
		},
		"a server has no query": {
			clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{Server: "http://a/prefix?watch=1#top"}},
			rest.Config{Host: "http://a/prefix"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := direct(t, &c.overrides).ClientConfig()
			require.NoError(t, err)
			require.Equal(t, &c.want, got)
		})
	}
}

func TestUnusableChoices(t *testing.T) {
	for name, c := range map[string]struct {
		overrides clientcmd.ConfigOverrides
		want      string
	}{
		"context": {
			clientcmd.ConfigOverrides{CurrentContext: "nope"},
			`context "nope" does not exist`,
		},
		"cluster": {
			clientcmd.ConfigOverrides{Context: api.Context{Cluster: "nope"}},
			`cluster "nope" does not exist`,
		},
		"user": {
			clientcmd.ConfigOverrides{Context: api.Context{AuthInfo: "nope"}},
			`auth info "nope" does not exist`,
		},
		"timeout": {
			clientcmd.ConfigOverrides{Timeout: "soon"},
			`timeout "soon": want seconds, such as "30", or a duration, such as "1m30s"`,
		},
		"proxy": {
			clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{ProxyURL: "ftp://u:hunter2@proxy"}},
			`invalid configuration: cluster "a": proxy-url has scheme "ftp", want http, https or socks5`,
		},
		"token file": {
			clientcmd.ConfigOverrides{AuthInfo: api.AuthInfo{TokenFile: "/nowhere/token"}},
			`tokenFile of user "admin": open /nowhere/token: no such file or directory`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := direct(t, &c.overrides).ClientConfig()
			require.EqualError(t, err, c.want)
			require.False(t, clientcmd.IsEmptyConfig(err))
		})
	}
}

// The server will say no more than "Unauthorized", so the log says what is wrong.
func TestAMissingUserIsMentioned(t *testing.T) {
	for name, c := range map[string]struct {
		overrides clientcmd.ConfigOverrides
		mentioned bool
	}{
		"missing":                         {clientcmd.ConfigOverrides{CurrentContext: "no-user"}, true},
		"missing, but a flag has a token": {clientcmd.ConfigOverrides{CurrentContext: "no-user", AuthInfo: api.AuthInfo{Token: "hunter2"}}, false},
		"there":                           {clientcmd.ConfigOverrides{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			logs := captureLogs(t)
			_, err := direct(t, &c.overrides).ClientConfig()
			require.NoError(t, err)
			if c.mentioned {
				require.Contains(t, logs(), `user="nobody" context="no-user"`)
			} else {
				require.NotContains(t, logs(), "without credentials")
			}
			require.NotContains(t, logs(), "hunter2")
		})
	}
}

// A context without its cluster is as good as no config, so that a pod falls back on its own.
func TestAContextWithoutItsCluster(t *testing.T) {
	config := direct(t, &clientcmd.ConfigOverrides{CurrentContext: "no-cluster"})
	for _, ask := range []func() error{
		func() error { _, err := config.ClientConfig(); return err },
		func() error { _, _, err := config.Namespace(); return err },
		func() error { _, err := config.MergedRawConfig(); return err },
	} {
		err := ask()
		require.ErrorContains(t, err, `invalid configuration: nothing is known of cluster "nope" in context "no-cluster": `)
		require.True(t, clientcmd.IsEmptyConfig(err))
		require.ErrorIs(t, err, clientcmd.ErrEmptyConfig)
	}
}

func TestACurrentContextThatIsMissing(t *testing.T) {
	config := clientcmd.NewDefaultClientConfig(api.Config{CurrentContext: "nope"}, nil)
	_, err := config.ClientConfig()
	require.EqualError(t, err,
		"invalid configuration: [context was not found for specified context: nope, cluster has no server defined]")
	require.True(t, clientcmd.IsContextNotFound(err))
	_, _, err = config.Namespace()
	require.True(t, clientcmd.IsContextNotFound(err))

	_, _, err = direct(t, &clientcmd.ConfigOverrides{CurrentContext: "nope"}).Namespace()
	require.True(t, clientcmd.IsContextNotFound(err))
}

func TestNoConfigAtAll(t *testing.T) {
	config := clientcmd.NewDefaultClientConfig(api.Config{}, nil)
	_, err := config.ClientConfig()
	require.True(t, clientcmd.IsEmptyConfig(err))
	require.ErrorIs(t, err, clientcmd.ErrEmptyConfig)
	_, _, err = config.Namespace()
	require.True(t, clientcmd.IsEmptyConfig(err))
	_, err = config.MergedRawConfig()
	require.True(t, clientcmd.IsEmptyConfig(err))
}

func TestNamespace(t *testing.T) {
	for name, c := range map[string]struct {
		overrides  clientcmd.ConfigOverrides
		want       string
		overridden bool
	}{
		"the context's": {clientcmd.ConfigOverrides{}, "shop", false},
		"default":       {clientcmd.ConfigOverrides{CurrentContext: "prod"}, "default", false},
		"a flag's":      {clientcmd.ConfigOverrides{Context: api.Context{Namespace: "mine"}}, "mine", true},
		"a flag's, whatever else is wrong": {
			clientcmd.ConfigOverrides{CurrentContext: "nope", Context: api.Context{Namespace: "mine"}}, "mine", true,
		},
	} {
		ns, overridden, err := direct(t, &c.overrides).Namespace()
		require.NoError(t, err, name)
		require.Equal(t, c.want, ns, name)
		require.Equal(t, c.overridden, overridden, name)
	}
}

func TestMergedRawConfigHoldsTheOverrides(t *testing.T) {
	config := direct(t, &clientcmd.ConfigOverrides{
		CurrentContext: "prod",
		Context:        api.Context{Cluster: "a", Namespace: "mine"},
		ClusterInfo:    api.Cluster{Server: "https://c"},
		AuthInfo:       api.AuthInfo{Impersonate: "mallory"},
	})
	before, err := config.RawConfig()
	require.NoError(t, err)
	before = *before.DeepCopy()

	merged, err := config.MergedRawConfig()
	require.NoError(t, err)
	require.Equal(t, "prod", merged.CurrentContext)
	require.Equal(t, "a", merged.Contexts["prod"].Cluster)
	require.Equal(t, "mine", merged.Contexts["prod"].Namespace)
	require.Equal(t, "https://c", merged.Clusters["a"].Server)
	require.Equal(t, "https://b:6443", merged.Clusters["b"].Server)
	require.Equal(t, "mallory", merged.AuthInfos["robot"].Impersonate)
	require.Equal(t, "hunter2", merged.AuthInfos["robot"].Token)

	merged.Clusters["b"].Server = "https://spoiled"
	merged.AuthInfos["robot"].ImpersonateGroups[0] = "spoiled"
	raw, err := config.RawConfig()
	require.NoError(t, err)
	require.Equal(t, before, raw, "the files' config is untouched, and the caller's own is the caller's")

	_, err = direct(t, &clientcmd.ConfigOverrides{Context: api.Context{AuthInfo: "nope"}}).MergedRawConfig()
	require.EqualError(t, err, `auth info "nope" does not exist`)
}

func TestTokenFileIsReadAndFollowed(t *testing.T) {
	file := write(t, "hunter2\n")
	got, err := direct(t, &clientcmd.ConfigOverrides{AuthInfo: api.AuthInfo{TokenFile: file}}).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "hunter2", got.BearerToken, "without the line end, which no header may have")
	require.Equal(t, file, got.BearerTokenFile)

	require.NoError(t, os.Remove(file))
	got, err = direct(t, &clientcmd.ConfigOverrides{AuthInfo: api.AuthInfo{Token: "given", TokenFile: file}}).ClientConfig()
	require.NoError(t, err, "a token that is given needs no file yet")
	require.Equal(t, "given", got.BearerToken)
	require.Equal(t, file, got.BearerTokenFile)
}

func TestAnExecPluginKnowsItsCluster(t *testing.T) {
	config, err := clientcmd.Load([]byte(`
current-context: a
contexts: [{name: a, context: {cluster: a, user: u}}, {name: b, context: {cluster: b, user: u}}]
clusters:
- name: a
  cluster:
    server: https://a
    extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: a}}]
- {name: b, cluster: {server: https://b}}
users:
- name: u
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1beta1
      command: get-token
      installHint: "\e[31mbrew\tinstall \u202e get-token\n"
`))
	require.NoError(t, err)
	a, err := clientcmd.NewNonInteractiveClientConfig(*config, "a", nil, nil).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, []byte(`{"audience":"a"}`), a.ExecProvider.Config.(*runtime.Unknown).Raw)
	require.Equal(t, "U+001B[31mbrew\tinstall U+202E get-token\n", a.ExecProvider.InstallHint, "a hint can't steer the terminal")
	require.Equal(t, api.IfAvailableExecInteractiveMode, a.ExecProvider.InteractiveMode)

	b, err := clientcmd.NewNonInteractiveClientConfig(*config, "b", nil, nil).ClientConfig()
	require.NoError(t, err)
	require.Nil(t, b.ExecProvider.Config)
	require.NotNil(t, a.ExecProvider.Config, "the two share the user, not the plugin's config")
	require.Nil(t, config.AuthInfos["u"].Exec.Config)
}

func TestAConfigFromBytes(t *testing.T) {
	got, err := clientcmd.RESTConfigFromKubeConfig([]byte(staging))
	require.NoError(t, err)
	require.Equal(t, "https://a:6443", got.Host)

	_, err = clientcmd.RESTConfigFromKubeConfig([]byte("kind: 7"))
	require.EqualError(t, err, "read kubeconfig: kind is a number, want a string")

	config, err := clientcmd.NewClientConfigFromBytes([]byte(staging))
	require.NoError(t, err)
	require.Nil(t, config.ConfigAccess(), "it is in no file")
}

func TestParseTimeout(t *testing.T) {
	for text, want := range map[string]time.Duration{"0": 0, "30": 30 * time.Second, "1m30s": 90 * time.Second, "10ms": 10 * time.Millisecond} {
		got, err := clientcmd.ParseTimeout(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, text := range []string{"", "-1", "-1s", "1 s", "forever", "9223372036854775807", "1e3"} {
		_, err := clientcmd.ParseTimeout(text)
		require.Error(t, err, text)
		require.Contains(t, err.Error(), "want seconds")
	}
}
