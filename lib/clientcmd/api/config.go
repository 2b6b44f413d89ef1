// Package api holds kubeconfig's types as code works with them: maps by name, whatever version the file had.
//
//	Config
//	├─ CurrentContext "dev" ─┐
//	├─ Contexts   "dev" ◀────┘  → cluster "a", user "admin", namespace "shop"
//	├─ Clusters   "a"           → where: server, CA, proxy
//	└─ AuthInfos  "admin"       → who: certificate, token, password, exec plugin
//
// The file's own form, lists with names, is in v1; latest converts between the two.
// Nothing here shows a credential under %v, %+v or %#v: every type that holds one has its own String.
//
// Upstream: tools/clientcmd/api.
// Left out: NewPreferences, which is deprecated; Preferences itself stays, so that rewriting a file keeps it; DeepCopy of
// types without pointers.
package api

import (
	"k8s.io/apimachinery/pkg/runtime"
)

// Config is one kubeconfig: one file, or several merged ones.
// Its zero value is an empty config that can be read but not added to; NewConfig gives one with maps.
type Config struct {
	Kind       string `json:"kind,omitempty"`
	APIVersion string `json:"apiVersion,omitempty"`
	// Preferences is read by nothing. It is here so that a rewritten file keeps it.
	Preferences Preferences `json:"preferences,omitzero"`
	// Clusters, AuthInfos and Contexts are keyed by the name that the file gives them.
	Clusters  map[string]*Cluster  `json:"clusters"`
	AuthInfos map[string]*AuthInfo `json:"users"`
	Contexts  map[string]*Context  `json:"contexts"`
	// CurrentContext is the key in Contexts that is used when nobody names another one. Empty: none.
	CurrentContext string `json:"current-context"`
	// Extensions is what other programs keep in the file, by their name.
	Extensions map[string]runtime.Object `json:"extensions,omitempty"`
}

// Preferences are old settings of command line tools.
type Preferences struct {
	Colors     bool                      `json:"colors,omitempty"`
	Extensions map[string]runtime.Object `json:"extensions,omitempty"`
}

// Cluster says where an API server is and how to trust it.
type Cluster struct {
	// LocationOfOrigin is the path of the file that this came from; empty if it came from none. Never written.
	// Relative paths below are relative to that file's folder.
	LocationOfOrigin string `json:"-"`
	// Server is the base URL, such as https://10.0.0.1:6443.
	Server string `json:"server"`
	// TLSServerName is the name that the server's certificate must be for. Empty: the host in Server.
	TLSServerName string `json:"tls-server-name,omitempty"`
	// InsecureSkipTLSVerify accepts any server certificate. Not together with a certificate authority.
	InsecureSkipTLSVerify bool `json:"insecure-skip-tls-verify,omitempty"`
	// CertificateAuthority is the path of a PEM file.
	CertificateAuthority string `json:"certificate-authority,omitempty"`
	// CertificateAuthorityData is PEM, and wins over CertificateAuthority.
	CertificateAuthorityData []byte `json:"certificate-authority-data,omitempty"`
	// ProxyURL is an http, https or socks5 URL. Empty: the proxy that the environment names, if any.
	ProxyURL string `json:"proxy-url,omitempty"`
	// DisableCompression asks for plain answers: more network, less CPU.
	DisableCompression bool                      `json:"disable-compression,omitempty"`
	Extensions         map[string]runtime.Object `json:"extensions,omitempty"`
}

// AuthInfo says who the user is. The fields with a datapolicy tag are secrets.
type AuthInfo struct {
	// LocationOfOrigin is the path of the file that this came from; empty if it came from none. Never written.
	// Relative paths below are relative to that file's folder.
	LocationOfOrigin string `json:"-"`
	// ClientCertificate and ClientKey are paths of PEM files; the Data fields hold PEM and win over them.
	ClientCertificate     string `json:"client-certificate,omitempty"`
	ClientCertificateData []byte `json:"client-certificate-data,omitempty"`
	ClientKey             string `json:"client-key,omitempty"`
	ClientKeyData         []byte `json:"client-key-data,omitempty" datapolicy:"security-key"`
	// Token is a bearer token. TokenFile is the path of one, read again from time to time, and wins over Token.
	Token     string `json:"token,omitempty" datapolicy:"token"`
	TokenFile string `json:"tokenFile,omitempty"`
	// Impersonate and its companions name somebody whom this user acts as, if the server allows it.
	Impersonate          string              `json:"act-as,omitempty"`
	ImpersonateUID       string              `json:"act-as-uid,omitempty"`
	ImpersonateGroups    []string            `json:"act-as-groups,omitempty"`
	ImpersonateUserExtra map[string][]string `json:"act-as-user-extra,omitempty"`
	// Username and Password are for basic authentication.
	Username string `json:"username,omitempty"`
	Password string `json:"password,omitempty" datapolicy:"password"`
	// AuthProvider names a plugin that is compiled in; Exec describes one that is a program.
	AuthProvider *AuthProviderConfig       `json:"auth-provider,omitempty"`
	Exec         *ExecConfig               `json:"exec,omitempty"`
	Extensions   map[string]runtime.Object `json:"extensions,omitempty"`
}

// Context is a named choice: this cluster, as this user, in this namespace.
type Context struct {
	// LocationOfOrigin is the path of the file that this came from; empty if it came from none. Never written.
	LocationOfOrigin string `json:"-"`
	// Cluster and AuthInfo are keys of Config.Clusters and Config.AuthInfos.
	Cluster  string `json:"cluster"`
	AuthInfo string `json:"user"`
	// Namespace is for requests that name none. Empty: "default".
	Namespace  string                    `json:"namespace,omitempty"`
	Extensions map[string]runtime.Object `json:"extensions,omitempty"`
}

// AuthProviderConfig is a compiled-in plugin's name and settings. Settings may be secrets.
type AuthProviderConfig struct {
	Name   string            `json:"name"`
	Config map[string]string `json:"config,omitempty"`
}

// NewConfig returns an empty Config whose maps can be written to.
func NewConfig() *Config {
	return &Config{
		Clusters:   map[string]*Cluster{},
		AuthInfos:  map[string]*AuthInfo{},
		Contexts:   map[string]*Context{},
		Extensions: map[string]runtime.Object{},
	}
}

// NewCluster returns an empty Cluster whose map can be written to.
func NewCluster() *Cluster { return &Cluster{Extensions: map[string]runtime.Object{}} }

// NewContext returns an empty Context whose map can be written to.
func NewContext() *Context { return &Context{Extensions: map[string]runtime.Object{}} }

// NewAuthInfo returns an empty AuthInfo whose maps can be written to.
func NewAuthInfo() *AuthInfo {
	return &AuthInfo{Extensions: map[string]runtime.Object{}, ImpersonateUserExtra: map[string][]string{}}
}

// IsConfigEmpty reports whether c says nothing. Kind, APIVersion and maps without entries don't count.
func IsConfigEmpty(c *Config) bool {
	entries := len(c.Clusters) + len(c.AuthInfos) + len(c.Contexts) + len(c.Extensions) + len(c.Preferences.Extensions)
	return entries == 0 && c.CurrentContext == "" && !c.Preferences.Colors
}
