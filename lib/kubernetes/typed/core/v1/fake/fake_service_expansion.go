package fake

import (
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/testing"
)

// ProxyGet needs a proxy reactor; without one the answer is nil.
func (c *fakeServices) ProxyGet(scheme, name, port, path string, params map[string]string) rest.ResponseWrapper {
	return c.Fake.InvokesProxy(testing.NewProxyGetAction(c.Resource(), c.Namespace(), scheme, name, port, path, params))
}
