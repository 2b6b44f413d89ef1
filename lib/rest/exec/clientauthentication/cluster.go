package clientauthentication

import "k8s.io/apimachinery/pkg/runtime"

// Cluster is what an exec plugin is told of the cluster that it shall give credentials for.
type Cluster struct {
	Server                   string // URL or host:port
	TLSServerName            string // the name in the server's certificate, if it isn't Server's
	InsecureSkipTLSVerify    bool
	CertificateAuthorityData []byte // PEM; empty means the system's
	ProxyURL                 string
	DisableCompression       bool
	// Config is the cluster's own setting for the plugin, such as an audience: the extension
	// "client.authentication.k8s.io/exec" of the kubeconfig's cluster.
	Config runtime.Object
}
