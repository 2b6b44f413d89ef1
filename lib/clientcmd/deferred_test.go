package clientcmd_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// pod looks like the inside of a pod whose service account is in the namespace "mine".
func pod(t *testing.T, overrides *clientcmd.ConfigOverrides) clientcmd.InClusterConfig {
	t.Helper()
	dir := t.TempDir()
	writeAs(t, dir, "token", "hunter2")
	writeAs(t, dir, "namespace", "mine\n")
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	t.Setenv("POD_NAMESPACE", "")
	return clientcmd.NewInClusterAt(dir, overrides, func() (*rest.Config, error) {
		return &rest.Config{
			Host:            "https://10.0.0.1:443",
			BearerToken:     "hunter2",
			BearerTokenFile: dir + "/token",
			TLSClientConfig: rest.TLSClientConfig{CAFile: dir + "/ca.crt"},
		}, nil
	})
}

func noFiles() *clientcmd.ClientConfigLoadingRules { return &clientcmd.ClientConfigLoadingRules{} }

func TestAPodNeedsNoFile(t *testing.T) {
	config := clientcmd.NewDeferredIn(pod(t, nil), noFiles(), nil)
	got, err := config.ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "https://10.0.0.1:443", got.Host)
	ns, overridden, err := config.Namespace()
	require.NoError(t, err)
	require.Equal(t, "mine", ns)
	require.False(t, overridden)
}

func TestAPodMakesUpForAMissingCluster(t *testing.T) {
	file := write(t, `{current-context: dev, contexts: [{name: dev, context: {cluster: nope}}]}`)
	got, err := clientcmd.NewDeferredIn(pod(t, nil), &clientcmd.ClientConfigLoadingRules{ExplicitPath: file}, nil).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "https://10.0.0.1:443", got.Host)
}

func TestAFileWinsOverThePod(t *testing.T) {
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: write(t, staging)}
	config := clientcmd.NewDeferredIn(pod(t, nil), rules, nil)
	got, err := config.ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "https://a:6443", got.Host)
	ns, _, err := config.Namespace()
	require.NoError(t, err)
	require.Equal(t, "shop", ns)
}

func TestABrokenFileIsNotReplacedByThePod(t *testing.T) {
	for want, content := range map[string]string{
		"it is not YAML": "[",
		"context was not found for specified context": `current-context: dev`,
		`cluster has no server defined: "a"`: `{current-context: dev, clusters: [{name: a}], ` +
			`contexts: [{name: dev, context: {cluster: a}}]}`,
	} {
		rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: write(t, content)}
		config := clientcmd.NewDeferredIn(pod(t, nil), rules, nil)
		_, err := config.ClientConfig()
		require.ErrorContains(t, err, want)
		_, _, err = config.Namespace()
		require.ErrorContains(t, err, want)
	}
}

func TestDefaultsYieldToThePod(t *testing.T) {
	overrides := &clientcmd.ConfigOverrides{ClusterDefaults: api.Cluster{Server: "http://localhost:8080"}}
	rules := &clientcmd.ClientConfigLoadingRules{DefaultClientConfig: clientcmd.NewDefaultClientConfig(api.Config{}, overrides)}

	got, err := clientcmd.NewDeferredIn(pod(t, nil), rules, overrides).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "https://10.0.0.1:443", got.Host)

	outside := clientcmd.NewInClusterAt("/nowhere", nil, nil)
	got, err = clientcmd.NewDeferredIn(outside, rules, overrides).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "http://localhost:8080", got.Host)
}

func TestNamespaceInAPod(t *testing.T) {
	file := func(namespace string) string {
		return write(t, `{current-context: dev, clusters: [{name: a, cluster: {server: "https://a"}}], `+
			`contexts: [{name: dev, context: {cluster: a`+namespace+`}}, {name: bare, context: {cluster: a}}]}`)
	}
	for name, c := range map[string]struct {
		file      string
		overrides clientcmd.ConfigOverrides
		want      string
	}{
		"a default that nobody wrote": {file(""), clientcmd.ConfigOverrides{}, "mine"},
		"a default that is written":   {file(", namespace: default"), clientcmd.ConfigOverrides{}, "default"},
		"it is another context's":     {file(", namespace: default"), clientcmd.ConfigOverrides{CurrentContext: "bare"}, "mine"},
		"another one":                 {file(", namespace: shop"), clientcmd.ConfigOverrides{}, "shop"},
		"a flag":                      {file(""), clientcmd.ConfigOverrides{Context: api.Context{Namespace: "flag"}}, "flag"},
		"a flag that says default":    {file(""), clientcmd.ConfigOverrides{Context: api.Context{Namespace: "default"}}, "default"},
	} {
		rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: c.file}
		ns, _, err := clientcmd.NewDeferredIn(pod(t, nil), rules, &c.overrides).Namespace()
		require.NoError(t, err, name)
		require.Equal(t, c.want, ns, name)
	}
}

func TestInClusterOverrides(t *testing.T) {
	got, err := pod(t, &clientcmd.ConfigOverrides{
		ClusterInfo: api.Cluster{Server: "https://other", CertificateAuthority: "/ca"},
		AuthInfo:    api.AuthInfo{Token: "given"},
	}).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, &rest.Config{
		Host: "https://other", BearerToken: "given", TLSClientConfig: rest.TLSClientConfig{CAFile: "/ca"},
	}, got, "the pod's token file must not win over the token that was given")

	got, err = pod(t, &clientcmd.ConfigOverrides{}).ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "hunter2", got.BearerToken)
}

