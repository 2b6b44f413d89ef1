package apitest_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer"

	"client-go-workbook/lib/apitest"
)

const protobuf = "application/vnd.kubernetes.protobuf"

// codecs are apimachinery's own, so that they are a second opinion on the server's bytes.
func codecs(t *testing.T) runtime.Decoder {
	scheme := runtime.NewScheme()
	require.NoError(t, corev1.AddToScheme(scheme))
	return serializer.NewCodecFactory(scheme).UniversalDeserializer()
}

func TestProtobuf(t *testing.T) {
	srv, p := shelf(t)
	decoder := codecs(t)
	read := func(r reply) runtime.Object {
		require.Equal(t, protobuf, r.header.Get("Content-Type"))
		require.True(t, bytes.HasPrefix(r.body, []byte("k8s\x00")))
		obj, _, err := decoder.Decode(r.body, nil, nil)
		require.NoError(t, err)
		return obj
	}
	a := p.do("GET", configMaps+"/a", "", "Accept", protobuf)
	require.Equal(t, "a", read(a).(*corev1.ConfigMap).Name)

	list := read(p.do("GET", configMaps+"?limit=2", "", "Accept", protobuf)).(*corev1.ConfigMapList)
	require.Len(t, list.Items, 2)
	require.Equal(t, "b", list.Items[1].Name)
	require.Equal(t, srv.ResourceVersion(), list.ResourceVersion)
	require.NotEmpty(t, list.Continue)

	missing := read(p.do("GET", configMaps+"/z", "", "Accept", protobuf)).(*metav1.Status)
	require.Equal(t, metav1.StatusReasonNotFound, missing.Reason)

	// What was read can be written.
	require.Equal(t, "200", p.do("PUT", configMaps+"/a", string(a.body), "Content-Type", protobuf).outcome())
	require.Equal(t, "400 BadRequest", p.do("PUT", configMaps+"/a", "k8s\x00\xff\xff", "Content-Type", protobuf).outcome())
}

func TestProtobufWatch(t *testing.T) {
	srv, p := shelf(t)
	resp := p.open(t.Context(), "GET", configMaps+"?watch=1&resourceVersion=6", "", "Accept", protobuf)
	defer resp.Body.Close()
	require.Equal(t, protobuf+";stream=watch", resp.Header.Get("Content-Type"))
	require.NoError(t, srv.Update(configMap("a", "tier", "web")))
	srv.EndWatches()

	var length uint32
	require.NoError(t, binary.Read(resp.Body, binary.BigEndian, &length))
	frame := make([]byte, length)
	_, err := io.ReadFull(resp.Body, frame)
	require.NoError(t, err)
	var event metav1.WatchEvent
	require.NoError(t, event.Unmarshal(frame))
	require.Equal(t, "MODIFIED", event.Type)
	obj, _, err := codecs(t).Decode(event.Object.Raw, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "8", obj.(*corev1.ConfigMap).ResourceVersion)
	_, err = resp.Body.Read(frame)
	require.Equal(t, io.EOF, err)
}

func TestWhatAClientAccepts(t *testing.T) {
	crab := schema.GroupVersionKind{Group: "sea.example.test", Version: "v1", Kind: "Crab"}
	srv := apitest.Start(t, apitest.Config{Resources: append(apitest.Builtin(), apitest.Resource{GroupVersionKind: crab, Plural: "crabs"})})
	p := peerOf(t, srv)
	const crabs = "/apis/sea.example.test/v1/crabs"
	for _, tc := range []struct{ path, accept, want string }{
		{configMaps, "application/json", "application/json"},
		{configMaps, "*/*", "application/json"},
		{configMaps, protobuf, protobuf},
		{configMaps, protobuf + ",application/json", protobuf},
		{configMaps, "application/json, " + protobuf, "application/json"},
		{configMaps, "application/json;as=Table;g=meta.k8s.io;v=v1,application/json", "application/json"},
		{configMaps, "application/json;as=Table;g=meta.k8s.io;v=v1," + protobuf, protobuf},
		{crabs, protobuf + ",application/json", "application/json"}, // there is no protobuf of a custom resource
	} {
		got := p.do("GET", tc.path, "", "Accept", tc.accept)
		require.Equal(t, 200, got.code)
		require.Equal(t, tc.want, got.header.Get("Content-Type"), "%s of %s", tc.accept, tc.path)
	}
	require.Equal(t, "406 NotAcceptable", p.do("GET", configMaps, "", "Accept", "text/html").outcome())
	require.Equal(t, 406, p.do("GET", crabs, "", "Accept", protobuf).code)
}

