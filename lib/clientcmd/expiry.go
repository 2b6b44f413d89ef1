package clientcmd

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"time"

	"k8s.io/klog/v2"

	"client-go-workbook/lib/clientcmd/api"
)

// warnIfExpired logs that a user's certificate is of no use any more. The server will say no more than "Unauthorized".
// It isn't an error: a file may be renewed, the clock may be wrong, and the user may have a token as well.
func warnIfExpired(name string, user *api.AuthInfo) {
	data := user.ClientCertificateData
	if len(data) == 0 && user.ClientCertificate != "" {
		data, _ = os.ReadFile(user.ClientCertificate)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return // the transport will say what is wrong
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err == nil && time.Now().After(cert.NotAfter) {
		klog.Background().Info("The client certificate in the kubeconfig has expired", "user", name, "on", cert.NotAfter)
	}
}