func TestInClusterIsPossibleOnlyInAPod(t *testing.T) {
	inside := pod(t, nil)
	require.True(t, inside.Possible())
	t.Setenv("KUBERNETES_SERVICE_PORT", "")
	require.False(t, inside.Possible())
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	require.False(t, clientcmd.NewInClusterAt("/nowhere", nil, nil).Possible())

	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "token"), 0o755))
	require.False(t, clientcmd.NewInClusterAt(dir, nil, nil).Possible(), "a folder is no token")
}

func TestInClusterNamespace(t *testing.T) {
	inside := pod(t, nil)
	t.Setenv("POD_NAMESPACE", "env")
	ns, _, err := inside.Namespace()
	require.NoError(t, err)
	require.Equal(t, "env", ns)

	t.Setenv("POD_NAMESPACE", "")
	ns, _, err = clientcmd.NewInClusterAt("/nowhere", nil, nil).Namespace()
	require.NoError(t, err)
	require.Equal(t, "default", ns)

	_, err = inside.RawConfig()
	require.EqualError(t, err, "the in-cluster config has no contexts")
}

func TestInClusterErrorsAreReported(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	dir := t.TempDir()
	writeAs(t, dir, "token", "")
	failing := clientcmd.NewInClusterAt(dir, &clientcmd.ConfigOverrides{}, func() (*rest.Config, error) { return nil, errors.New("broken") })
	_, err := clientcmd.NewDeferredIn(failing, noFiles(), nil).ClientConfig()
	require.EqualError(t, err, "broken")
}

// Flags are parsed after the config is made, so rules and overrides count as they are at the first question.
func TestLoadingWaitsForTheFirstQuestion(t *testing.T) {
	rules, overrides := &clientcmd.ClientConfigLoadingRules{}, &clientcmd.ConfigOverrides{}
	config := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	rules.ExplicitPath = write(t, staging)
	overrides.CurrentContext = "prod"

	got, err := config.ClientConfig()
	require.NoError(t, err)
	require.Equal(t, "https://b:6443", got.Host)
	require.Same(t, rules, config.ConfigAccess())
}

func TestAFailedLoadIsTriedAgain(t *testing.T) {
	_, err := clientcmd.BuildConfigFromKubeconfigGetter("", func() (*api.Config, error) { return nil, errors.New("not yet") })
	require.EqualError(t, err, "not yet")

	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: filepath.Join(t.TempDir(), "late")}
	config := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, nil)
	for _, ask := range []func() error{
		func() error { _, err := config.RawConfig(); return err },
		func() error { _, err := config.ClientConfig(); return err },
		func() error { _, _, err := config.Namespace(); return err },
	} {
		require.ErrorIs(t, ask(), os.ErrNotExist)
	}
	require.NoError(t, os.WriteFile(rules.ExplicitPath, []byte(staging), 0o600))
	raw, err := config.RawConfig()
	require.NoError(t, err)
	require.Equal(t, "dev", raw.CurrentContext)

	require.NoError(t, os.Remove(rules.ExplicitPath))
	_, err = config.ClientConfig()
	require.NoError(t, err, "a load that succeeded is kept")
}

func TestBuildConfigFromFlags(t *testing.T) {
	file := write(t, staging)
	got, err := clientcmd.BuildConfigFromFlags("", file)
	require.NoError(t, err)
	require.Equal(t, "https://a:6443", got.Host)

	got, err = clientcmd.BuildConfigFromFlags("https://c", file)
	require.NoError(t, err)
	require.Equal(t, "https://c", got.Host)

	got, err = clientcmd.BuildConfigFromFlags("http://c", "")
	require.NoError(t, err)
	require.Equal(t, &rest.Config{Host: "http://c"}, got)

	_, err = clientcmd.BuildConfigFromFlags("", "/nowhere/config")
	require.EqualError(t, err, "load kubeconfig /nowhere/config: no such file or directory")
}

// A production cluster must not be reached because a flag was forgotten.
func TestNoFlagsNeverMeansTheUsersContext(t *testing.T) {
	t.Setenv("KUBECONFIG", write(t, staging))
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	_, err := clientcmd.BuildConfigFromFlags("", "")
	require.True(t, clientcmd.IsEmptyConfig(err), "%v", err)
	_, err = clientcmd.NewNonInteractiveDeferredLoadingClientConfig(noFiles(), nil).ClientConfig()
	require.True(t, clientcmd.IsEmptyConfig(err), "%v", err)
}

func TestBuildConfigFromKubeconfigGetter(t *testing.T) {
	got, err := clientcmd.BuildConfigFromKubeconfigGetter("https://c", func() (*api.Config, error) {
		return clientcmd.Load([]byte(staging))
	})
	require.NoError(t, err)
	require.Equal(t, "https://c", got.Host)
}

// A program that walks through all contexts asks the same config again and again.
func TestOverridesMayChangeBetweenQuestions(t *testing.T) {
	overrides := &clientcmd.ConfigOverrides{}
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: write(t, staging)}
	deferred := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	raw, err := deferred.RawConfig()
	require.NoError(t, err)
	for _, config := range []clientcmd.ClientConfig{deferred, clientcmd.NewDefaultClientConfig(raw, overrides)} {
		for context, server := range map[string]string{"prod": "https://b:6443", "dev": "https://a:6443"} {
			overrides.CurrentContext = context
			got, err := config.ClientConfig()
			require.NoError(t, err)
			require.Equal(t, server, got.Host, context)
		}
	}
}
