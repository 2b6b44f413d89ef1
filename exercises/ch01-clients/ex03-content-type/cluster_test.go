package contenttype_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	contenttype "client-go-workbook/exercises/ch01-clients/ex03-content-type"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

var sameObject = invariant.Invariant{
	Says: "JSON, YAML and protobuf are three ways to write the same object",
	Read: "lib/rest/negotiate.go; scheme.Codecs in lib/kubernetes/scheme",
}

func TestClusterHasTheSameObjectInAllFormats(t *testing.T) {
	c := connect(t)
	ns := cluster.NamespaceForTest(t, c.cfg)
	created := &corev1.ConfigMap{}
	err := c.core.Post().Namespace(ns).Resource("configmaps").Body(&corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: "prices", Labels: map[string]string{"season": "autumn"}},
		Data:       prices.Data,
		BinaryData: map[string][]byte{"stamp": {0, 1, 0xff}},
	}).Do(t.Context()).Into(created)
	sameObject.NoError(t, err, "create a ConfigMap")

	url := c.core.Get().Namespace(ns).Resource("configmaps").Name("prices").URL().String()
	for _, format := range []string{jsonType, protobufType, yamlType} {
		obj, err := c.client(format, "").Get(t.Context(), url)
		sameObject.NoError(t, err, "GET as %s", format)
		sameObject.Equal(t, format, c.received, "the format of the answer to a client of %s", format)
		sameObject.Equal(t, created, obj, "GET as %s", format)
	}
}

func TestClusterRefusesInAFormatOfItsOwn(t *testing.T) {
	c := connect(t)
	nodes := c.core.Get().Resource("nodes").URL().String()
	_, err := c.client(protobufType, "text/html").Get(t.Context(), nodes)
	if !apierrors.IsNotAcceptable(err) {
		preferred.Broken(t, invariant.Report{Doing: "GET nodes as text/html", Expected: "406, Not Acceptable", Saw: seen(nil, err)})
	}
	nobody := c.core.Get().Resource("nodes").Name("nobody").URL().String()
	_, err = c.client(protobufType, "").Get(t.Context(), nobody)
	if !apierrors.IsNotFound(err) {
		asItCame.Broken(t, invariant.Report{Doing: "GET a node that isn't there", Expected: "404, Not Found", Saw: seen(nil, err)})
	}
	asItCame.Equal(t, protobufType, c.received, "the format of the 404")
}

func TestClusterHasMoreThanObjects(t *testing.T) {
	c := connect(t)
	obj, err := c.client(protobufType, "").Get(t.Context(), c.core.Get().AbsPath("/version").URL().String())
	asItCame.Equal(t, jsonType, c.received, "the format of /version, for a client of protobuf")
	if err == nil || !strings.Contains(err.Error(), "'Kind' is missing") {
		asItCame.Broken(t, invariant.Report{
			Doing:    "GET /version, which is JSON, but no object",
			Expected: "the JSON decoder's error: there is no kind in it",
			Saw:      seen(obj, err),
		})
	}
	obj, err = c.client(jsonType, "").Get(t.Context(), c.core.Get().AbsPath("/healthz").URL().String())
	var none runtime.NegotiateError
	if !errors.As(err, &none) || none.ContentType != "text/plain" {
		unreadable.Broken(t, invariant.Report{
			Doing:    "GET /healthz, answered with Content-Type: " + c.received,
			Expected: "a runtime.NegotiateError about text/plain",
			Saw:      seen(obj, err),
		})
	}
}

// connection is to the cluster, and notes which format the last answer had.
type connection struct {
	cfg      *rest.Config
	core     *rest.RESTClient // makes objects and URLs
	http     *http.Client
	received string
}

func connect(t *testing.T) *connection {
	t.Helper()
	cfg := cluster.ForTest(t)
	cfg.APIPath, cfg.GroupVersion, cfg.NegotiatedSerializer = "/api", &corev1.SchemeGroupVersion, codecs
	core, err := rest.RESTClientFor(cfg)
	sameObject.NoError(t, err, "make a client for the cluster")
	t.Cleanup(core.Client.CloseIdleConnections)
	return &connection{cfg: cfg, core: core, http: core.Client}
}

func (c *connection) client(contentType, accept string) *contenttype.Client {
	return contenttype.NewClient(&http.Client{Transport: c}, rest.ClientContentConfig{
		AcceptContentTypes: accept,
		ContentType:        contentType,
		GroupVersion:       corev1.SchemeGroupVersion,
		Negotiator:         runtime.NewClientNegotiator(codecs, corev1.SchemeGroupVersion),
	})
}

func (c *connection) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.http.Transport.RoundTrip(req)
	if err == nil {
		c.received = resp.Header.Get("Content-Type")
	}
	return resp, err
}
