package v1

import (
	"k8s.io/apimachinery/pkg/util/net"

	"client-go-workbook/lib/rest"
)

// ServiceExpansion is what only services can do.
type ServiceExpansion interface {
	// ProxyGet is a request that the API server passes on to one of the service's endpoints. Scheme is
	// "http", "https" or ""; port is a number, a name or "".
	ProxyGet(scheme, name, port, path string, params map[string]string) rest.ResponseWrapper
}

func (c *services) ProxyGet(scheme, name, port, path string, params map[string]string) rest.ResponseWrapper {
	r := c.GetClient().Get().Namespace(c.GetNamespace()).Resource("services")
	return proxyGet(r, net.JoinSchemeNamePort(scheme, name, port), path, params)
}
