package rest

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"k8s.io/klog/v2"
)

// ErrNotInCluster is InClusterConfig's answer outside of a pod.
var ErrNotInCluster = errors.New("unable to load in-cluster configuration, " +
	"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined")

// serviceAccountDir is where the kubelet mounts a pod's credentials. A test replaces it.
var serviceAccountDir = "/var/run/secrets/kubernetes.io/serviceaccount"

// InClusterConfig returns the config of a pod: the API server that the environment names, the pod's service account
// token (read again as the kubelet renews it), and the cluster's CA. Outside of a pod the error is ErrNotInCluster. A
// missing or broken CA file is logged, not an error: the server's certificate may be signed by a CA that the system
// trusts.
func InClusterConfig() (*Config, error) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, ErrNotInCluster
	}
	config := &Config{
		Host:            "https://" + net.JoinHostPort(host, port),
		BearerTokenFile: filepath.Join(serviceAccountDir, "token"),
	}
	token, err := os.ReadFile(config.BearerTokenFile)
	if err != nil {
		return nil, fmt.Errorf("read service account token: %w", err)
	}
	config.BearerToken = strings.TrimSpace(string(token))

	caFile := filepath.Join(serviceAccountDir, "ca.crt")
	if err := checkCertificates(caFile); err != nil {
		klog.Background().Error(err, "Using the system's certificate authorities instead of the cluster's",
			"file", caFile)
		return config, nil
	}
	config.CAFile = caFile
	return config, nil
}

func checkCertificates(file string) error {
	pem, err := os.ReadFile(file)
	if err == nil && !x509.NewCertPool().AppendCertsFromPEM(pem) {
		err = fmt.Errorf("no certificate in %s", file)
	}
	return err
}
