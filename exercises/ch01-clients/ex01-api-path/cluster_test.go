package apipath_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	apipath "client-go-workbook/exercises/ch01-clients/ex01-api-path"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

var known = invariant.Invariant{
	Says: "at the path of a group and version, the server lists the resources of just that",
	Read: "lib/discovery, which asks the same question for every group",
}

func TestClusterKnowsThePaths(t *testing.T) {
	cfg := cluster.ForTest(t)
	client, err := rest.HTTPClientFor(cfg)
	known.NoError(t, err, "make a client for the cluster")
	defer client.CloseIdleConnections()

	for _, root := range []string{"/api", "/apis"} {
		for _, gv := range served[root] {
			path := apipath.DefaultVersionedAPIPath(root, gv)
			known.Equal(t, gv.String(), servedAt(t, client, cfg.Host, path), "GET %s", path)
		}
	}
}

var served = map[string][]schema.GroupVersion{
	"/api": {{Version: "v1"}},
	"/apis": {
		{Group: "apps", Version: "v1"},
		{Group: "batch", Version: "v1"},
		{Group: "rbac.authorization.k8s.io", Version: "v1"},
	},
}

// servedAt returns the group and version that the server says it has at path, or its status.
func servedAt(t *testing.T, client *http.Client, host, path string) string {
	t.Helper()
	resp, err := client.Get(host + path)
	known.NoError(t, err, "GET %s", path)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	known.NoError(t, err, "read the answer to GET %s", path)
	if resp.StatusCode != http.StatusOK {
		return resp.Status
	}
	var list metav1.APIResourceList
	if json.Unmarshal(body, &list) != nil || list.GroupVersion == "" {
		return "something else: " + string(body[:min(len(body), 80)])
	}
	return list.GroupVersion
}
