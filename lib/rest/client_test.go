package rest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/flowcontrol"
	"client-go-workbook/lib/rest"
)

const (
	jsonType     = runtime.ContentTypeJSON
	protobufType = runtime.ContentTypeProtobuf
)

var (
	scheme         = newScheme()
	codecs         = serializer.NewCodecFactory(scheme)
	parameterCodec = runtime.NewParameterCodec(scheme)
)

func newScheme() *runtime.Scheme {
	s := runtime.NewScheme()
	if err := corev1.AddToScheme(s); err != nil {
		panic(err)
	}
	metav1.AddToGroupVersion(s, schema.GroupVersion{Version: "v1"})
	return s
}

// contentOf is the config of a client of core/v1 that sends contentType; "" leaves the choice open.
func contentOf(contentType string) rest.ClientContentConfig {
	return rest.ClientContentConfig{
		ContentType:  contentType,
		GroupVersion: corev1.SchemeGroupVersion,
		Negotiator:   runtime.NewClientNegotiator(codecs.WithoutConversion(), corev1.SchemeGroupVersion),
	}
}

// newClient returns a client of core/v1 at base, without a rate limiter.
func newClient(t testing.TB, base string, rt http.RoundTripper) *rest.RESTClient {
	t.Helper()
	u, err := url.Parse(base)
	require.NoError(t, err)
	c, err := rest.NewRESTClient(u, "/api/v1", contentOf(""), nil, &http.Client{Transport: rt})
	require.NoError(t, err)
	return c
}

// serve runs handler on a real listener and returns a client of it, with connections of its own.
func serve(t testing.TB, handler http.HandlerFunc) *rest.RESTClient {
	t.Helper()
	server := httptest.NewServer(handler)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		server.CloseClientConnections()
		server.Close()
	})
	return newClient(t, server.URL, transport)
}

// script is a RoundTripper without a network: answers[i] answers the i-th request. One that isn't expected fails the
// test. It keeps what it was sent, and when.
type script struct {
	t       testing.TB
	answers []answer
	bodies  []string
	headers []http.Header
	urls    []string
	times   []time.Time
}

type answer struct {
	err    error
	code   int
	header http.Header
	body   string
	stream io.ReadCloser // instead of body
}

func (s *script) RoundTrip(req *http.Request) (*http.Response, error) {
	i := len(s.urls)
	if i >= len(s.answers) {
		s.t.Errorf("request %d wasn't expected: %s %s", i+1, req.Method, req.URL)
		return nil, io.ErrNoProgress
	}
	body := ""
	if req.Body != nil {
		data, err := io.ReadAll(req.Body)
		require.NoError(s.t, err)
		require.NoError(s.t, req.Body.Close())
		body = string(data)
	}
	s.bodies = append(s.bodies, body)
	s.headers = append(s.headers, req.Header.Clone())
	s.urls = append(s.urls, req.URL.String())
	s.times = append(s.times, time.Now())
	if err := req.Context().Err(); err != nil {
		return nil, err
	}
	return s.answers[i].response(req)
}

func (a answer) response(req *http.Request) (*http.Response, error) {
	if a.err != nil {
		return nil, a.err
	}
	stream := a.stream
	length := int64(-1)
	if stream == nil {
		stream, length = io.NopCloser(bytes.NewReader([]byte(a.body))), int64(len(a.body))
	}
	header := a.header
	if header == nil {
		header = http.Header{"Content-Type": {jsonType}}
	}
	return &http.Response{StatusCode: a.code, Header: header, Body: stream, ContentLength: length, Request: req}, nil
}

// retryAfter is an answer that asks to come back.
func retryAfter(code int, seconds string) answer {
	return answer{code: code, header: http.Header{"Retry-After": {seconds}, "Content-Type": {"text/plain"}}, body: "later"}
}

const podJSON = `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop","resourceVersion":"7"}}`

