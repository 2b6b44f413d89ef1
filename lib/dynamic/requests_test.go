package dynamic_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/rest"
)

var (
	configMaps  = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	deployments = schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}
	nodes       = schema.GroupVersionResource{Version: "v1", Resource: "nodes"}
)

type object = map[string]any

func configMap(name string, data object) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: object{
		"apiVersion": "v1", "kind": "ConfigMap", "metadata": object{"name": name}, "data": data,
	}}
}

func deployment(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: object{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": name},
	}}
}

func eviction(pod string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: object{
		"apiVersion": "policy/v1", "kind": "Eviction", "metadata": object{"name": pod},
	}}
}

func newClient(t testing.TB, server *apitest.Server) *dynamic.DynamicClient {
	t.Helper()
	client, err := dynamic.NewForConfigAndClient(&rest.Config{Host: server.URL, QPS: -1}, server.Client())
	require.NoError(t, err)
	return client
}

// What each method sends is the contract; what the server makes of it is told by the stories in other files.
func TestEachMethodSendsItsRequest(t *testing.T) {
	const (
		web     = `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"}}`
		asJSON  = "application/json"
		someUID = types.UID("u1")
	)
	seconds, uid := int64(5), someUID
	inShop := func(c dynamic.Interface) dynamic.ResourceInterface { return c.Resource(deployments).Namespace("shop") }

	for _, tt := range []struct {
		name string
		call func(context.Context, dynamic.Interface) error
		sent string // method and URI
		body string // JSON; "" is none
		as   string // Content-Type of the body
	}{{
		name: "create",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Create(ctx, deployment("web"), metav1.CreateOptions{DryRun: []string{"All"}, FieldManager: "me"})
			return err
		},
		sent: "POST /apis/apps/v1/namespaces/shop/deployments?dryRun=All&fieldManager=me", body: web, as: asJSON,
	}, {
		name: "create outside namespaces, in the group without a name",
		call: func(ctx context.Context, c dynamic.Interface) error {
			n := configMap("n1", nil)
			n.SetKind("Node")
			delete(n.Object, "data")
			_, err := c.Resource(nodes).Create(ctx, n, metav1.CreateOptions{})
			return err
		},
		sent: "POST /api/v1/nodes", body: `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n1"}}`, as: asJSON,
	}, {
		name: "create without kind and apiVersion",
		call: func(ctx context.Context, c dynamic.Interface) error {
			bare := deployment("web")
			delete(bare.Object, "kind")
			delete(bare.Object, "apiVersion")
			_, err := inShop(c).Create(ctx, bare, metav1.CreateOptions{})
			return err
		},
		sent: "POST /apis/apps/v1/namespaces/shop/deployments", body: `{"metadata":{"name":"web"}}`, as: asJSON,
	}, {
		name: "create at a subresource",
		call: func(ctx context.Context, c dynamic.Interface) error {
			pods := c.Resource(schema.GroupVersionResource{Version: "v1", Resource: "pods"})
			_, err := pods.Namespace("shop").Create(ctx, eviction("web-0"), metav1.CreateOptions{}, "eviction")
			return err
		},
		sent: "POST /api/v1/namespaces/shop/pods/web-0/eviction",
		body: `{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"web-0"}}`, as: asJSON,
	}, {
		name: "update",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Update(ctx, deployment("web"), metav1.UpdateOptions{FieldManager: "me"})
			return err
		},
		sent: "PUT /apis/apps/v1/namespaces/shop/deployments/web?fieldManager=me", body: web, as: asJSON,
	}, {
		name: "update a subresource",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Update(ctx, deployment("web"), metav1.UpdateOptions{}, "scale")
			return err
		},
		sent: "PUT /apis/apps/v1/namespaces/shop/deployments/web/scale", body: web, as: asJSON,
	}, {
		name: "update the status",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).UpdateStatus(ctx, deployment("web"), metav1.UpdateOptions{})
			return err
		},
		sent: "PUT /apis/apps/v1/namespaces/shop/deployments/web/status", body: web, as: asJSON,
	}, {
		name: "delete",
		call: func(ctx context.Context, c dynamic.Interface) error {
			return inShop(c).Delete(ctx, "web", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
		},
		sent: "DELETE /apis/apps/v1/namespaces/shop/deployments/web",
		body: `{"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u1"}}`, as: asJSON,
	}, {
		name: "delete a subresource",
		call: func(ctx context.Context, c dynamic.Interface) error {
			return inShop(c).Delete(ctx, "web", metav1.DeleteOptions{}, "lock")
		},
		sent: "DELETE /apis/apps/v1/namespaces/shop/deployments/web/lock",
		body: `{"apiVersion":"v1","kind":"DeleteOptions"}`, as: asJSON,
	}, {
		name: "delete a collection",
		call: func(ctx context.Context, c dynamic.Interface) error {
			return inShop(c).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{LabelSelector: "app=web"})
		},
		sent: "DELETE /apis/apps/v1/namespaces/shop/deployments?labelSelector=app%3Dweb",
		body: `{"apiVersion":"v1","kind":"DeleteOptions"}`, as: asJSON,
	}, {
		name: "get",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Get(ctx, "web", metav1.GetOptions{ResourceVersion: "0"})
			return err
		},
		sent: "GET /apis/apps/v1/namespaces/shop/deployments/web?resourceVersion=0",
	}, {
		name: "get a subresource of two segments",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Get(ctx, "web", metav1.GetOptions{}, "proxy", "metrics")
			return err
		},
		sent: "GET /apis/apps/v1/namespaces/shop/deployments/web/proxy/metrics",
	}, {
		name: "an empty subresource is none",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Get(ctx, "web", metav1.GetOptions{}, "")
			return err
		},
		sent: "GET /apis/apps/v1/namespaces/shop/deployments/web",
	}, {
		name: "list one namespace",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).List(ctx, metav1.ListOptions{Limit: 10, Continue: "token"})
			return err
		},
		sent: "GET /apis/apps/v1/namespaces/shop/deployments?continue=token&limit=10",
	}, {
		name: "list all namespaces",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := c.Resource(deployments).List(ctx, metav1.ListOptions{})
			return err
		},
		sent: "GET /apis/apps/v1/deployments",
	}, {
		name: "watch",
		call: func(ctx context.Context, c dynamic.Interface) error {
			w, err := inShop(c).Watch(ctx, metav1.ListOptions{TimeoutSeconds: &seconds, AllowWatchBookmarks: true})
			if err == nil {
				w.Stop()
			}
			return err
		},
		sent: "GET /apis/apps/v1/namespaces/shop/deployments?allowWatchBookmarks=true&timeoutSeconds=5&watch=true",
	}, {
		name: "patch",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Patch(ctx, "web", types.MergePatchType, []byte(`{"spec":{}}`), metav1.PatchOptions{FieldManager: "me"}, "status")
			return err
		},
		sent: "PATCH /apis/apps/v1/namespaces/shop/deployments/web/status?fieldManager=me",
		body: `{"spec":{}}`, as: "application/merge-patch+json",
	}, {
		name: "apply",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Apply(ctx, "web", deployment("web"), metav1.ApplyOptions{FieldManager: "me", Force: true}, "scale")
			return err
		},
		sent: "PATCH /apis/apps/v1/namespaces/shop/deployments/web/scale?fieldManager=me&force=true",
		body: web, as: "application/apply-patch+yaml",
	}, {
		name: "apply without a field manager",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).Apply(ctx, "web", deployment("web"), metav1.ApplyOptions{})
			return err
		},
		sent: "PATCH /apis/apps/v1/namespaces/shop/deployments/web?force=false",
		body: web, as: "application/apply-patch+yaml",
	}, {
		name: "apply the status",
		call: func(ctx context.Context, c dynamic.Interface) error {
			_, err := inShop(c).ApplyStatus(ctx, "web", deployment("web"), metav1.ApplyOptions{FieldManager: "me"})
			return err
		},
		sent: "PATCH /apis/apps/v1/namespaces/shop/deployments/web/status?fieldManager=me&force=false",
		body: web, as: "application/apply-patch+yaml",
	}} {
		t.Run(tt.name, func(t *testing.T) {
			server := apitest.Start(t, apitest.Config{})
			_ = tt.call(t.Context(), newClient(t, server)) // most answers are errors: nothing is stored

			requests := server.Requests()
			require.Len(t, requests, 1)
			sent := requests[0]
			require.Equal(t, tt.sent, sent.Method+" "+sent.URL.RequestURI())
			require.Equal(t, asJSON, sent.Header.Get("Accept"))
			require.NotEmpty(t, sent.UserAgent())
			if tt.body == "" {
				require.Empty(t, sent.Payload)
				return
			}
			require.JSONEq(t, tt.body, string(sent.Payload))
			require.Equal(t, tt.as, sent.Header.Get("Content-Type"))
		})
	}
}

