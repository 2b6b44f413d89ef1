package mergekubeconfigs_test

import (
	"cmp"
	"os"
	"path/filepath"
	"testing"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/rest"
)

// The cluster's address and authority are in one file, the user's credentials in another, which knows a wrong address of
// the same cluster. Only together do they lead to the server.
func TestClusterIsReachedByTwoFiles(t *testing.T) {
	cfg := cluster.ForTest(t)
	root := t.TempDir()
	file := func(data []byte, path string) string {
		if len(data) == 0 {
			return ""
		}
		fromItsFile.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, path)), 0o755), "make a folder")
		fromItsFile.NoError(t, os.WriteFile(filepath.Join(root, path), data, 0o600), "write a file")
		return filepath.Base(path)
	}
	where := api.Config{
		Clusters: map[string]*api.Cluster{"workbook": {
			Server: cfg.Host, TLSServerName: cfg.ServerName, CertificateAuthority: cmp.Or(cfg.CAFile, file(cfg.CAData, "where/ca.crt")),
		}},
		CurrentContext: "here",
	}
	who := api.Config{
		Clusters: map[string]*api.Cluster{"workbook": {Server: "https://127.0.0.1:1"}},
		AuthInfos: map[string]*api.AuthInfo{"me": {
			ClientCertificate: cmp.Or(cfg.CertFile, file(cfg.CertData, "who/me.crt")),
			ClientKey:         cmp.Or(cfg.KeyFile, file(cfg.KeyData, "who/me.key")),
			TokenFile:         cmp.Or(cfg.BearerTokenFile, file([]byte(cfg.BearerToken), "who/token")),
		}},
		Contexts: map[string]*api.Context{"here": {Cluster: "workbook", AuthInfo: "me"}},
	}
	fromItsFile.NoError(t, clientcmd.WriteToFile(where, root+"/where/config"), "write a kubeconfig")
	fromItsFile.NoError(t, clientcmd.WriteToFile(who, root+"/who/config"), "write a kubeconfig")

	merged := load(t, fromItsFile, root+"/where/config", root+"/who/config")
	mergedConfig, err := clientcmd.NewDefaultClientConfig(*merged, &clientcmd.ConfigOverrides{}).ClientConfig()
	fromItsFile.NoError(t, err, "make a client's config of the merged kubeconfigs")
	httpClient, err := rest.HTTPClientFor(mergedConfig)
	fromItsFile.NoError(t, err, "make a client of the merged kubeconfigs")
	t.Cleanup(httpClient.CloseIdleConnections)
	client, err := discovery.NewDiscoveryClientForConfigAndClient(mergedConfig, httpClient)
	fromItsFile.NoError(t, err, "make a discovery client of the merged kubeconfigs")
	version, err := client.ServerVersion()
	fromItsFile.NoError(t, err, "GET /version")
	firstWins.Equal(t, true, version.GitVersion != "", "is there a version")
	_, err = client.ServerGroups() // which isn't for everybody, as /version is
	fromItsFile.NoError(t, err, "GET /apis with the credentials of the second file")
}
