// Package v1 is kubeconfig as it stands in a file: lists of named entries.
//
//	clusters:                          api.Config.Clusters
//	- name: a           ◀─ convert ─▶    "a": &api.Cluster{Server: …}
//	  cluster:
//	    server: …
//
// Package latest reads and writes these types; other code works with package api.
//
// Upstream: tools/clientcmd/api/v1.
// Left out: the exported Convert_… functions, since AddToScheme registers the conversion as a whole; DeepCopy of parts.
package v1

import (
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/clientcmd/api"
)

// Config is a kubeconfig file. The fields mean what they mean in api.Config.
type Config struct {
	Kind           string           `json:"kind,omitempty"`
	APIVersion     string           `json:"apiVersion,omitempty"`
	Preferences    Preferences      `json:"preferences,omitzero"`
	Clusters       []NamedCluster   `json:"clusters"`
	AuthInfos      []NamedAuthInfo  `json:"users"`
	Contexts       []NamedContext   `json:"contexts"`
	CurrentContext string           `json:"current-context"`
	Extensions     []NamedExtension `json:"extensions,omitempty"`
}

// NamedCluster is one entry of clusters.
type NamedCluster struct {
	Name    string  `json:"name"`
	Cluster Cluster `json:"cluster"`
}

// NamedAuthInfo is one entry of users.
type NamedAuthInfo struct {
	Name     string   `json:"name"`
	AuthInfo AuthInfo `json:"user"`
}

// NamedContext is one entry of contexts.
type NamedContext struct {
	Name    string  `json:"name"`
	Context Context `json:"context"`
}

// NamedExtension is one entry of any extensions list.
type NamedExtension struct {
	Name      string               `json:"name"`
	Extension runtime.RawExtension `json:"extension"`
}

// Preferences is api.Preferences in a file.
type Preferences struct {
	Colors     bool             `json:"colors,omitempty"`
	Extensions []NamedExtension `json:"extensions,omitempty"`
}

// Cluster is api.Cluster in a file. Data is base64 there.
type Cluster struct {
	Server                   string           `json:"server"`
	TLSServerName            string           `json:"tls-server-name,omitempty"`
	InsecureSkipTLSVerify    bool             `json:"insecure-skip-tls-verify,omitempty"`
	CertificateAuthority     string           `json:"certificate-authority,omitempty"`
	CertificateAuthorityData []byte           `json:"certificate-authority-data,omitempty"`
	ProxyURL                 string           `json:"proxy-url,omitempty"`
	DisableCompression       bool             `json:"disable-compression,omitempty"`
	Extensions               []NamedExtension `json:"extensions,omitempty"`
}

// AuthInfo is api.AuthInfo in a file. Data is base64 there; impersonation is named as kubectl's flags are.
type AuthInfo struct {
	ClientCertificate     string              `json:"client-certificate,omitempty"`
	ClientCertificateData []byte              `json:"client-certificate-data,omitempty"`
	ClientKey             string              `json:"client-key,omitempty"`
	ClientKeyData         []byte              `json:"client-key-data,omitempty" datapolicy:"security-key"`
	Token                 string              `json:"token,omitempty" datapolicy:"token"`
	TokenFile             string              `json:"tokenFile,omitempty"`
	Impersonate           string              `json:"as,omitempty"`
	ImpersonateUID        string              `json:"as-uid,omitempty"`
	ImpersonateGroups     []string            `json:"as-groups,omitempty"`
	ImpersonateUserExtra  map[string][]string `json:"as-user-extra,omitempty"`
	Username              string              `json:"username,omitempty"`
	Password              string              `json:"password,omitempty" datapolicy:"password"`
	AuthProvider          *AuthProviderConfig `json:"auth-provider,omitempty"`
	Exec                  *ExecConfig         `json:"exec,omitempty"`
	Extensions            []NamedExtension    `json:"extensions,omitempty"`
}

// Context is api.Context in a file.
type Context struct {
	Cluster    string           `json:"cluster"`
	AuthInfo   string           `json:"user"`
	Namespace  string           `json:"namespace,omitempty"`
	Extensions []NamedExtension `json:"extensions,omitempty"`
}

// AuthProviderConfig is api.AuthProviderConfig in a file.
type AuthProviderConfig struct {
	Name   string            `json:"name"`
	Config map[string]string `json:"config"`
}

// ExecConfig is what a file says of api.ExecConfig. The rest is known only at run time.
type ExecConfig struct {
	Command            string              `json:"command"`
	Args               []string            `json:"args"`
	Env                []ExecEnvVar        `json:"env"`
	APIVersion         string              `json:"apiVersion,omitempty"`
	InstallHint        string              `json:"installHint,omitempty"`
	ProvideClusterInfo bool                `json:"provideClusterInfo"`
	InteractiveMode    ExecInteractiveMode `json:"interactiveMode,omitempty"`
}

// ExecEnvVar and ExecInteractiveMode are the same in a file and in memory.
type (
	ExecEnvVar          = api.ExecEnvVar
	ExecInteractiveMode = api.ExecInteractiveMode
)

// The interactive modes, as in package api.
const (
	NeverExecInteractiveMode       = api.NeverExecInteractiveMode
	IfAvailableExecInteractiveMode = api.IfAvailableExecInteractiveMode
	AlwaysExecInteractiveMode      = api.AlwaysExecInteractiveMode
)