// A mistake is reported with the call it was made in, and costs no request.
func TestMistakesAreRefusedBeforeAnythingIsSent(t *testing.T) {
	nameless := configMap("", nil)
	unmarshallable := configMap("a", object{"f": func() {}})
	read := configMap("a", nil)
	read.SetManagedFields([]metav1.ManagedFieldsEntry{{Manager: "kubectl"}})
	me := metav1.ApplyOptions{FieldManager: "me"}

	server := apitest.Start(t, apitest.Config{})
	client := newClient(t, server)
	c := client.Resource(configMaps).Namespace("shop")
	ctx := t.Context()
	one := func(_ *unstructured.Unstructured, err error) error { return err }
	in := func(gvr schema.GroupVersionResource) error {
		return one(client.Resource(gvr).Get(ctx, "a", metav1.GetOptions{}))
	}
	listIn := func(namespace string) error {
		_, err := client.Resource(configMaps).Namespace(namespace).List(ctx, metav1.ListOptions{})
		return err
	}

	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"create nil", one(c.Create(ctx, nil, metav1.CreateOptions{})), `create configmaps in "shop": the object is nil`},
		{"create without content", one(c.Create(ctx, &unstructured.Unstructured{}, metav1.CreateOptions{})), `create configmaps in "shop": the object is nil`},
		{"create at a subresource of nothing", one(c.Create(ctx, nameless, metav1.CreateOptions{}, "token")), `create configmaps/token in "shop": name is required`},
		{"create what is no JSON", one(c.Create(ctx, unmarshallable, metav1.CreateOptions{})), "unsupported type: func()"},
		{"update nil", one(c.Update(ctx, nil, metav1.UpdateOptions{})), `update configmaps in "shop": the object is nil`},
		{"update without name", one(c.Update(ctx, nameless, metav1.UpdateOptions{})), `update configmaps in "shop": name is required`},
		{"update status without name", one(c.UpdateStatus(ctx, nameless, metav1.UpdateOptions{})), `update configmaps/status in "shop": name is required`},
		{"get without name", one(c.Get(ctx, "", metav1.GetOptions{})), `get configmaps in "shop": name is required`},
		{"delete without name", c.Delete(ctx, "", metav1.DeleteOptions{}), `delete configmaps in "shop": name is required`},
		{"patch without name", one(c.Patch(ctx, "", types.MergePatchType, nil, metav1.PatchOptions{})), `patch configmaps in "shop": name is required`},
		{"apply without name", one(c.Apply(ctx, "", configMap("a", nil), me)), `apply configmaps in "shop": name is required`},
		{"apply nil", one(c.Apply(ctx, "a", nil, me)), `apply configmaps "a" in "shop": the object is nil`},
		{"apply what was read", one(c.Apply(ctx, "a", read, me)), `apply configmaps "a" in "shop": the object has managedFields`},
		{"apply what is no JSON", one(c.Apply(ctx, "a", unmarshallable, me)), `apply configmaps "a" in "shop": json: unsupported type`},
		{"apply status without name", one(c.ApplyStatus(ctx, "", configMap("a", nil), me)), `apply configmaps/status in "shop": name is required`},
		{"no resource at all", in(schema.GroupVersionResource{}), `resource "" in version "": both are required`},
		{"no version", in(schema.GroupVersionResource{Resource: "pods"}), `resource "pods" in version "": both are required`},
		{"no plural", in(schema.GroupVersionResource{Version: "v1"}), `resource "" in version "v1": both are required`},
		{"a resource of two segments", in(schema.GroupVersionResource{Version: "v1", Resource: "pods/status"}), `"pods/status" can't be part of a path: it may not contain '/'`},
		{"a group that climbs", in(schema.GroupVersionResource{Group: "..", Version: "v1", Resource: "pods"}), `".." can't be part of a path: it may not be '..'`},
		{"a version that climbs", in(schema.GroupVersionResource{Version: "..", Resource: "pods"}), `".." can't be part of a path`},
		{"a namespace that climbs", listIn(".."), `list configmaps in "..": ".." can't be part of a path`},
		{"a namespace of two segments", listIn("a/b"), `list configmaps in "a/b": "a/b" can't be part of a path`},
		{"a name that climbs", one(c.Get(ctx, "..", metav1.GetOptions{})), `get configmaps ".." in "shop": ".." can't be part of a path`},
		{"a name that hides a slash", c.Delete(ctx, "a%2fb", metav1.DeleteOptions{}), `delete configmaps "a%2fb" in "shop": "a%2fb" can't be part of a path: it may not contain '%'`},
		{"a name in an object", one(c.Update(ctx, configMap("../secrets/s", nil), metav1.UpdateOptions{})), `"../secrets/s" can't be part of a path`},
		{"a subresource that climbs", one(c.Get(ctx, "a", metav1.GetOptions{}, "..", "b")), `get configmaps/../b "a" in "shop": ".." can't be part of a path`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			require.ErrorContains(t, tt.err, tt.want)
		})
	}
	require.Empty(t, server.Requests())
}

