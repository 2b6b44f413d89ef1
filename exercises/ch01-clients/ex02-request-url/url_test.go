package requesturl_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"
	"k8s.io/apimachinery/pkg/runtime/schema"

	requesturl "client-go-workbook/exercises/ch01-clients/ex02-request-url"
	"client-go-workbook/exercises/internal/invariant"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	inPlace = invariant.Invariant{
		Says: "each part of the target is one segment of the path, in its own place, and what is empty has none",
		Read: "lib/rest/url.go, target.path",
	}
	refused = invariant.Invariant{
		Says: "a part that isn't one segment is refused: it would lead to another place",
		Read: "lib/rest/names.go, IsValidPathSegmentName; lib/rest/request.go, setSegment",
	}
	escaped = invariant.Invariant{
		Says: "a segment arrives as it was given, whatever characters are in it",
		Read: "the doc of url.URL, about Path and EscapedPath",
	}
	shared = invariant.Invariant{
		Says: "base belongs to all requests: its own path stays in front, and nobody changes it",
		Read: "lib/rest/url.go, Request.URL",
	}
)

var (
	core = schema.GroupVersion{Version: "v1"}
	apps = schema.GroupVersion{Group: "apps", Version: "v1"}
	rbac = schema.GroupVersion{Group: "rbac.authorization.k8s.io", Version: "v1"}
)

// places are targets, and their paths on a server whose API begins at "/".
var places = []struct {
	name   string
	target requesturl.Target
	path   string
}{
	{"all pods", requesturl.Target{GroupVersion: core, Resource: "pods"}, "/api/v1/pods"},
	{"a namespace's pods", requesturl.Target{GroupVersion: core, Namespace: "shop", Resource: "pods"}, "/api/v1/namespaces/shop/pods"},
	{"a pod", pod(), "/api/v1/namespaces/shop/pods/web"},
	{"its log", pod("log"), "/api/v1/namespaces/shop/pods/web/log"},
	{"what it serves", pod("proxy", "metrics"), "/api/v1/namespaces/shop/pods/web/proxy/metrics"},
	{"a node", node(), "/api/v1/nodes/n1"},
	{"its status", node("status"), "/api/v1/nodes/n1/status"},
	{"all namespaces", requesturl.Target{GroupVersion: core, Resource: "namespaces"}, "/api/v1/namespaces"},
	{"a namespace itself", requesturl.Target{GroupVersion: core, Resource: "namespaces", Name: "shop"}, "/api/v1/namespaces/shop"},
	{"all deployments", requesturl.Target{GroupVersion: apps, Resource: "deployments"}, "/apis/apps/v1/deployments"},
	{"a deployment's scale", deployment("scale"), "/apis/apps/v1/namespaces/shop/deployments/web/scale"},
	{"a cluster role", clusterRole("view"), "/apis/rbac.authorization.k8s.io/v1/clusterroles/view"},
	{"in upper case", requesturl.Target{GroupVersion: apps, Namespace: "shop", Resource: "ReplicaSets", Name: "Web"}, "/apis/apps/v1/namespaces/shop/replicasets/Web"},
}

func pod(subresources ...string) requesturl.Target {
	return requesturl.Target{GroupVersion: core, Namespace: "shop", Resource: "pods", Name: "web", Subresources: subresources}
}

func node(subresources ...string) requesturl.Target {
	return requesturl.Target{GroupVersion: core, Resource: "nodes", Name: "n1", Subresources: subresources}
}

func deployment(subresources ...string) requesturl.Target {
	return requesturl.Target{GroupVersion: apps, Namespace: "shop", Resource: "deployments", Name: "web", Subresources: subresources}
}

func clusterRole(name string) requesturl.Target {
	return requesturl.Target{GroupVersion: rbac, Resource: "clusterroles", Name: name}
}

func TestEachPartHasItsPlace(t *testing.T) {
	for _, c := range places {
		t.Run(c.name, func(t *testing.T) {
			inPlace.Equal(t, "https://kube.example:6443"+c.path, build(t, inPlace, "https://kube.example:6443", c.target), "the URL of %+v", c.target)
		})
	}
}

