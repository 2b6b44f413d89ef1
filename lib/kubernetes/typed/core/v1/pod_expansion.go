package v1

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/net"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
)

// PodExpansion is what only pods can do.
type PodExpansion interface {
	// Bind puts the pod that binding names on the node in binding.Target. It is how a scheduler
	// decides. The binding's own namespace is not looked at.
	Bind(ctx context.Context, binding *corev1.Binding, opts metav1.CreateOptions) error
	// EvictV1 deletes the pod that eviction names if its disruption budgets allow it. If they don't,
	// the error is one that apierrors.IsTooManyRequests knows.
	EvictV1(ctx context.Context, eviction *policyv1.Eviction) error
	// EvictV1beta1 is EvictV1 for servers before 1.22.
	EvictV1beta1(ctx context.Context, eviction *policyv1beta1.Eviction) error
	// GetLogs is a request for a container's output, to be sent with Stream or DoRaw. Options that
	// are nil ask for the only container's log from its start.
	GetLogs(name string, opts *corev1.PodLogOptions) *rest.Request
	// ProxyGet is a request that the API server passes on to the pod. Scheme is "http", "https" or "";
	// port is a number, a name or "".
	ProxyGet(scheme, name, port, path string, params map[string]string) rest.ResponseWrapper
}

func (c *pods) Bind(ctx context.Context, binding *corev1.Binding, opts metav1.CreateOptions) error {
	return c.post(ctx, binding.Name, "binding", binding, &opts)
}

func (c *pods) EvictV1(ctx context.Context, eviction *policyv1.Eviction) error {
	return c.post(ctx, eviction.Name, "eviction", eviction, &metav1.CreateOptions{})
}

func (c *pods) EvictV1beta1(ctx context.Context, eviction *policyv1beta1.Eviction) error {
	return c.post(ctx, eviction.Name, "eviction", eviction, &metav1.CreateOptions{})
}

// post sends body to one of the pod's subresources. The answer is a Status, not worth decoding.
func (c *pods) post(ctx context.Context, name, subresource string, body runtime.Object, opts *metav1.CreateOptions) error {
	return c.GetClient().Post().
		Namespace(c.GetNamespace()).
		Resource("pods").
		Name(name).
		SubResource(subresource).
		VersionedParams(opts, scheme.ParameterCodec).
		Body(body).
		Do(ctx).
		Error()
}

func (c *pods) GetLogs(name string, opts *corev1.PodLogOptions) *rest.Request {
	if opts == nil {
		opts = &corev1.PodLogOptions{}
	}
	return c.GetClient().Get().
		Namespace(c.GetNamespace()).
		Resource("pods").
		Name(name).
		SubResource("log").
		VersionedParams(opts, scheme.ParameterCodec)
}

func (c *pods) ProxyGet(scheme, name, port, path string, params map[string]string) rest.ResponseWrapper {
	r := c.GetClient().Get().Namespace(c.GetNamespace()).Resource("pods")
	return proxyGet(r, net.JoinSchemeNamePort(scheme, name, port), path, params)
}

// proxyGet points r at what the API server's proxy finds under name: http:web-0:8080.
func proxyGet(r *rest.Request, name, path string, params map[string]string) *rest.Request {
	r = r.Name(name).SubResource("proxy").Suffix(path)
	for key, value := range params {
		r = r.Param(key, value)
	}
	return r
}
