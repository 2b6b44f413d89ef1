package requesturl_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	requesturl "client-go-workbook/exercises/ch01-clients/ex02-request-url"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

var found = invariant.Invariant{
	Says: "at the URL of a target, the server has just that",
	Read: "lib/rest/url.go, target.path",
}

// object is what tells one answer of the server from another.
type object struct {
	Kind     string
	Metadata metadata
}

type metadata struct{ Name, Namespace string }

func TestClusterHasWhatEveryServerHas(t *testing.T) {
	server := connect(t)
	for _, c := range []struct {
		want   object
		target requesturl.Target
	}{
		{object{"Service", metadata{"kubernetes", "default"}},
			requesturl.Target{GroupVersion: core, Namespace: "default", Resource: "services", Name: "kubernetes"}},
		{object{"Role", metadata{"extension-apiserver-authentication-reader", "kube-system"}},
			requesturl.Target{GroupVersion: rbac, Namespace: "kube-system", Resource: "roles", Name: "extension-apiserver-authentication-reader"}},
		{object{"Namespace", metadata{"default", ""}},
			requesturl.Target{GroupVersion: core, Resource: "namespaces", Name: "default"}},
		{object{"ClusterRole", metadata{"system:kube-scheduler", ""}}, clusterRole("system:kube-scheduler")},
		{object{"ServiceList", metadata{}}, requesturl.Target{GroupVersion: core, Resource: "services"}},
		{object{"DeploymentList", metadata{}},
			requesturl.Target{GroupVersion: apps, Namespace: "default", Resource: "deployments"}},
	} {
		found.Equal(t, c.want, server.get(t, c.target), "GET %+v", c.target)
	}
}

func TestClusterHasSubresources(t *testing.T) {
	server := connect(t)
	ns := cluster.NamespaceForTest(t, server.cfg)
	deployments := requesturl.Target{GroupVersion: apps, Namespace: ns, Resource: "deployments"}
	server.do(t, http.MethodPost, deployments, `{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
		"spec": {
			"replicas": 0,
			"selector": {"matchLabels": {"app": "web"}},
			"template": {
				"metadata": {"labels": {"app": "web"}},
				"spec": {"containers": [{"name": "web", "image": "web"}]}
			}
		}
	}`)
	web := deployments
	web.Name = "web"
	found.Equal(t, object{"Deployment", metadata{"web", ns}}, server.get(t, web), "GET %+v", web)
	web.Subresources = []string{"status"}
	found.Equal(t, object{"Deployment", metadata{"web", ns}}, server.get(t, web), "GET %+v", web)
	web.Subresources = []string{"scale"}
	found.Equal(t, object{"Scale", metadata{"web", ns}}, server.get(t, web), "GET %+v", web)

	namespace := requesturl.Target{GroupVersion: core, Resource: "namespaces", Name: ns, Subresources: []string{"status"}}
	found.Equal(t, object{"Namespace", metadata{ns, ""}}, server.get(t, namespace), "GET %+v", namespace)
}

// server is the cluster's, without a client's help.
type server struct {
	cfg    *rest.Config
	client *http.Client
	base   *url.URL
}

func connect(t *testing.T) *server {
	t.Helper()
	cfg := cluster.ForTest(t)
	client, err := rest.HTTPClientFor(cfg)
	found.NoError(t, err, "make a client for the cluster")
	t.Cleanup(client.CloseIdleConnections)
	base, _, err := rest.DefaultServerUrlFor(cfg)
	found.NoError(t, err, "read the cluster's address")
	return &server{cfg: cfg, client: client, base: base}
}

func (s *server) get(t *testing.T, target requesturl.Target) object {
	t.Helper()
	return s.do(t, http.MethodGet, target, "")
}

func (s *server) do(t *testing.T, verb string, target requesturl.Target, body string) object {
	t.Helper()
	u, err := target.URL(s.base)
	found.NoError(t, err, "build the URL of %+v", target)
	req, err := http.NewRequestWithContext(t.Context(), verb, u.String(), strings.NewReader(body))
	found.NoError(t, err, "build the request %s %s", verb, u)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	found.NoError(t, err, "%s %s", verb, u)
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	found.NoError(t, err, "read the answer to %s %s", verb, u)
	var o object
	if resp.StatusCode >= 300 || json.Unmarshal(answer, &o) != nil {
		found.Broken(t, invariant.Report{Doing: verb + " " + u.String(), Expected: "an object", Saw: resp.Status + " " + string(answer)})
	}
	return o
}
