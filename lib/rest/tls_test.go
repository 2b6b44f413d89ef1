package rest_test

import (
	"os"
	"path/filepath"
	"testing"

	"client-go-workbook/lib/rest"

	"github.com/stretchr/testify/require"
)

func TestLoadTLSFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"ca", "cert", "key"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(name+" of file"), 0o600))
	}
	files := rest.TLSClientConfig{CAFile: filepath.Join(dir, "ca"), CertFile: filepath.Join(dir, "cert"), KeyFile: filepath.Join(dir, "key")}

	config := &rest.Config{TLSClientConfig: files}
	config.CertData = []byte("cert of data")
	require.NoError(t, rest.LoadTLSFiles(config))
	require.Equal(t, "ca of file", string(config.CAData))
	require.Equal(t, "cert of data", string(config.CertData), "data wins")
	require.Equal(t, "key of file", string(config.KeyData))

	empty := &rest.Config{}
	require.NoError(t, rest.LoadTLSFiles(empty))
	require.Equal(t, &rest.Config{}, empty)

	require.NoError(t, os.Remove(files.KeyFile))
	err := rest.LoadTLSFiles(&rest.Config{TLSClientConfig: files})
	require.ErrorContains(t, err, "load client key: open "+files.KeyFile)
}

func TestTLSConfigFor(t *testing.T) {
	config, err := rest.TLSConfigFor(&rest.Config{BearerToken: "t"})
	require.NoError(t, err)
	require.Nil(t, config)

	config, err = rest.TLSConfigFor(&rest.Config{TLSClientConfig: rest.TLSClientConfig{Insecure: true, ServerName: "api"}})
	require.NoError(t, err)
	require.True(t, config.InsecureSkipVerify)
	require.Equal(t, "api", config.ServerName)
}
