package plural_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"

	plural "client-go-workbook/exercises/ch05-codegen/ex02-plural"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/rest"
)

var served = invariant.Invariant{
	Says: "the server has the resource of each of its kinds under that name",
	Read: "README.md, second paragraph; lib/discovery, which asks for the names",
}

// The generated client of a type asks for what the server calls its resource, or for nothing that is there.
func TestClusterHasTheNames(t *testing.T) {
	cfg := cluster.ForTest(t)
	client, err := rest.HTTPClientFor(cfg)
	served.NoError(t, err, "make a client for the cluster")
	t.Cleanup(client.CloseIdleConnections)
	discoverer, err := discovery.NewDiscoveryClientForConfigAndClient(cfg, client)
	served.NoError(t, err, "make a discovery client for the cluster")

	_, lists, err := discoverer.ServerGroupsAndResourcesWithContext(t.Context())
	if !discovery.IsGroupDiscoveryFailedError(err) { // of others' groups, one may be away
		served.NoError(t, err, "ask for the resources of the cluster")
	}

	names := plural.Names{Exceptions: map[string]string{"Endpoints": "Endpoints"}}
	kinds := 0
	for _, list := range lists {
		if !isBuiltIn(list.GroupVersion) {
			continue
		}
		for _, resource := range list.APIResources {
			if !strings.Contains(resource.Name, "/") {
				kinds++
				served.Equal(t, resource.Name, names.Of(resource.Kind).Resource,
					"name many objects of type %s, of which %s has a resource", resource.Kind, list.GroupVersion)
			}
		}
	}
	if kinds < 50 {
		t.Fatalf("the server has told of %d kinds: that can't be all", kinds)
	}
}

// isBuiltIn says whether the types are Kubernetes' own. Others may have any plural: their author chooses it.
func isBuiltIn(groupVersion string) bool {
	gv, err := schema.ParseGroupVersion(groupVersion)
	return err == nil && (!strings.Contains(gv.Group, ".") || strings.HasSuffix(gv.Group, ".k8s.io"))
}
