package clientcmd

import (
	"k8s.io/klog/v2"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// BuildConfigFromFlags is for programs with a --master and a --kubeconfig flag: it returns the current context of the
// file, with masterUrl as its server if there is one. Without both it is the pod's config.
// KUBECONFIG and the home directory are not looked at.
func BuildConfigFromFlags(masterUrl, kubeconfigPath string) (*rest.Config, error) {
	if kubeconfigPath == "" && masterUrl == "" {
		logger := klog.Background()
		logger.Info("Neither a kubeconfig nor a server is given, trying the in-cluster config")
		config, err := rest.InClusterConfig()
		if err == nil {
			return config, nil
		}
		logger.Info("No in-cluster config, going on without any", "reason", err)
	}
	return build(masterUrl, &ClientConfigLoadingRules{ExplicitPath: kubeconfigPath})
}

// BuildConfigFromKubeconfigGetter is BuildConfigFromFlags for a kubeconfig that isn't in a file.
func BuildConfigFromKubeconfigGetter(masterUrl string, kubeconfigGetter KubeconfigGetter) (*rest.Config, error) {
	return build(masterUrl, &ClientConfigGetter{kubeconfigGetter: kubeconfigGetter})
}

func build(server string, loader ClientConfigLoader) (*rest.Config, error) {
	overrides := &ConfigOverrides{ClusterInfo: api.Cluster{Server: server}}
	return NewNonInteractiveDeferredLoadingClientConfig(loader, overrides).ClientConfig()
}
