package testing

import (
	"context"
	"io"
	"maps"

	"k8s.io/apimachinery/pkg/runtime/schema"
)

// ResponseWrapper is the answer of a proxy: its bytes, at once or as they come. lib/rest's type of this name fits.
type ResponseWrapper interface {
	DoRaw(context.Context) ([]byte, error)
	Stream(context.Context) (io.ReadCloser, error)
}

// ProxyGetAction reads from a pod or a service through the API server.
type ProxyGetAction interface {
	Action
	GetScheme() string
	GetName() string
	GetPort() string
	GetPath() string
	GetParams() map[string]string
}

// ProxyGetActionImpl is a ProxyGetAction.
type ProxyGetActionImpl struct {
	ActionImpl
	Scheme string
	Name   string
	Port   string
	Path   string
	Params map[string]string
}

func (a ProxyGetActionImpl) GetScheme() string { return a.Scheme }

func (a ProxyGetActionImpl) GetName() string { return a.Name }

func (a ProxyGetActionImpl) GetPort() string { return a.Port }

func (a ProxyGetActionImpl) GetPath() string { return a.Path }

func (a ProxyGetActionImpl) GetParams() map[string]string { return a.Params }

func (a ProxyGetActionImpl) DeepCopy() Action {
	a.Params = maps.Clone(a.Params)
	return a
}

func NewProxyGetAction(resource schema.GroupVersionResource, namespace, scheme, name, port, path string, params map[string]string) ProxyGetActionImpl {
	return ProxyGetActionImpl{ActionImpl{namespace, "get", resource, ""}, scheme, name, port, path, params}
}
