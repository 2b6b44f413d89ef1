package exec

import (
	"errors"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest/exec/clientauthentication"
	"client-go-workbook/lib/rest/transport"
)

// Authenticator gets credentials from a program.
type Authenticator struct{}

// GetAuthenticator returns the authenticator of config and cluster.
func GetAuthenticator(config *api.ExecConfig, cluster *clientauthentication.Cluster) (*Authenticator, error) {
	return nil, errors.New("exec plugins are yet to come")
}

// UpdateTransportConfig makes c use the plugin's credentials.
func (a *Authenticator) UpdateTransportConfig(c *transport.Config) error { return nil }
