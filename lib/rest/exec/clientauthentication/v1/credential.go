// Package v1 is the wire format between client and exec plugin: client.authentication.k8s.io/v1, in JSON.
//
//	ExecCredential
//	├ spec    client → plugin   interactive, cluster
//	└ status  plugin → client   token and/or certificate + key, until when
//
// Upstream: pkg/apis/clientauthentication/v1.
// Left out: generated conversions and model names.
package v1

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// SchemeGroupVersion is client.authentication.k8s.io/v1.
var SchemeGroupVersion = schema.GroupVersion{Group: "client.authentication.k8s.io", Version: "v1"}

// ExecCredential is both the request, with its spec, and the answer, with its status.
type ExecCredential struct {
	metav1.TypeMeta `json:""`

	Spec   ExecCredentialSpec    `json:"spec,omitempty"`
	Status *ExecCredentialStatus `json:"status,omitempty"`
}

// ExecCredentialSpec is what the plugin is told.
type ExecCredentialSpec struct {
	// Cluster is set if the plugin's config has provideClusterInfo.
	Cluster *Cluster `json:"cluster,omitempty"`
	// Interactive says whether the plugin has the client's standard input.
	Interactive bool `json:"interactive"`
}

// ExecCredentialStatus is what the plugin answers: a token, or a certificate with its key, or all three.
// Printing it shows no credential.
type ExecCredentialStatus struct {
	// ExpirationTimestamp is when the client shall ask again; nil means not before the server refuses the credentials.
	ExpirationTimestamp *metav1.Time `json:"expirationTimestamp,omitempty"`
	// Token is a bearer token.
	Token string `json:"token,omitempty" datapolicy:"token"`
	// ClientCertificateData is PEM: the certificate and, if need be, intermediates.
	ClientCertificateData string `json:"clientCertificateData,omitempty"`
	// ClientKeyData is the certificate's key, as PEM.
	ClientKeyData string `json:"clientKeyData,omitempty" datapolicy:"security-key"`
}

// Cluster is the cluster that credentials are asked for, as a kubeconfig describes it.
type Cluster struct {
	Server                string `json:"server"`
	TLSServerName         string `json:"tls-server-name,omitempty"`
	InsecureSkipTLSVerify bool   `json:"insecure-skip-tls-verify,omitempty"`
	// CertificateAuthorityData is PEM; empty means the system's authorities.
	CertificateAuthorityData []byte `json:"certificate-authority-data,omitempty"`
	ProxyURL                 string `json:"proxy-url,omitempty"`
	DisableCompression       bool   `json:"disable-compression,omitempty"`
	// Config is the cluster's own setting for the plugin.
	Config runtime.RawExtension `json:"config,omitempty"`
}

// String says which credentials there are, and shows none.
func (s ExecCredentialStatus) String() string {
	return fmt.Sprintf("{ExpirationTimestamp:%v Token:%t ClientCertificateData:%t ClientKeyData:%t}",
		s.ExpirationTimestamp, s.Token != "", s.ClientCertificateData != "", s.ClientKeyData != "")
}

// GoString is String, because %#v would show the fields.
func (s ExecCredentialStatus) GoString() string { return s.String() }
