package clientcmd

import (
	"cmp"
	"sync"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// DeferredLoadingClientConfig is a ClientConfig that loads when it is first asked, so that flags may still change
// the loader and the overrides after it is made. Overrides may change later, too, and show in the next answer. Where
// the loader has no config, it falls back to the pod's. Several goroutines may use it as long as nothing changes.
type DeferredLoadingClientConfig struct {
	loader    ClientConfigLoader
	overrides *ConfigOverrides // not nil
	inCluster InClusterConfig

	mu     sync.Mutex
	loaded ClientConfig // nil until loading succeeded
}

// NewNonInteractiveDeferredLoadingClientConfig returns a ClientConfig over what loader loads. Overrides may be nil.
func NewNonInteractiveDeferredLoadingClientConfig(loader ClientConfigLoader, overrides *ConfigOverrides) ClientConfig {
	overrides = orNone(overrides)
	return &DeferredLoadingClientConfig{loader: loader, overrides: overrides, inCluster: newInCluster(overrides)}
}

// direct loads once. An error isn't kept: the next question tries again.
func (c *DeferredLoadingClientConfig) direct() (ClientConfig, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.loaded != nil {
		return c.loaded, nil
	}
	config, err := c.loader.Load()
	if err != nil {
		return nil, err
	}
	c.loaded = NewNonInteractiveClientConfig(*config, c.overrides.CurrentContext, c.overrides, c.loader)
	return c.loaded, nil
}

// RawConfig returns what the loader loaded.
func (c *DeferredLoadingClientConfig) RawConfig() (api.Config, error) {
	direct, err := c.direct()
	if err != nil {
		return api.Config{}, err
	}
	return direct.RawConfig()
}

// ConfigAccess returns the loader.
func (c *DeferredLoadingClientConfig) ConfigAccess() ConfigAccess { return c.loader }

// ClientConfig returns the loaded config's answer, or the pod's if the files say nothing or nothing but defaults.
func (c *DeferredLoadingClientConfig) ClientConfig() (*rest.Config, error) {
	direct, err := c.direct()
	if err != nil {
		return nil, err
	}
	config, err := direct.ClientConfig()
	if err != nil && !IsEmptyConfig(err) {
		return nil, err
	}
	if err == nil && !c.loader.IsDefaultConfig(config) {
		return config, nil
	}
	if c.inCluster.Possible() {
		klog.Background().V(4).Info("Using the in-cluster config")
		return c.inCluster.ClientConfig()
	}
	return config, err
}

// Namespace returns the loaded config's answer. In a pod, the service account's namespace takes the place of a
// "default" that nobody wrote.
func (c *DeferredLoadingClientConfig) Namespace() (string, bool, error) {
	direct, err := c.direct()
	if err != nil {
		return "", false, err
	}
	ns, overridden, err := direct.Namespace()
	unusable := err != nil && !IsEmptyConfig(err)
	if unusable || overridden || !c.inCluster.Possible() || c.written(direct, ns) {
		return ns, overridden, err
	}
	klog.Background().V(4).Info("Using the in-cluster namespace")
	return c.inCluster.Namespace()
}

// written reports whether ns is in the files, as opposed to assumed.
func (c *DeferredLoadingClientConfig) written(direct ClientConfig, ns string) bool {
	if ns != "default" {
		return ns != ""
	}
	raw, err := direct.RawConfig()
	if err != nil {
		return false
	}
	context := raw.Contexts[cmp.Or(c.overrides.CurrentContext, raw.CurrentContext)]
	return context != nil && context.Namespace != ""
}
