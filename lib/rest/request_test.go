package rest_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/rest"
)

// get starts a GET at http://kube.example that must not be sent.
func get(t testing.TB) *rest.Request {
	return newClient(t, "http://kube.example", &script{t: t}).Get()
}

func TestURL(t *testing.T) {
	for _, c := range []struct {
		want    string
		request *rest.Request
	}{
		{"/api/v1", get(t)},
		{"/api/v1/nodes", get(t).Resource("nodes")},
		{"/api/v1/pods", get(t).Namespace("").Resource("PODS")},
		{"/api/v1/namespaces/shop/pods", get(t).Resource("pods").Namespace("shop")},
		{"/api/v1/nodes/n1", get(t).NamespaceIfScoped("shop", false).Resource("nodes").Name("n1")},
		{"/api/v1/namespaces/a/pods/p", get(t).Name("p").NamespaceIfScoped("a", true).Resource("pods")},
		{"/api/v1/namespaces/a/pods/p/log", get(t).Namespace("a").Resource("pods").Name("p").SubResource("log")},
		{"/api/v1/namespaces/a/pods/p", get(t).Namespace("a").Resource("pods").Name("p").SubResource("").SubResource()},
		{"/api/v1/nodes/n/proxy/metrics/a/b", get(t).Resource("nodes").Name("n").SubResource("proxy", "metrics").Suffix("a", "b")},
		{"/api/v1/watch/pods", get(t).Prefix("watch").Resource("pods")},
		{"/healthz", get(t).AbsPath("/healthz")},
		{"/healthz/", get(t).AbsPath("/healthz/")},
		{"/", get(t).AbsPath("/")},
		{"/apis/apps", get(t).AbsPath("apis/", "apps")},
		{"/", get(t).AbsPath()},
		{"/apis/apps/v1/x", get(t).Prefix("gone").AbsPath("apis", "apps/", "/v1/").Suffix("x")},
		{"/api/v1/pods?a=1&a=2&b=", get(t).Resource("pods").Param("b", "").Param("a", "1").Param("a", "2")},
		{"/api/v1/pods?q=%26x%3D1%23", get(t).Resource("pods").Param("q", "&x=1#")},
		{"/api/v1/nodes/%C3%A4%20b%3Fc%23d", get(t).Resource("nodes").Name("ä b?c#d")},
		{"/api/v1/nodes/...", get(t).Resource("nodes").Name("...")},
		{"/version?timeout=32s", get(t).AbsPath("/version").Timeout(32 * time.Second)},
		{"/apis/x?limit=2", get(t).Param("gone", "1").RequestURI("/apis/x?limit=2")},
		{"/apis/y", get(t).Param("gone", "1").RequestURI("/apis/y")},
		{"/api/v1/pods?timeout=1s", get(t).Resource("pods").Param("timeout", "9s").Timeout(time.Second)},
	} {
		t.Run(c.want, func(t *testing.T) {
			require.NoError(t, c.request.Error())
			require.Equal(t, "http://kube.example"+c.want, c.request.URL().String())
			require.Equal(t, "http://kube.example"+c.want, c.request.URL().String(), "asking changes nothing")
		})
	}
}

func TestATimeoutCanBeTakenBack(t *testing.T) {
	r := get(t).Resource("pods").Param("a", "1").Timeout(time.Second)
	require.Equal(t, "a=1&timeout=1s", r.URL().RawQuery)
	require.Equal(t, "a=1", r.Timeout(0).URL().RawQuery)
}

func TestAServerMayLiveBeneathAPath(t *testing.T) {
	for _, base := range []string{"https://gate.example/clusters/a", "https://gate.example/clusters/a/"} {
		c := newClient(t, base, &script{t: t})
		require.Equal(t, "https://gate.example/clusters/a/api/v1/pods", c.Get().Resource("pods").URL().String())
		require.Equal(t, "https://gate.example/clusters/a/healthz/", c.Get().AbsPath("/healthz/").URL().String())
		require.Equal(t, "https://gate.example/clusters/a/", c.Get().AbsPath("/").URL().String())
		require.Equal(t, "https://gate.example/clusters/a/x?y=1", c.Get().RequestURI("/x?y=1").URL().String())
	}
}

