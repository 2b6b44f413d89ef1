package clientcmd

import "client-go-workbook/lib/rest"

// NewInClusterAt is the in-cluster config of a pod whose service account is in dir.
func NewInClusterAt(dir string, overrides *ConfigOverrides, config func() (*rest.Config, error)) InClusterConfig {
	return &inCluster{overrides: orNone(overrides), dir: dir, config: config}
}

// NewDeferredIn is NewNonInteractiveDeferredLoadingClientConfig in a pod.
func NewDeferredIn(pod InClusterConfig, loader ClientConfigLoader, overrides *ConfigOverrides) ClientConfig {
	return &DeferredLoadingClientConfig{loader: loader, overrides: orNone(overrides), inCluster: pod}
}