func newPod() *corev1.Pod {
	return &corev1.Pod{
		TypeMeta:   metav1.TypeMeta{Kind: "Pod", APIVersion: "v1"},
		ObjectMeta: metav1.ObjectMeta{Name: "web", Namespace: "shop", ResourceVersion: "7"},
	}
}

// encode writes obj as contentType.
func encode(t testing.TB, contentType string, obj runtime.Object) []byte {
	t.Helper()
	encoder, err := contentOf("").Negotiator.Encoder(contentType, nil)
	require.NoError(t, err)
	data, err := runtime.Encode(encoder, obj)
	require.NoError(t, err)
	return data
}

func TestAClientStartsRequests(t *testing.T) {
	limiter := flowcontrol.NewFakeAlwaysRateLimiter()
	base := &url.URL{Scheme: "https", Host: "kube.example", Path: "/proxy", RawQuery: "x=1", Fragment: "f"}
	c, err := rest.NewRESTClient(base, "/apis/apps/v1", contentOf(""), limiter, nil)
	require.NoError(t, err)

	require.Equal(t, limiter, c.GetRateLimiter())
	require.Equal(t, corev1.SchemeGroupVersion, c.APIVersion())
	for verb, request := range map[string]*rest.Request{
		"GET": c.Get(), "POST": c.Post(), "PUT": c.Put(), "DELETE": c.Delete(), "PATCH": c.Patch(types.MergePatchType), "HEAD": c.Verb("HEAD"),
	} {
		t.Run(verb, func(t *testing.T) {
			require.Equal(t, "https://kube.example/proxy/apis/apps/v1", request.URL().String(), "query and fragment of the base are dropped")
		})
	}
	require.Equal(t, "/proxy", base.Path, "the caller's URL stays as it was")

	var none *rest.RESTClient
	require.Nil(t, none.GetRateLimiter())

	_, err = rest.NewRESTClient(nil, "/api/v1", contentOf(""), nil, nil)
	require.ErrorContains(t, err, "base URL")
}

func TestVerbsAndHeadersReachTheServer(t *testing.T) {
	var got *http.Request
	c := serve(t, func(w http.ResponseWriter, req *http.Request) {
		got = req
		w.Header().Set("Content-Type", jsonType)
		_, _ = io.WriteString(w, podJSON)
	})
	err := c.Patch(types.JSONPatchType).Namespace("shop").Resource("pods").Name("web").SubResource("status").
		SetHeader("X-Two", "a", "b").SetHeader("X-Gone", "x").SetHeader("X-Gone").
		Body([]byte(`[]`)).Do(t.Context()).Error()
	require.NoError(t, err)
	require.Equal(t, "PATCH", got.Method)
	require.Equal(t, "/api/v1/namespaces/shop/pods/web/status", got.URL.Path)
	require.Equal(t, "application/json-patch+json", got.Header.Get("Content-Type"))
	require.Equal(t, "application/json, */*", got.Header.Get("Accept"))
	require.Equal(t, []string{"a", "b"}, got.Header["X-Two"])
	require.NotContains(t, got.Header, "X-Gone")
	require.EqualValues(t, 2, got.ContentLength)
}

func TestABadEnvironmentLeavesBackoffOff(t *testing.T) {
	for name, env := range map[string][2]string{"half": {"1", ""}, "nonsense": {"one", "two"}, "too large": {"99999999999999999999", "1"}} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("KUBE_CLIENT_BACKOFF_BASE", env[0])
			t.Setenv("KUBE_CLIENT_BACKOFF_DURATION", env[1])
			synctest.Test(t, func(t *testing.T) {
				s := &script{t: t, answers: []answer{{code: 500}, ok}}
				c := newClient(t, "http://kube.example", s)
				require.Error(t, c.Get().Do(t.Context()).Error())
				require.NoError(t, c.Get().Do(t.Context()).Error())
				require.Equal(t, []time.Duration{0}, s.waits())
			})
		})
	}
}