func TestVersionedParams(t *testing.T) {
	seconds := int64(9)
	r := get(t).Resource("pods").Param("limit", "1").
		VersionedParams(&metav1.ListOptions{LabelSelector: "a=b,c in (d)", TimeoutSeconds: &seconds, Limit: 2}, parameterCodec)
	require.NoError(t, r.Error())
	want := url.Values{"labelSelector": {"a=b,c in (d)"}, "timeoutSeconds": {"9"}, "limit": {"1", "2"}}
	require.Equal(t, want, r.URL().Query(), "they add to what is there")

	unknown := schema.GroupVersion{Group: "none", Version: "v9"}
	r = get(t).SpecificallyVersionedParams(&corev1.PodLogOptions{Follow: true}, parameterCodec, unknown)
	require.ErrorContains(t, r.Error(), "none/v9")
}

// mistake is a request that must never leave the house, and why.
type mistake struct {
	request *rest.Request
	want    string
}

func mistakes(t testing.TB) map[string]mistake {
	pods := func() *rest.Request { return get(t).Namespace("shop").Resource("pods") }
	m := map[string]mistake{
		"empty name":             {pods().Name(""), "resource name may not be empty"},
		"name twice":             {pods().Name("a").Name("b"), `resource name already set to "a", cannot change to "b"`},
		"resource twice":         {pods().Resource("b"), `resource already set to "pods", cannot change to "b"`},
		"namespace twice":        {pods().Namespace("b"), `namespace already set to "shop", cannot change to "b"`},
		"no namespace, then one": {get(t).Namespace("").Namespace("b"), `namespace already set to "", cannot change to "b"`},
		"subresource twice":      {pods().SubResource("a").SubResource(".."), `subresource already set to "a", cannot change to ".."`},
		"bad second subresource": {pods().SubResource("proxy", ".."), `invalid subresource ".."`},
		"get without namespace": {get(t).Namespace("").Resource("pods").Name("a"),
			"an empty namespace may not be set when a resource name is provided"},
		"post without namespace": {get(t).Verb("POST").Namespace("").Resource("pods"), "an empty namespace may not be set during creation"},
		"body of no known type":  {pods().Body(struct{ Token string }{"s3cret"}), "unknown type used for body: struct { Token string }"},
		"body nil":               {pods().Body(nil), "unknown type used for body: <nil>"},
		"body file missing":      {pods().Body("/no/such/file"), "no such file"},
		"URI nonsense":           {get(t).RequestURI("http://[::1"), "missing ']'"},
		"verb nonsense":          {pods().Verb("G E T"), "invalid method"},
		"the first one counts":   {pods().Name("").Namespace(".."), "resource name may not be empty"},
	}
	for _, segment := range []string{"..", ".", "a/b", "../../secrets", "a%2Fb", "/", "%"} {
		m["name "+segment] = mistake{pods().Name(segment), "invalid resource name"}
		m["namespace "+segment] = mistake{get(t).Namespace(segment).Resource("pods"), "invalid namespace"}
		m["resource "+segment] = mistake{get(t).Resource(segment), "invalid resource"}
		m["subresource "+segment] = mistake{pods().Name("a").SubResource(segment), "invalid subresource"}
	}
	return m
}

func TestMistakesAreNotSent(t *testing.T) {
	send := map[string]func(*rest.Request) error{
		"Do":     func(r *rest.Request) error { return r.Do(t.Context()).Error() },
		"DoRaw":  func(r *rest.Request) error { _, err := r.DoRaw(t.Context()); return err },
		"Stream": func(r *rest.Request) error { _, err := r.Stream(t.Context()); return err },
		"Watch":  func(r *rest.Request) error { _, err := r.Watch(t.Context()); return err },
	}
	for name, m := range mistakes(t) {
		t.Run(name, func(t *testing.T) {
			for how, send := range send {
				err := send(m.request)
				require.ErrorContains(t, err, m.want, how)
				require.NotContains(t, err.Error(), "s3cret")
				var mistake *rest.RequestConstructionError
				require.ErrorAs(t, err, &mistake, how)
				require.Error(t, errors.Unwrap(mistake))
			}
		})
	}
}

