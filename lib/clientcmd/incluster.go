package clientcmd

import (
	"cmp"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// InClusterConfig is a ClientConfig that works only inside a pod.
type InClusterConfig interface {
	ClientConfig
	// Possible reports whether this looks like a pod with a service account.
	Possible() bool
}

// serviceAccountDir is where Kubernetes mounts a pod's credentials.
const serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// inCluster is the InClusterConfig of a pod whose service account is in dir.
type inCluster struct {
	overrides *ConfigOverrides // not nil
	dir       string
	config    func() (*rest.Config, error)
}

func newInCluster(overrides *ConfigOverrides) *inCluster {
	return &inCluster{overrides: overrides, dir: serviceAccountDir, config: rest.InClusterConfig}
}

func (c *inCluster) Possible() bool {
	token, err := os.Stat(filepath.Join(c.dir, "token"))
	return err == nil && !token.IsDir() &&
		os.Getenv("KUBERNETES_SERVICE_HOST") != "" && os.Getenv("KUBERNETES_SERVICE_PORT") != ""
}

// ClientConfig returns what the pod knows. Of the overrides only server, token and CA file count.
func (c *inCluster) ClientConfig() (*rest.Config, error) {
	config, err := c.config()
	if err != nil {
		return nil, err
	}
	cluster, user := &c.overrides.ClusterInfo, &c.overrides.AuthInfo
	config.Host = cmp.Or(cluster.Server, config.Host)
	config.CAFile = cmp.Or(cluster.CertificateAuthority, config.CAFile)
	if user.Token != "" || user.TokenFile != "" {
		config.BearerToken, config.BearerTokenFile = user.Token, user.TokenFile
	}
	return config, nil
}

// Namespace returns what POD_NAMESPACE says, which a pod may set from its own metadata, or else the service account's
// namespace, or else "default".
func (c *inCluster) Namespace() (string, bool, error) {
	if ns := os.Getenv("POD_NAMESPACE"); ns != "" {
		return ns, false, nil
	}
	data, _ := os.ReadFile(filepath.Join(c.dir, "namespace"))
	return cmp.Or(strings.TrimSpace(string(data)), "default"), false, nil
}

func (c *inCluster) RawConfig() (api.Config, error) {
	return api.Config{}, errors.New("the in-cluster config has no contexts")
}

func (c *inCluster) ConfigAccess() ConfigAccess { return NewDefaultClientConfigLoadingRules() }