func TestConfigForDecidesHowTheClientSpeaks(t *testing.T) {
	given := &rest.Config{Host: "https://example", UserAgent: "mine"}
	given.ContentType = "application/vnd.kubernetes.protobuf"
	got := dynamic.ConfigFor(given)
	require.Equal(t, "application/json", got.ContentType)
	require.Equal(t, "application/json", got.AcceptContentTypes)
	require.Equal(t, "mine", got.UserAgent)
	require.Equal(t, "application/vnd.kubernetes.protobuf", given.ContentType, "the caller's config was changed")
	require.Nil(t, given.NegotiatedSerializer)

	require.Equal(t, rest.DefaultKubernetesUserAgent(), dynamic.ConfigFor(&rest.Config{}).UserAgent)
}

func TestAConfigThatCannotBeUsedIsRefused(t *testing.T) {
	for name, config := range map[string]*rest.Config{
		"host": {Host: "http://\x7f"},
		"CA":   {Host: "https://example", TLSClientConfig: rest.TLSClientConfig{CAData: []byte("no PEM")}},
		"key":  {Host: "https://example", TLSClientConfig: rest.TLSClientConfig{CertFile: "/does/not/exist", KeyFile: "/does/not/exist"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := dynamic.NewForConfig(config)
			require.Error(t, err)
			require.Panics(t, func() { dynamic.NewForConfigOrDie(config) })
		})
	}
}
