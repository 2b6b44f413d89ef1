// Package clientcmd turns kubeconfig files into a rest.Config.
//
//	KUBECONFIG=a:b ─┐
//	~/.kube/config ─┴▶ ClientConfigLoadingRules ──▶ api.Config ──▶ DirectClientConfig ──▶ rest.Config
//	                   load · merge · resolve paths  (all contexts)  context + overrides   (one cluster, one user)
//	nothing there ──────────────────────────────────────────────────▶ in-cluster config ──▶ rest.Config
//
// NewNonInteractiveDeferredLoadingClientConfig is the whole row; BuildConfigFromFlags is the row for one file.
// No function looks at KUBECONFIG or ~/.kube/config unless the caller's loading rules name them.
// No error and no log line holds a credential: a broken file is described by names and places, never by its values.
//
// Upstream: tools/clientcmd.
// Left out: binding to command line flags, which needs pflag; prompting for a password on a terminal
// (NewInteractive…, AuthLoader), which needs a terminal library; auth provider plugins that store what they get
// (PersisterForUser), since there are none; GetConfigFromFileOrDie, which exits; RecommendedSchemaFile, which nothing
// reads; the deprecated defaults.
//
// Stricter than upstream:
//   - errors have names and places, but no values: a proxy-url isn't repeated;
//   - ParseTimeout refuses a negative duration;
//   - Namespace, like ClientConfig, fails if an override names a user that doesn't exist.
//
// More lenient: an override of the context makes up for a current-context that doesn't exist; IsEmptyConfig and its
// neighbours look into wrapped errors.
//
// Different:
//   - WriteToFile replaces a file as a whole if it can, so that it is then the caller's; upstream writes into it;
//   - ModifyConfig writes nothing before it knows all changes, then each file once;
//   - a token that is read from a file loses its line end, which no header may have;
//   - a context whose user is missing is as good as one without a user, but a log line says so.
package clientcmd

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"reflect"
	"strings"
	"unicode"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// execExtension is the cluster extension that holds the cluster's setting for exec plugins.
const execExtension = "client.authentication.k8s.io/exec"

// ClientConfig answers how to reach a cluster. Each question may fail on its own.
type ClientConfig interface {
	// RawConfig returns the loaded files, merged, with all contexts and without overrides.
	RawConfig() (api.Config, error)
	// ClientConfig returns the chosen context with its overrides, ready for a client.
	ClientConfig() (*rest.Config, error)
	// Namespace returns the namespace to use, and whether an override named it.
	Namespace() (string, bool, error)
	// ConfigAccess returns where the files are, for changing them.
	ConfigAccess() ConfigAccess
}

// OverridingClientConfig can also show its overrides as part of a kubeconfig.
type OverridingClientConfig interface {
	ClientConfig
	// MergedRawConfig is RawConfig with the overrides put into the chosen context, its cluster and its user.
	MergedRawConfig() (api.Config, error)
}

// DirectClientConfig is a ClientConfig over an api.Config in memory. Config and overrides are the caller's: what
// changes in them shows in the next answer. As long as nothing does, several goroutines may use it.
type DirectClientConfig struct {
	config      api.Config
	contextName string
	overrides   *ConfigOverrides // not nil
	access      ConfigAccess
}

// NewDefaultClientConfig chooses config's current context, unless overrides name another. Overrides may be nil.
// Its ConfigAccess is the default loading rules.
func NewDefaultClientConfig(config api.Config, overrides *ConfigOverrides) OverridingClientConfig {
	return newDirect(config, config.CurrentContext, overrides, NewDefaultClientConfigLoadingRules())
}

// NewNonInteractiveClientConfig chooses the named context, or config's current one if the name is empty.
// Overrides may be nil, and so may configAccess.
func NewNonInteractiveClientConfig(
	config api.Config, contextName string, overrides *ConfigOverrides, configAccess ConfigAccess,
) OverridingClientConfig {
	return newDirect(config, contextName, overrides, configAccess)
}

// NewClientConfigFromBytes is for a kubeconfig that isn't in a file. Relative paths in it are relative to the
// working directory. Its ConfigAccess is nil.
func NewClientConfigFromBytes(configBytes []byte) (OverridingClientConfig, error) {
	config, err := Load(configBytes)
	if err != nil {
		return nil, err
	}
	return newDirect(*config, "", nil, nil), nil
}

// RESTConfigFromKubeConfig returns the rest.Config of a kubeconfig's current context.
func RESTConfigFromKubeConfig(configBytes []byte) (*rest.Config, error) {
	config, err := NewClientConfigFromBytes(configBytes)
	if err != nil {
		return nil, err
	}
	return config.ClientConfig()
}

func newDirect(config api.Config, contextName string, overrides *ConfigOverrides, access ConfigAccess) *DirectClientConfig {
	return &DirectClientConfig{config: config, contextName: contextName, overrides: orNone(overrides), access: access}
}

// RawConfig returns the config that c was made from.
func (c *DirectClientConfig) RawConfig() (api.Config, error) { return c.config, nil }

// ConfigAccess returns what c was made with; nil if it came from bytes.
func (c *DirectClientConfig) ConfigAccess() ConfigAccess { return c.access }

