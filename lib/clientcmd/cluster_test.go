package clientcmd_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/version"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/rest"
)

// clusterFile returns the kubeconfig of the cluster that lib/cluster chooses.
func clusterFile(t *testing.T) *clientcmd.ClientConfigLoadingRules {
	t.Helper()
	cluster.ForTest(t)
	file := filepath.Join("..", "..", ".workbook", "kubeconfig")
	if os.Getenv("CLUSTER") == "existing" {
		file = os.Getenv("WORKBOOK_KUBECONFIG")
	}
	return &clientcmd.ClientConfigLoadingRules{ExplicitPath: file}
}

// overridden adds the context that lib/cluster chooses to overrides.
func overridden(overrides clientcmd.ConfigOverrides) *clientcmd.ConfigOverrides {
	overrides.CurrentContext = map[string]string{
		"embedded": "workbook-embedded",
		"kind":     "kind-workbook",
		"existing": os.Getenv("WORKBOOK_CONTEXT"),
	}[os.Getenv("CLUSTER")]
	return &overrides
}

func get(t *testing.T, config *rest.Config, path string) (int, []byte, error) {
	t.Helper()
	client, err := rest.HTTPClientFor(config)
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	response, err := client.Get(config.Host + path)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// The embedded cluster's file has a second user, who shows a token where the first shows a certificate.
func TestClusterKnowsTheUsersOfItsFile(t *testing.T) {
	rules := clusterFile(t)
	file, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overridden(clientcmd.ConfigOverrides{})).RawConfig()
	require.NoError(t, err)
	require.NoError(t, clientcmd.Validate(file))
	chosen, err := clientcmd.NewDefaultClientConfig(file, overridden(clientcmd.ConfigOverrides{})).MergedRawConfig()
	require.NoError(t, err)
	users := []string{chosen.Contexts[chosen.CurrentContext].AuthInfo}
	if chosen.CurrentContext == "workbook-embedded" {
		users = append(users, "workbook-token")
	}
	for _, user := range users {
		t.Run(user, func(t *testing.T) {
			overrides := overridden(clientcmd.ConfigOverrides{Context: api.Context{AuthInfo: user}})
			config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides).ClientConfig()
			require.NoError(t, err)

			status, body, err := get(t, config, "/version")
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status)
			var info version.Info
			require.NoError(t, json.Unmarshal(body, &info))
			require.Regexp(t, `^v1\.\d+`, info.GitVersion)

			status, _, err = get(t, config, "/api/v1/namespaces?limit=1")
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, status, "what nobody may see shows that this is somebody")
		})
	}
}

func TestClusterRefusesWhoIsNotInItsFile(t *testing.T) {
	rules := clusterFile(t)
	file, err := rules.Load()
	require.NoError(t, err)
	file.AuthInfos["stranger"] = &api.AuthInfo{Token: "hunter2"}
	expired, key := certificate(t, time.Now().Add(-time.Hour))
	file.AuthInfos["late"] = &api.AuthInfo{ClientCertificateData: expired, ClientKeyData: key}
	configOf := func(user string) *rest.Config {
		overrides := overridden(clientcmd.ConfigOverrides{Context: api.Context{AuthInfo: user}})
		config, err := clientcmd.NewDefaultClientConfig(*file, overrides).ClientConfig()
		require.NoError(t, err)
		return config
	}

	status, body, err := get(t, configOf("stranger"), "/api/v1/namespaces")
	require.NoError(t, err)
	require.Equal(t, http.StatusUnauthorized, status)
	require.NotContains(t, string(body), "hunter2")

	logs := captureLogs(t)
	status, _, err = get(t, configOf("late"), "/api/v1/namespaces")
	require.NoError(t, err)
	require.Contains(t, []int{http.StatusUnauthorized, http.StatusForbidden}, status)
	require.Contains(t, logs(), "The client certificate in the kubeconfig has expired")
}

func TestClusterThatIsNotTrusted(t *testing.T) {
	rules := clusterFile(t)
	other, _ := certificate(t, time.Now().Add(time.Hour))
	overrides := overridden(clientcmd.ConfigOverrides{ClusterInfo: api.Cluster{CertificateAuthorityData: other}})
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides).ClientConfig()
	require.NoError(t, err)
	_, _, err = get(t, config, "/version")
	require.ErrorContains(t, err, "certificate signed by unknown authority")
}

func TestClusterHasNoSuchNamespace(t *testing.T) {
	rules := clusterFile(t)
	overrides := overridden(clientcmd.ConfigOverrides{Context: api.Context{Namespace: "no-such-namespace"}})
	config := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules, overrides)
	ns, _, err := config.Namespace()
	require.NoError(t, err)
	restConfig, err := config.ClientConfig()
	require.NoError(t, err)
	client, err := rest.HTTPClientFor(restConfig)
	require.NoError(t, err)
	defer client.CloseIdleConnections()
	clients, err := kubernetes.NewForConfigAndClient(restConfig, client)
	require.NoError(t, err)

	_, err = clients.CoreV1().ConfigMaps(ns).Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "a"}}, metav1.CreateOptions{})
	require.True(t, apierrors.IsNotFound(err), "%v", err)
	require.ErrorContains(t, err, `namespaces "no-such-namespace" not found`)
}

func TestClusterFileHasNoSuchContext(t *testing.T) {
	config := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(clusterFile(t), &clientcmd.ConfigOverrides{CurrentContext: "production"})
	_, err := config.ClientConfig()
	require.EqualError(t, err, `context "production" does not exist`)
}
