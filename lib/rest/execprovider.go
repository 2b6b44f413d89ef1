package rest

import (
	"fmt"
	"net/http"
	"net/url"
	"os"

	"client-go-workbook/lib/rest/exec/clientauthentication"
)

// ConfigToExecCluster returns what an exec plugin is told of config's cluster if it asks for it (ProvideClusterInfo).
// The CA is passed as data, and the proxy is the one that config.Proxy chooses for Host.
func ConfigToExecCluster(config *Config) (*clientauthentication.Cluster, error) {
	cluster := &clientauthentication.Cluster{
		Server:                   config.Host,
		TLSServerName:            config.ServerName,
		InsecureSkipTLSVerify:    config.Insecure,
		CertificateAuthorityData: config.CAData,
		DisableCompression:       config.DisableCompression,
	}
	if config.ExecProvider != nil {
		cluster.Config = config.ExecProvider.Config
	}
	if len(config.CAData) == 0 && config.CAFile != "" {
		data, err := os.ReadFile(config.CAFile)
		if err != nil {
			return nil, fmt.Errorf("load CA certificates for the exec plugin: %w", err)
		}
		cluster.CertificateAuthorityData = data
	}
	if config.Proxy == nil {
		return cluster, nil
	}
	proxy, err := proxyOf(config)
	if err != nil {
		return nil, fmt.Errorf("find proxy for the exec plugin: %w", err)
	}
	if proxy != nil {
		cluster.ProxyURL = proxy.String()
	}
	return cluster, nil
}

func proxyOf(config *Config) (*url.URL, error) {
	server, _, err := DefaultServerUrlFor(config)
	if err != nil {
		return nil, err
	}
	return config.Proxy(&http.Request{Method: http.MethodGet, URL: server, Host: server.Host, Header: http.Header{}})
}

// ExecClusterToConfig is for exec plugins: it returns the config of the cluster that the plugin was told of, without
// credentials.
func ExecClusterToConfig(cluster *clientauthentication.Cluster) (*Config, error) {
	config := &Config{
		Host: cluster.Server,
		TLSClientConfig: TLSClientConfig{
			Insecure:   cluster.InsecureSkipTLSVerify,
			ServerName: cluster.TLSServerName,
			CAData:     cluster.CertificateAuthorityData,
		},
		DisableCompression: cluster.DisableCompression,
	}
	if cluster.ProxyURL != "" {
		proxy, err := url.Parse(cluster.ProxyURL)
		if err != nil {
			return nil, fmt.Errorf("proxy URL %q of cluster %q: %w",
				hideUserinfo(cluster.ProxyURL), hideUserinfo(cluster.Server), parseCause(cluster.ProxyURL, err))
		}
		config.Proxy = http.ProxyURL(proxy)
	}
	return config, nil
}
