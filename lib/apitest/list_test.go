package apitest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/apitest"
)

const configMaps = "/api/v1/namespaces/shop/configmaps"

// shelf is a server with configmaps a to e in "shop", and one elsewhere. a has resourceVersion 2, e has 6.
func shelf(t *testing.T) (*apitest.Server, peer) {
	srv := apitest.Start(t, apitest.Config{})
	for _, name := range []string{"a", "b", "c", "d", "e", "depot/x"} {
		require.NoError(t, srv.Create(configMap(name)))
	}
	return srv, peerOf(t, srv)
}

func TestListIsSortedAndInItsNamespace(t *testing.T) {
	_, p := shelf(t)
	require.Equal(t, []string{"a", "b", "c", "d", "e"}, p.get(configMaps).names())
	require.Equal(t, []string{"x", "a", "b", "c", "d", "e"}, p.get("/api/v1/configmaps").names())
	require.Equal(t, []string{}, p.get("/api/v1/namespaces/nowhere/configmaps").names())
}

// In a list, the kind is the list's; alone or in an event, it is the object's own.
func TestWhoTellsTheKind(t *testing.T) {
	srv, p := shelf(t)
	list := string(p.get(configMaps).body)
	require.Contains(t, list, `"kind":"ConfigMapList"`)
	require.NotContains(t, list, `"kind":"ConfigMap"`)
	require.Equal(t, "ConfigMap", p.get(configMaps+"/a").object().GetKind())
	objects, _ := srv.Objects(corev1.SchemeGroupVersion.WithResource("configmaps"))
	require.Empty(t, objects[0].GetObjectKind().GroupVersionKind())
}

func TestSelectors(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	for _, cm := range []*corev1.ConfigMap{configMap("a", "tier", "web"), configMap("b", "tier", "db"), configMap("c")} {
		require.NoError(t, srv.Create(cm))
	}
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "p"}, Spec: corev1.PodSpec{NodeName: "n1"}}
	require.NoError(t, srv.Create(pod))

	p := peerOf(t, srv)
	for _, tc := range []struct {
		resource, query string
		want            []string
	}{
		{"configmaps", "labelSelector=tier", []string{"a", "b"}},
		{"configmaps", "labelSelector=tier%3Dweb", []string{"a"}},
		{"configmaps", "labelSelector=tier+notin+(web)", []string{"b", "c"}},
		{"configmaps", "fieldSelector=metadata.name%3Db", []string{"b"}},
		{"configmaps", "fieldSelector=metadata.namespace!%3Dshop", []string{}},
		{"configmaps", "fieldSelector=metadata.name!%3Da&labelSelector=tier", []string{"b"}},
		{"pods", "fieldSelector=spec.nodeName%3Dn1", []string{"p"}},
		{"pods", "fieldSelector=spec.nodeName%3D", []string{}},
		{"pods", "fieldSelector=status.phase%3D", []string{"p"}},
	} {
		require.Equal(t, tc.want, p.get("/api/v1/"+tc.resource+"?"+tc.query).names(), tc.query)
	}
}

func TestBadListQueries(t *testing.T) {
	_, p := shelf(t)
	for query, want := range map[string]string{
		"fieldSelector=spec.nodeName%3Dn1":                            "400 BadRequest", // a configmap has no node
		"labelSelector=%3D%3D":                                        "400 BadRequest",
		"resourceVersion=new":                                         "400 BadRequest",
		"continue=here":                                               "400 BadRequest",
		"limit=many":                                                  "400 BadRequest",
		"resourceVersionMatch=Exact":                                  "422 Invalid",
		"resourceVersionMatch=Exact&resourceVersion=0":                "422 Invalid",
		"resourceVersionMatch=About&resourceVersion=3":                "422 Invalid",
		"sendInitialEvents=true&resourceVersionMatch=NotOlderThan":    "422 Invalid", // only a watch can
		"watch=1&resourceVersionMatch=NotOlderThan&resourceVersion=3": "422 Invalid",
		"watch=1&sendInitialEvents=true":                              "422 Invalid",
		"watch=1&resourceVersion=new":                                 "400 BadRequest",
	} {
		require.Equal(t, want, p.get(configMaps+"?"+query).outcome(), query)
	}
}

