package restmapper_test

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/memory"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/restmapper"
)

// From what somebody types to the URL that it is at.
func Example() {
	server, err := apitest.New(apitest.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()

	cache := memory.NewMemCacheClient(discovery.NewDiscoveryClientForConfigOrDie(&rest.Config{Host: server.URL}))
	mapper := restmapper.NewShortcutExpander(restmapper.NewDeferredDiscoveryRESTMapper(cache), cache, nil)

	for _, typed := range []string{"po", "deploy", "node", "cart"} {
		resource, err := mapper.ResourceFor(schema.GroupVersionResource{Resource: typed})
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Printf("%s is %s in %q\n", typed, resource.Resource, resource.GroupVersion())
	}
	fmt.Println(len(server.Requests()), "requests")
	// Output:
	// po is pods in "v1"
	// deploy is deployments in "apps/v1"
	// node is nodes in "v1"
	// no matches for /, Resource=cart
	// 2 requests
}
