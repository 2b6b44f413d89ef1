package clientcmd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
)

func TestRelativizePaths(t *testing.T) {
	for _, c := range []struct{ base, path, want, err string }{
		{base: "/kube", path: "/kube/pki/ca.crt", want: "pki/ca.crt"},
		{base: "/kube", path: "/kube", want: "."},
		{base: "/kube", path: "/kube/..ca.crt", want: "..ca.crt"},
		{base: "/kube", path: "/etc/ca.crt", want: "/etc/ca.crt"},
		{base: "/kube/pki", path: "/kube", want: "/kube"},
		{base: "/kube", path: "", want: ""},
		{base: "/kube", path: "ca.crt", err: `relativize paths: "ca.crt" is neither absolute nor beneath /kube`},
		{base: "kube", path: "ca.crt", err: `relativize paths: "ca.crt" is neither absolute nor beneath kube`},
	} {
		path := c.path
		err := clientcmd.RelativizePathWithNoBacksteps([]*string{&path}, c.base)
		if c.err != "" {
			require.EqualError(t, err, c.err)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, c.want, path, "%s from %s", c.path, c.base)
	}
}

func TestRelativizeIsWhatResolveUndoes(t *testing.T) {
	config := func() *api.Config {
		return &api.Config{
			Clusters: map[string]*api.Cluster{"a": {LocationOfOrigin: "/kube/config", CertificateAuthority: "pki/ca.crt"}},
			AuthInfos: map[string]*api.AuthInfo{"u": {
				LocationOfOrigin: "/kube/config", ClientKey: "u.key", TokenFile: "/etc/token", Exec: &api.ExecConfig{Command: "bin/x"},
			}},
		}
	}
	resolved := config()
	require.NoError(t, clientcmd.ResolveLocalPaths(resolved))
	require.Equal(t, "/kube/pki/ca.crt", resolved.Clusters["a"].CertificateAuthority)
	require.Equal(t, "/kube/bin/x", resolved.AuthInfos["u"].Exec.Command)

	back := resolved.DeepCopy()
	require.NoError(t, clientcmd.RelativizeClusterLocalPaths(back.Clusters["a"]))
	require.NoError(t, clientcmd.RelativizeAuthInfoLocalPaths(back.AuthInfos["u"]))
	require.Equal(t, config(), back)

	back = resolved.DeepCopy()
	require.NoError(t, clientcmd.RelativizeConfigPaths(back, "/kube"))
	require.Equal(t, config(), back)
	require.NoError(t, clientcmd.ResolveConfigPaths(back, "/kube"))
	require.Equal(t, resolved, back)
}

func TestPathsOfNoFileStay(t *testing.T) {
	config := &api.Config{
		Clusters:  map[string]*api.Cluster{"a": {CertificateAuthority: "ca.crt"}},
		AuthInfos: map[string]*api.AuthInfo{"u": {ClientKey: "u.key", Token: "hunter2"}},
	}
	before := config.DeepCopy()
	require.NoError(t, clientcmd.ResolveLocalPaths(config))
	require.Equal(t, before, config)
	require.EqualError(t, clientcmd.RelativizeClusterLocalPaths(config.Clusters["a"]),
		`relativize paths: api.Cluster{CertificateAuthority: "ca.crt"} comes from no file`)
	require.EqualError(t, clientcmd.RelativizeAuthInfoLocalPaths(config.AuthInfos["u"]),
		`relativize paths: api.AuthInfo{ClientKey: "u.key", Token: --- REDACTED ---} comes from no file`)
}