// MergedRawConfig returns a copy of the config in which the overrides are part of the chosen context.
func (c *DirectClientConfig) MergedRawConfig() (api.Config, error) {
	chosen := c.choose()
	if chosen.missing != nil {
		return api.Config{}, chosen.missing
	}
	if err := c.confirm(chosen); err != nil {
		return api.Config{}, err
	}
	merged := api.NewConfig()
	overlay(merged, c.config.DeepCopy())
	merged.CurrentContext = chosen.contextName
	merged.Contexts[chosen.contextName] = chosen.context.DeepCopy()
	merged.Clusters[chosen.context.Cluster] = chosen.cluster.DeepCopy()
	merged.AuthInfos[chosen.context.AuthInfo] = chosen.user.DeepCopy()
	return *merged, nil
}

// Namespace returns the override's namespace, or else the context's, or else "default".
func (c *DirectClientConfig) Namespace() (string, bool, error) {
	// An override counts even where the rest is unusable: in a pod there is no file, but there may be a -n flag.
	if ns := c.overrides.Context.Namespace; ns != "" {
		return ns, true, nil
	}
	chosen := c.choose()
	if err := c.confirm(chosen); err != nil {
		return "", false, err
	}
	if chosen.context.Namespace == "" {
		return "default", false, nil
	}
	return chosen.context.Namespace, false, nil
}

// ClientConfig returns the rest.Config of the chosen context. Credentials go only into a config that uses TLS.
// The error says what is wrong with the context; IsEmptyConfig is true of it where there is no config at all.
func (c *DirectClientConfig) ClientConfig() (*rest.Config, error) {
	chosen := c.choose()
	if chosen.missing != nil {
		return nil, chosen.missing
	}
	if err := c.confirm(chosen); err != nil {
		return nil, err
	}
	config := &rest.Config{
		Host:               withoutQuery(chosen.cluster.Server),
		DisableCompression: chosen.cluster.DisableCompression,
		Impersonate:        impersonation(&chosen.user),
	}
	if chosen.cluster.ProxyURL != "" {
		proxy, err := parseProxyURL(chosen.cluster.ProxyURL)
		if err != nil {
			return nil, err
		}
		config.Proxy = http.ProxyURL(proxy)
	}
	if c.overrides.Timeout != "" {
		timeout, err := ParseTimeout(c.overrides.Timeout)
		if err != nil {
			return nil, err
		}
		config.Timeout = timeout
	}
	if !rest.IsConfigTransportTLS(*config) {
		return config, nil
	}
	config.TLSClientConfig = trust(&chosen.cluster)
	if err := identify(config, chosen); err != nil {
		return nil, err
	}
	return config, nil
}

// withoutQuery drops what a server URL with a path can't have. Anything else is left to package rest to judge.
func withoutQuery(server string) string {
	u, err := url.ParseRequestURI(server)
	if err != nil || u.Opaque != "" || len(u.Path) <= 1 {
		return server
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String()
}

func impersonation(user *api.AuthInfo) rest.ImpersonationConfig {
	if user.Impersonate == "" {
		return rest.ImpersonationConfig{}
	}
	return rest.ImpersonationConfig{
		UserName: user.Impersonate,
		UID:      user.ImpersonateUID,
		Groups:   user.ImpersonateGroups,
		Extra:    user.ImpersonateUserExtra,
	}
}

// trust is the half of the TLS settings that is about the server.
func trust(cluster *api.Cluster) rest.TLSClientConfig {
	return rest.TLSClientConfig{
		Insecure:   cluster.InsecureSkipTLSVerify,
		ServerName: cluster.TLSServerName,
		CAFile:     cluster.CertificateAuthority,
		CAData:     cluster.CertificateAuthorityData,
	}
}

// identify fills in who the user is.
func identify(config *rest.Config, chosen choice) error {
	user := &chosen.user
	if name := chosen.context.AuthInfo; name != "" && reflect.DeepEqual(user, api.NewAuthInfo()) {
		klog.Background().Info("Nothing is known of the user in the kubeconfig's context, going on without credentials",
			"user", name, "context", chosen.contextName)
	}
	config.Username, config.Password = user.Username, user.Password
	config.BearerToken, config.BearerTokenFile = user.Token, user.TokenFile
	if user.Token == "" && user.TokenFile != "" {
		token, err := os.ReadFile(user.TokenFile)
		if err != nil {
			return fmt.Errorf("tokenFile of user %q: %w", chosen.context.AuthInfo, err)
		}
		config.BearerToken = strings.TrimSpace(string(token))
	}
	if user.ClientCertificate != "" || len(user.ClientCertificateData) > 0 {
		config.CertFile, config.CertData = user.ClientCertificate, user.ClientCertificateData
		config.KeyFile, config.KeyData = user.ClientKey, user.ClientKeyData
		warnIfExpired(chosen.context.AuthInfo, user)
	}
	config.AuthProvider = user.AuthProvider
	if user.Exec != nil {
		// A copy, because the config that it is from may be used with another cluster next.
		config.ExecProvider = user.Exec.DeepCopy()
		config.ExecProvider.InstallHint = printable(user.Exec.InstallHint)
		config.ExecProvider.Config = chosen.cluster.Extensions[execExtension]
	}
	return nil
}

// printable spells out the characters that could change the state of the terminal that s is shown on: all but
// letters, marks, numbers, punctuation, symbols and white space.
func printable(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsGraphic(r) || unicode.In(r, unicode.Z) || (r >= '\t' && r <= '\r') {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "%U", r)
		}
	}
	return b.String()
}