// The state at 4 is a, b, c; a and b have changed since.
func TestWhichStateAListShows(t *testing.T) {
	srv, p := shelf(t)
	require.NoError(t, srv.Update(configMap("a", "tier", "web")))
	require.NoError(t, srv.Delete(configMap("b")))
	now := srv.ResourceVersion()

	for query, want := range map[string]struct {
		names []string
		rv    string
	}{
		"":                  {[]string{"a", "c", "d", "e"}, now},
		"resourceVersion=0": {[]string{"a", "c", "d", "e"}, now},
		"resourceVersion=4": {[]string{"a", "c", "d", "e"}, now},
		"resourceVersion=4&resourceVersionMatch=NotOlderThan": {[]string{"a", "c", "d", "e"}, now},
		"resourceVersion=4&resourceVersionMatch=Exact":        {[]string{"a", "b", "c"}, "4"},
		"resourceVersion=4&limit=10":                          {[]string{"a", "b", "c"}, "4"},
		"resourceVersion=6&resourceVersionMatch=Exact":        {[]string{"a", "b", "c", "d", "e"}, "6"},
		"resourceVersion=" + now:                              {[]string{"a", "c", "d", "e"}, now},
	} {
		list := p.get(configMaps + "?" + query)
		require.Equal(t, want.names, list.names(), query)
		require.Equal(t, want.rv, list.list().GetResourceVersion(), query)
	}
	old := p.get(configMaps + "?resourceVersion=4&resourceVersionMatch=Exact").list()
	require.Empty(t, old.Items[0].GetLabels(), "a as it was then")

	srv.Compact()
	require.Equal(t, "410 Expired", p.get(configMaps+"?resourceVersion=4&resourceVersionMatch=Exact").outcome())
	require.Equal(t, "200", p.get(configMaps+"?resourceVersion=4").outcome())
}

func TestResourceVersionOfTheFuture(t *testing.T) {
	_, p := shelf(t)
	for _, path := range []string{
		configMaps + "?resourceVersion=99",
		configMaps + "?resourceVersion=99&resourceVersionMatch=Exact",
	} {
		got := p.get(path)
		require.Equal(t, "504 Timeout", got.outcome(), path)
		require.True(t, got.status().Details.Causes[0].Type == metav1.CauseTypeResourceVersionTooLarge)
		require.Equal(t, "1", got.header.Get("Retry-After"))
	}
}

func TestPagesAreOneState(t *testing.T) {
	srv, p := shelf(t)
	first := p.get(configMaps + "?limit=2").list()

	// What happens between two pages is not seen: neither the new b2, nor that c goes.
	require.NoError(t, srv.Create(configMap("b2")))
	require.NoError(t, srv.Delete(configMap("c")))

	second := p.get(configMaps + "?limit=2&continue=" + first.GetContinue())
	require.Equal(t, []string{"c", "d"}, second.names())
	require.Equal(t, first.GetResourceVersion(), second.list().GetResourceVersion())
	last := p.get(configMaps + "?limit=2&continue=" + second.list().GetContinue())
	require.Equal(t, []string{"e"}, last.names())
	require.Empty(t, last.list().GetContinue())
}

func TestLimitDoesNotCutAListFromTheCache(t *testing.T) {
	_, p := shelf(t)
	all := p.get(configMaps + "?limit=2&resourceVersion=0")
	require.Len(t, all.names(), 5)
	require.Empty(t, all.list().GetContinue())
}

func TestExpiredContinue(t *testing.T) {
	srv, p := shelf(t)
	first := p.get(configMaps + "?limit=2").list()
	require.NoError(t, srv.Delete(configMap("d")))
	srv.Compact()

	expired := p.get(configMaps + "?limit=2&continue=" + first.GetContinue())
	require.Equal(t, "410 Expired", expired.outcome())

}
