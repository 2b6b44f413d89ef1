package rest_test

import (
	"os"
	"path/filepath"
	"testing"

	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
)

func TestInClusterConfig(t *testing.T) {
	dir := t.TempDir()
	rest.SetServiceAccountDir(t, dir)
	token, ca := filepath.Join(dir, "token"), filepath.Join(dir, "ca.crt")
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	t.Setenv("KUBERNETES_SERVICE_PORT", "443")
	_, err := rest.InClusterConfig()
	require.ErrorIs(t, err, rest.ErrNotInCluster)

	t.Setenv("KUBERNETES_SERVICE_HOST", "fd00::1")
	_, err = rest.InClusterConfig()
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "read service account token: open "+token)

	require.NoError(t, os.WriteFile(token, []byte("TOKEN-1\n"), 0o600))
	require.NoError(t, os.WriteFile(ca, transporttest.NewCA(t, "cluster CA").PEM, 0o600))
	config, err := rest.InClusterConfig()
	require.NoError(t, err)
	require.Equal(t, &rest.Config{
		Host: "https://[fd00::1]:443", BearerToken: "TOKEN-1", BearerTokenFile: token,
		TLSClientConfig: rest.TLSClientConfig{CAFile: ca},
	}, config)

	// A CA that can't be read isn't an error: the server may have a certificate that the system trusts.
	for _, broken := range []func() error{
		func() error { return os.WriteFile(ca, []byte("not PEM"), 0o600) },
		func() error { return os.Remove(ca) },
	} {
		require.NoError(t, broken())
		config, err = rest.InClusterConfig()
		require.NoError(t, err)
		require.Empty(t, config.CAFile)
	}
}