func TestPathSegmentNames(t *testing.T) {
	for name, want := range map[string]string{
		"": "", "web": "", "...": "", "system:node": "", "..a": "", "ü": "",
		".": "may not be '.'", "..": "may not be '..'",
		"a/b": "may not contain '/'", "%2e": "may not contain '%'", "/%": "may not contain '/' may not contain '%'",
	} {
		require.Equal(t, want, strings.Join(rest.IsValidPathSegmentName(name), " "), name)
		require.Equal(t, want, strings.Join(rest.ValidatePathSegmentName(name, false), " "), name)
	}
	require.Empty(t, rest.IsValidPathSegmentPrefix(".."), "what follows may make a name of it")
	require.Empty(t, rest.ValidatePathSegmentName("..", true))
	require.NotEmpty(t, rest.ValidatePathSegmentName("../", true))
}

func TestContentNegotiation(t *testing.T) {
	const both = "application/vnd.kubernetes.protobuf,application/json"
	for name, c := range map[string]struct {
		contentType, accept       string // the client's config
		wantAccept, wantProtobufs string // Accept as it is, and after UseProtobufAsDefault
		wantType                  string // of a body after UseProtobufAsDefault
	}{
		"nobody chose":     {"", "", "application/json, */*", both, protobufType},
		"JSON chosen":      {jsonType, "", "application/json, */*", "application/json, */*", jsonType},
		"accept chosen":    {"", "application/yaml", "application/yaml", "application/yaml", jsonType},
		"protobuf chosen":  {protobufType, "", protobufType + ", */*", protobufType + ", */*", protobufType},
		"both are chosen":  {protobufType, both, both, both, protobufType},
		"YAML to be sent":  {"application/yaml", "", "application/yaml, */*", "application/yaml, */*", "application/yaml"},
		"accept, and type": {jsonType, both, both, both, jsonType},
	} {
		t.Run(name, func(t *testing.T) {
			s := &script{t: t, answers: []answer{{code: 200, body: podJSON}, {code: 200, body: podJSON}, {code: 200, body: podJSON}}}
			config := contentOf(c.contentType)
			config.AcceptContentTypes = c.accept
			base := &url.URL{Scheme: "http", Host: "kube.example"}
			request := func() *rest.Request {
				return rest.NewRequestWithClient(base, "/api/v1", config, &http.Client{Transport: s}).Verb("PUT")
			}
			require.NoError(t, request().Do(t.Context()).Error())
			require.NoError(t, request().UseProtobufAsDefaultIfPreferred(false).Do(t.Context()).Error())
			require.NoError(t, request().UseProtobufAsDefaultIfPreferred(true).Body(newPod()).Do(t.Context()).Error())
			require.Equal(t, c.wantAccept, s.headers[0].Get("Accept"))
			require.Equal(t, c.wantAccept, s.headers[1].Get("Accept"))
			require.Equal(t, c.wantProtobufs, s.headers[2].Get("Accept"))
			require.Equal(t, c.wantType, s.headers[2].Get("Content-Type"))
		})
	}
}

func TestAnAcceptHeaderOfOnesOwnStays(t *testing.T) {
	s := &script{t: t, answers: []answer{ok}}
	config := contentOf(jsonType)
	r := rest.NewRequestWithClient(&url.URL{Scheme: "http", Host: "kube.example"}, "/api/v1", config, &http.Client{Transport: s}).Verb("GET")
	require.NoError(t, r.SetHeader("Accept", "application/json;as=Table;v=v1;g=meta.k8s.io").UseProtobufAsDefault().Do(t.Context()).Error())
	require.Equal(t, "application/json;as=Table;v=v1;g=meta.k8s.io", s.headers[0].Get("Accept"))
}

func TestARequestWithoutAServer(t *testing.T) {
	r := rest.NewRequestWithClient(nil, "/api/v1", contentOf(""), nil).Verb("GET").Resource("pods")
	require.Equal(t, "/api/v1/pods", r.URL().String())
	require.ErrorContains(t, r.Do(t.Context()).Error(), "unsupported protocol scheme")
}