func TestServerMayLiveBelowAPath(t *testing.T) {
	for _, base := range []string{"https://proxy.example/k8s/clusters/c1", "https://proxy.example/k8s/clusters/c1/"} {
		for _, c := range places {
			t.Run(c.name, func(t *testing.T) {
				shared.Equal(t, "https://proxy.example/k8s/clusters/c1"+c.path, build(t, shared, base, c.target), "the URL of %+v on %s", c.target, base)
			})
		}
	}
}

func TestBaseStaysAsItWas(t *testing.T) {
	base := parse(t, shared, "https://proxy.example/k8s/")
	pods := requesturl.Target{GroupVersion: core, Resource: "pods"}
	for range 2 {
		u, err := pods.URL(base)
		shared.NoError(t, err, "build a URL")
		shared.Equal(t, "https://proxy.example/k8s/api/v1/pods", u.String(), "one request after another on the same base")
		shared.Equal(t, "https://proxy.example/k8s/", base.String(), "look at base after a request")
	}
}

// What would be the name of another object, of all objects, or of a subresource.
var elsewhere = []string{"..", ".", "web/status", "/", "../../secrets/token", "%2e%2e", "web%2fstatus", "100%"}

func TestWhatLeadsElsewhereIsRefused(t *testing.T) {
	for _, c := range []struct {
		part string
		set  func(*requesturl.Target, string)
	}{
		{"name", func(t *requesturl.Target, s string) { t.Name = s }},
		{"namespace", func(t *requesturl.Target, s string) { t.Namespace = s }},
		{"resource", func(t *requesturl.Target, s string) { t.Resource = s }},
		{"subresource", func(t *requesturl.Target, s string) { t.Subresources = []string{s} }},
		{"first of two subresources", func(t *requesturl.Target, s string) { t.Subresources = []string{s, "metrics"} }},
		{"last of two subresources", func(t *requesturl.Target, s string) { t.Subresources = []string{"proxy", s} }},
	} {
		for _, segment := range elsewhere {
			t.Run(c.part+" "+segment, func(t *testing.T) {
				target := pod()
				c.set(&target, segment)
				u, err := target.URL(parse(t, refused, "https://kube.example/k8s"))
				report := invariant.Report{
					Doing:    fmt.Sprintf("the URL of %+v, whose %s is %q", target, c.part, segment),
					Expected: "an error that quotes " + segment,
				}
				switch {
				case err == nil:
					report.Saw = "the URL " + u.String()
					refused.Broken(t, report)
				case !strings.Contains(err.Error(), segment):
					report.Saw = "the error: " + err.Error()
					refused.Broken(t, report)
				}
			})
		}
	}
}

func TestNamesMayHoldNearlyEverything(t *testing.T) {
	const roles = "/apis/rbac.authorization.k8s.io/v1/clusterroles/"
	for _, c := range []struct{ name, sent string }{
		{"system:kube-scheduler", "system:kube-scheduler"}, // as cluster roles are called
		{"v1.apps", "v1.apps"},                             // and API services
		{"...", "..."},
		{"..web", "..web"},
		{"the web", "the%20web"},
		{"web?watch=true", "web%3Fwatch=true"},
		{"web#2", "web%232"},
		{"größe", "gr%C3%B6%C3%9Fe"},
		{"a+b", "a+b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sent := build(t, escaped, "https://kube.example", clusterRole(c.name))
			escaped.Equal(t, "https://kube.example"+roles+c.sent, sent, "what is sent for the name %q", c.name)
			escaped.Equal(t, roles+c.name, parse(t, escaped, sent).Path, "what the server reads of it")
		})
	}
}

func build(t *testing.T, i invariant.Invariant, base string, target requesturl.Target) string {
	t.Helper()
	u, err := target.URL(parse(t, i, base))
	i.NoError(t, err, "build the URL of %+v", target)
	if u == nil {
		i.Broken(t, invariant.Report{Expected: "a URL", Saw: "neither a URL nor an error"})
	}
	return u.String()
}

func parse(t *testing.T, i invariant.Invariant, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	i.NoError(t, err, "read %s", s)
	return u
}
