package requesturl_test

import (
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

// A target, and the path that it has on a server whose API begins at "/".
var places = map[string]struct {
	target requesturl.Target
	path   string
}{
	"all pods":                 {requesturl.Target{GroupVersion: core, Resource: "pods"}, "/api/v1/pods"},
	"a namespace's pods":       {requesturl.Target{GroupVersion: core, Namespace: "shop", Resource: "pods"}, "/api/v1/namespaces/shop/pods"},
	"a pod":                    {requesturl.Target{GroupVersion: core, Namespace: "shop", Resource: "pods", Name: "web"}, "/api/v1/namespaces/shop/pods/web"},
	"its log":                  {requesturl.Target{GroupVersion: core, Namespace: "shop", Resource: "pods", Name: "web", Subresources: []string{"log"}}, "/api/v1/namespaces/shop/pods/web/log"},
	"what it serves":           {requesturl.Target{GroupVersion: core, Namespace: "shop", Resource: "pods", Name: "web", Subresources: []string{"proxy", "metrics"}}, "/api/v1/namespaces/shop/pods/web/proxy/metrics"},
	"a node":                   {requesturl.Target{GroupVersion: core, Resource: "nodes", Name: "n1"}, "/api/v1/nodes/n1"},
	"a node's status":          {requesturl.Target{GroupVersion: core, Resource: "nodes", Name: "n1", Subresources: []string{"status"}}, "/api/v1/nodes/n1/status"},
	"a namespace itself":       {requesturl.Target{GroupVersion: core, Resource: "namespaces", Name: "shop"}, "/api/v1/namespaces/shop"},
	"all namespaces":           {requesturl.Target{GroupVersion: core, Resource: "namespaces"}, "/api/v1/namespaces"},
	"all deployments":          {requesturl.Target{GroupVersion: apps, Resource: "deployments"}, "/apis/apps/v1/deployments"},
	"a deployment's scale":     {requesturl.Target{GroupVersion: apps, Namespace: "shop", Resource: "deployments", Name: "web", Subresources: []string{"scale"}}, "/apis/apps/v1/namespaces/shop/deployments/web/scale"},
	"a cluster role":           {requesturl.Target{GroupVersion: rbac, Resource: "clusterroles", Name: "view"}, "/apis/rbac.authorization.k8s.io/v1/clusterroles/view"},
	"a resource in upper case": {requesturl.Target{GroupVersion: apps, Namespace: "shop", Resource: "ReplicaSets", Name: "Web"}, "/apis/apps/v1/namespaces/shop/replicasets/Web"},
}

func TestEachPartHasItsPlace(t *testing.T) {
	for name, c := range places {
		t.Run(name, func(t *testing.T) {
			inPlace.Equal(t, "https://kube.example:6443"+c.path, build(t, inPlace, "https://kube.example:6443", c.target), "the URL of %+v", c.target)
		})
	}
}

func TestServerMayLiveBelowAPath(t *testing.T) {
	for _, base := range []string{"https://proxy.example/k8s/clusters/c1", "https://proxy.example/k8s/clusters/c1/"} {
		for name, c := range places {
			t.Run(name, func(t *testing.T) {
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
	for field, set := range map[string]func(*requesturl.Target, string){
		"namespace":         func(t *requesturl.Target, s string) { t.Namespace = s },
		"resource":          func(t *requesturl.Target, s string) { t.Resource = s },
		"name":              func(t *requesturl.Target, s string) { t.Name = s },
		"subresource":       func(t *requesturl.Target, s string) { t.Subresources = []string{s} },
		"last subresource":  func(t *requesturl.Target, s string) { t.Subresources = []string{"proxy", s} },
		"first subresource": func(t *requesturl.Target, s string) { t.Subresources = []string{s, "metrics"} },
	} {
		for _, segment := range elsewhere {
			t.Run(field+" "+segment, func(t *testing.T) {
				target := requesturl.Target{GroupVersion: core, Namespace: "shop", Resource: "pods", Name: "web"}
				set(&target, segment)
				refuse(t, target, segment)
			})
		}
	}
}

func refuse(t *testing.T, target requesturl.Target, segment string) {
	t.Helper()
	u, err := target.URL(parse(t, refused, "https://kube.example/k8s"))
	if err == nil {
		refused.Broken(t, invariant.Report{Doing: "the URL of a target with " + segment + " in it", Expected: "an error", Saw: u.String()})
	}
	if !strings.Contains(err.Error(), segment) {
		refused.Broken(t, invariant.Report{Doing: "read the error", Expected: "one that quotes " + segment, Saw: err.Error()})
	}
}

func TestNamesMayHoldNearlyEverything(t *testing.T) {
	for name, want := range map[string]string{
		"system:kube-scheduler": "system:kube-scheduler", // as cluster roles are called
		"v1.apps":               "v1.apps",               // and API services
		"...":                   "...",
		"..web":                 "..web",
		"the web":               "the%20web",
		"web?watch=true":        "web%3Fwatch=true",
		"web#2":                 "web%232",
		"größe":                 "gr%C3%B6%C3%9Fe",
		"a+b":                   "a+b",
	} {
		t.Run(name, func(t *testing.T) {
			target := requesturl.Target{GroupVersion: rbac, Resource: "clusterroles", Name: name}
			sent := build(t, escaped, "https://kube.example", target)
			escaped.Equal(t, "https://kube.example/apis/rbac.authorization.k8s.io/v1/clusterroles/"+want, sent, "what is sent for the name %q", name)
			escaped.Equal(t, "/apis/rbac.authorization.k8s.io/v1/clusterroles/"+name, parse(t, escaped, sent).Path, "what the server reads of it")
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
