package shortname_test

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/runtime/schema"

	shortname "client-go-workbook/exercises/ch01-clients/ex06-short-name"
	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/discovery"
	"client-go-workbook/lib/discovery/memory"
	"client-go-workbook/lib/rest"
)

// A group goes down and comes back, over HTTP, with old servers and new ones.
func TestGroupComesBack(t *testing.T) {
	for _, legacy := range []bool{false, true} {
		t.Run(fmt.Sprintf("legacy %t", legacy), func(t *testing.T) {
			server := apitest.Start(t, apitest.Config{LegacyDiscovery: legacy})
			client, err := discovery.NewDiscoveryClientForConfigAndClient(&rest.Config{Host: server.URL}, server.Client())
			survived.NoError(t, err, "make a discovery client")
			cache := memory.NewMemCacheClientWithContext(client)
			f := &shortname.Finder{Discovery: cache}

			server.SetDown(schema.GroupVersion{Group: "apps", Version: "v1"}, true)
			survived.Equal(t, "/v1 services", found(f.Find(t.Context(), "svc")), "find svc while apps/v1 is down")
			survived.Equal(t, "no match", found(f.Find(t.Context(), "deploy")), "find deploy while apps/v1 is down")

			server.SetDown(schema.GroupVersion{Group: "apps", Version: "v1"}, false)
			cache.InvalidateWithContext(t.Context())
			survived.Equal(t, "apps/v1 deployments", found(f.Find(t.Context(), "deploy")), "find deploy when it is back")
		})
	}
}
