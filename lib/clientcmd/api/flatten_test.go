package api_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/clientcmd/api"
)

func two() *api.Config {
	return &api.Config{
		CurrentContext: "dev",
		Contexts: map[string]*api.Context{
			"dev":  {Cluster: "a", AuthInfo: "admin"},
			"prod": {Cluster: "b", AuthInfo: "root"},
		},
		Clusters:  map[string]*api.Cluster{"a": {Server: "https://a"}, "b": {Server: "https://b"}},
		AuthInfos: map[string]*api.AuthInfo{"admin": {Token: "1"}, "root": {Token: "2"}},
	}
}

func TestMinifyKeepsTheCurrentContext(t *testing.T) {
	config := two()
	require.NoError(t, api.MinifyConfig(config))
	require.Equal(t, &api.Config{
		CurrentContext: "dev",
		Contexts:       map[string]*api.Context{"dev": {Cluster: "a", AuthInfo: "admin"}},
		Clusters:       map[string]*api.Cluster{"a": {Server: "https://a"}},
		AuthInfos:      map[string]*api.AuthInfo{"admin": {Token: "1"}},
	}, config)
}

func TestMinifyNeedsAWholeContext(t *testing.T) {
	for want, spoil := range map[string]func(*api.Config){
		`minify kubeconfig: no current-context is set`:             func(c *api.Config) { c.CurrentContext = "" },
		`minify kubeconfig: no context "nope"`:                     func(c *api.Config) { c.CurrentContext = "nope" },
		`minify kubeconfig: context "dev": no cluster "elsewhere"`: func(c *api.Config) { c.Contexts["dev"].Cluster = "elsewhere" },
		`minify kubeconfig: context "dev": no user "eve"`:          func(c *api.Config) { c.Contexts["dev"].AuthInfo = "eve" },
	} {
		config := two()
		spoil(config)
		before := config.DeepCopy()
		require.EqualError(t, api.MinifyConfig(config), want)
		require.Equal(t, before, config, "a failure changes nothing")
	}

	anonymous := two()
	anonymous.Contexts["dev"] = &api.Context{}
	require.NoError(t, api.MinifyConfig(anonymous), "a context may leave cluster and user open")
	require.Empty(t, anonymous.Clusters)
	require.Empty(t, anonymous.AuthInfos)
}

func TestFlattenReadsFilesNextToTheirOrigin(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ca.crt", "admin.crt", "admin.key"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name), 0o600))
	}
	origin := filepath.Join(dir, "config")
	config := &api.Config{
		Clusters: map[string]*api.Cluster{"a": {LocationOfOrigin: origin, CertificateAuthority: "ca.crt"}},
		AuthInfos: map[string]*api.AuthInfo{"admin": {
			LocationOfOrigin:  origin,
			ClientCertificate: "admin.crt",
			ClientKey:         filepath.Join(dir, "admin.key"),
			TokenFile:         "token",
		}},
	}
	require.NoError(t, api.FlattenConfig(config))
	require.Equal(t, &api.Cluster{LocationOfOrigin: origin, CertificateAuthorityData: []byte("ca.crt")}, config.Clusters["a"])
	require.Equal(t, &api.AuthInfo{
		LocationOfOrigin:      origin,
		ClientCertificateData: []byte("admin.crt"),
		ClientKeyData:         []byte("admin.key"),
		TokenFile:             "token",
	}, config.AuthInfos["admin"])
}

func TestFlattenSaysWhichEntryIsWrong(t *testing.T) {
	for want, config := range map[string]*api.Config{
		`flatten kubeconfig: cluster "a": certificate-authority: open /nowhere/ca.crt: no such file or directory`: {
			Clusters: map[string]*api.Cluster{"a": {LocationOfOrigin: "/nowhere/config", CertificateAuthority: "ca.crt"}},
		},
		`flatten kubeconfig: user "admin": client-certificate: both a path and data are set`: {
			AuthInfos: map[string]*api.AuthInfo{"admin": {ClientCertificate: "a", ClientCertificateData: []byte("b")}},
		},
		`flatten kubeconfig: user "admin": client-key: open /nowhere/key: no such file or directory`: {
			AuthInfos: map[string]*api.AuthInfo{"admin": {ClientKey: "/nowhere/key"}},
		},
	} {
		require.EqualError(t, api.FlattenConfig(config), want)
	}
}

func TestPathsAreJoinedUnlessAbsolute(t *testing.T) {
	require.Equal(t, "", api.ResolvePath("", "/base"))
	require.Equal(t, "/abs", api.ResolvePath("/abs", "/base"))
	require.Equal(t, "/base/rel", api.ResolvePath("rel", "/base"))

	wd, err := os.Getwd()
	require.NoError(t, err)
	for _, c := range [][3]string{{"/abs", "/base", "/abs"}, {"rel", "/base", "/base/rel"}, {"rel", "", filepath.Join(wd, "rel")}} {
		got, err := api.MakeAbs(c[0], c[1])
		require.NoError(t, err)
		require.Equal(t, c[2], got)
	}
}