func TestNamespacesAreAResourceToo(t *testing.T) {
	p := peerOf(t, apitest.Start(t, apitest.Config{}))
	require.Equal(t, "201", p.do("POST", "/api/v1/namespaces", `{"metadata":{"name":"shop"}}`).outcome())
	require.Equal(t, []string{"shop"}, p.get("/api/v1/namespaces").names())
	require.Equal(t, "shop", p.get("/api/v1/namespaces/shop").object().GetName())
	require.Equal(t, "200", p.patch("/api/v1/namespaces/shop/status", "application/merge-patch+json", `{"status":{"phase":"Active"}}`).outcome())
	require.Equal(t, 404, p.get("/api/v1/namespaces/shop/nodes").code, "nodes are in no namespace")
}

func TestRequestsAreRecorded(t *testing.T) {
	srv, p := shelf(t)
	p.do("POST", deployments, `{"metadata":{"name":"d"}}`, "User-Agent", "test")
	p.get(deployments + "/d/status")
	p.get("/version")
	p.watch("/api/v1/nodes?watch=true")

	var lines []string
	for _, r := range srv.Requests() {
		lines = append(lines, r.String())
	}
	require.Equal(t, []string{
		"create /apis/apps/v1/namespaces/shop/deployments",
		"get /apis/apps/v1/namespaces/shop/deployments/d/status",
		"get /version",
		"watch /api/v1/nodes?watch=true",
	}, lines)
	create, status := srv.Requests()[0], srv.Requests()[1]
	require.Equal(t, `{"metadata":{"name":"d"}}`, string(create.Payload))
	require.Equal(t, "test", create.UserAgent())
	require.Equal(t, schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, status.Resource)
	require.Equal(t, []string{"shop", "d", "status"}, []string{status.Namespace, status.Name, status.Subresource})
}

func TestResourcesThatCannotBeServed(t *testing.T) {
	pods := apitest.Builtin()[4]
	for want, resources := range map[string][]apitest.Resource{
		"it is there twice":                     {pods, pods},
		"a resource needs a version and a kind": {{Plural: "pods"}},
		"*v1.Secret has no field Status":        {{GroupVersionKind: corev1.SchemeGroupVersion.WithKind("Secret"), Status: true}},
		"no kind":                               {{GroupVersionKind: corev1.SchemeGroupVersion.WithKind("ListOptions"), Plural: "options"}},
	} {
		_, err := apitest.New(apitest.Config{Resources: resources})
		require.ErrorContains(t, err, want)
	}
}

// In memory, the server lives inside the bubble, and its time is the bubble's.
func TestWatchEndsAfterItsTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv := apitest.Start(t, apitest.Config{InMemory: true})
		w := peerOf(t, srv).watch(configMaps + "?watch=1&timeoutSeconds=300")
		start := time.Now()
		require.Empty(t, w.rest())
		require.Equal(t, 300*time.Second, time.Since(start))
	})
}

func TestCloseEndsWatches(t *testing.T) {
	for name, config := range map[string]apitest.Config{"plain": {}, "in memory": {InMemory: true}} {
		t.Run(name, func(t *testing.T) {
			srv := apitest.Start(t, config)
			require.NoError(t, srv.Create(configMap("a")))
			p := peerOf(t, srv)
			w := p.watch(configMaps + "?watch=1")
			require.Equal(t, "ADDED a", w.take(1)[0].String())
			srv.Close()
			for w.lines.Scan() {
			}
			require.Equal(t, "broken", p.attempt(configMaps), "nobody listens any more")
		})
	}
}
