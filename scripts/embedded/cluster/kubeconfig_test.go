package cluster_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"client-go-workbook/scripts/embedded/cluster"
)

const kinds = `apiVersion: v1
kind: Config
clusters:
- name: kind-workbook
  cluster:
    server: https://127.0.0.1:1
    tls-server-name: kept
contexts:
- name: kind-workbook
  context: {cluster: kind-workbook, user: kind-workbook, namespace: kept}
users:
- name: kind-workbook
  user: {token: kinds}
current-context: kind-workbook
`

func TestKubeconfigKeepsWhatOthersWrote(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte(kinds), 0o644))
	read := func() (c struct {
		Current  string `json:"current-context"`
		Clusters []map[string]any
		Contexts []map[string]any
		Users    []map[string]any
	}) {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, yaml.Unmarshal(data, &c))
		return c
	}
	before := read()

	login := cluster.Login{
		Context: "workbook-embedded", Server: "https://127.0.0.1:2", CA: []byte("ca"),
		Users: []cluster.User{{Name: "admin", Cert: []byte("cert"), Key: []byte("key")}, {Name: "token", Token: "t0ken"}},
	}
	require.NoError(t, login.AddTo(file))
	login.Server = "https://127.0.0.1:3"
	require.NoError(t, login.AddTo(file), "a second time it replaces its own")
	c := read()
	require.Equal(t, "workbook-embedded", c.Current)
	require.Len(t, c.Clusters, 2)
	require.Len(t, c.Contexts, 2)
	require.Len(t, c.Users, 3)
	require.Equal(t, map[string]any{"server": "https://127.0.0.1:3", "certificate-authority-data": "Y2E="}, c.Clusters[1]["cluster"])
	require.Equal(t, map[string]any{"client-certificate-data": "Y2VydA==", "client-key-data": "a2V5"}, c.Users[1]["user"])
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.NoError(t, login.RemoveFrom(file))
	require.Equal(t, before, read(), "kind's is current again, with all that it had")
}

func TestADamagedKubeconfigIsNamed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte("{]"), 0o600))
	login := cluster.Login{Context: "c", Users: []cluster.User{{Name: "u"}}}
	require.ErrorContains(t, login.AddTo(file), file)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, "{]", string(data), "nothing of the user's is lost")
}
