package relist_test

import (
	"context"
	"net/http"
	"strconv"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	relist "client-go-workbook/exercises/ch02-informer/ex07-relist"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/reflector"
)

// The server waits three seconds for a version that it hasn't come to, and says then that it is too large. So it would be
// after etcd was restored from a backup.
func TestClusterIsBehind(t *testing.T) {
	cfg := cluster.ForTest(t)
	cfg.QPS = -1
	cfg.Wrap(func(rt http.RoundTripper) http.RoundTripper { return impatient{rt} })
	client, err := dynamic.NewForConfig(cfg)
	newest.NoError(t, err, "make a client for the cluster")
	namespaces := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "namespaces"})
	var asked []string
	r := &relist.Relister{Source: &reflector.ListWatch{
		ListWithContextFunc: func(ctx context.Context, options metav1.ListOptions) (runtime.Object, error) {
			asked = append(asked, options.ResourceVersion)
			return namespaces.List(ctx, options)
		},
	}}
	first := listedVersion(t, r)
	r.Saw("888888888888")
	second := listedVersion(t, r)
	notBack.Equal(t, true, first <= second, "compare the first list's version, %d, with the second's, %d", first, second)
	third := listedVersion(t, r)
	notBack.Equal(t, true, second <= third, "compare the second list's version, %d, with the third's, %d", second, third)
	newest.Equal(t, []string{"0", "888888888888", "", strconv.Itoa(second)}, asked, "look at the versions that were asked for")
}

// impatient hides from the client beneath that it may try again in a second. It would, ten times.
type impatient struct{ http.RoundTripper }

func (i impatient) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := i.RoundTripper.RoundTrip(req)
	if err == nil {
		resp.Header.Del("Retry-After")
	}
	return resp, err
}

func listedVersion(t *testing.T, r *relist.Relister) int {
	t.Helper()
	list, err := r.List(t.Context())
	newest.NoError(t, err, "list the namespaces")
	listMeta, err := meta.ListAccessor(list)
	newest.NoError(t, err, "read the list's metadata")
	version, err := strconv.Atoi(listMeta.GetResourceVersion())
	newest.NoError(t, err, "read the list's version")
	return version
}
