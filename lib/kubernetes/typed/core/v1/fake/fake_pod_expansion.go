package fake

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	policyv1beta1 "k8s.io/api/policy/v1beta1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/testing"
)

// Bind is a create of pods/binding, in the binding's namespace if it has one. The pod stays without a node unless a reactor
// puts it on one.
func (c *fakePods) Bind(ctx context.Context, binding *corev1.Binding, opts metav1.CreateOptions) error {
	namespace := cmp.Or(binding.Namespace, c.Namespace())
	action := testing.NewCreateSubresourceActionWithOptions(c.Resource(), binding.Name, "binding", namespace, binding, opts)
	_, err := c.Fake.Invokes(action, binding)
	return err
}

// EvictV1 is a create of pods/eviction, which leaves the pod where it is unless a reactor does more.
func (c *fakePods) EvictV1(ctx context.Context, eviction *policyv1.Eviction) error {
	return c.evict(eviction.Name, eviction)
}

// EvictV1beta1 is the same action as EvictV1, with the older object.
func (c *fakePods) EvictV1beta1(ctx context.Context, eviction *policyv1beta1.Eviction) error {
	return c.evict(eviction.Name, eviction)
}

func (c *fakePods) evict(name string, eviction runtime.Object) error {
	action := testing.NewCreateSubresourceAction(c.Resource(), name, "eviction", c.Namespace(), eviction)
	_, err := c.Fake.Invokes(action, eviction)
	return err
}

// GetLogs is a get of pods/log, whose value are the options. It is answered when it is called, not when the request is sent:
// with "fake logs", or what a reactor returns as a *runtime.Unknown, or its error. A reactor that returns neither is a
// mistake, and the request fails.
func (c *fakePods) GetLogs(name string, opts *corev1.PodLogOptions) *rest.Request {
	action := testing.GenericActionImpl{
		ActionImpl: testing.ActionImpl{Namespace: c.Namespace(), Verb: "get", Resource: c.Resource(), Subresource: "log"},
		Value:      opts,
	}
	said, err := c.Fake.Invokes(action, &runtime.Unknown{Raw: []byte("fake logs")})
	logs, ok := said.(*runtime.Unknown)
	if err == nil && (!ok || logs == nil) {
		err = fmt.Errorf("get pods/log: a reactor returned a %T, want *runtime.Unknown", said)
	}
	answer := transport(func(*http.Request) (*http.Response, error) {
		if err != nil {
			return nil, err
		}
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(logs.Raw))}, nil
	})
	content := rest.ClientContentConfig{GroupVersion: corev1.SchemeGroupVersion, Negotiator: runtime.NewClientNegotiator(scheme.Codecs.WithoutConversion(), corev1.SchemeGroupVersion)}
	client, _ := rest.NewRESTClient(&url.URL{Scheme: "https", Host: "localhost"}, "/api/v1", content, nil, &http.Client{Transport: answer}) // can't fail: nothing in it is a user's
	return client.Get().Namespace(c.Namespace()).Resource("pods").Name(name).SubResource("log")
}

// transport answers requests by a call of itself.
type transport func(*http.Request) (*http.Response, error)

func (t transport) RoundTrip(r *http.Request) (*http.Response, error) { return t(r) }

// ProxyGet needs a proxy reactor; without one the answer is nil.
func (c *fakePods) ProxyGet(scheme, name, port, path string, params map[string]string) rest.ResponseWrapper {
	return c.Fake.InvokesProxy(testing.NewProxyGetAction(c.Resource(), c.Namespace(), scheme, name, port, path, params))
}
