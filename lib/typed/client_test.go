package typed_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/typed"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	asJSON     = "application/json"
	asProtobuf = "application/vnd.kubernetes.protobuf"
)

type pods = typed.ClientWithList[*corev1.Pod, *corev1.PodList]

// newPods is what client-gen writes for a type.
func newPods(client rest.Interface, namespace string, options ...typed.Option[*corev1.Pod]) *pods {
	return typed.NewClientWithList(
		"pods",
		client,
		scheme.ParameterCodec,
		namespace,
		func() *corev1.Pod { return &corev1.Pod{} },
		func() *corev1.PodList { return &corev1.PodList{} },
		options...,
	)
}

func coreV1(t testing.TB, server *apitest.Server, content rest.ContentConfig) *rest.RESTClient {
	t.Helper()
	content.GroupVersion = &corev1.SchemeGroupVersion
	content.NegotiatedSerializer = scheme.Codecs.WithoutConversion()
	config := &rest.Config{Host: server.URL, APIPath: "/api", QPS: -1, ContentConfig: content}
	client, err := rest.RESTClientForConfigAndClient(config, server.Client())
	require.NoError(t, err)
	return client
}

func pod(name string) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

func TestEachMethodSendsItsRequest(t *testing.T) {
	seconds := int64(5)
	uid := types.UID("u1")
	for _, tt := range []struct {
		name string
		call func(context.Context, *pods) error
		sent string // method and URI
		body string // the object in the body: kind and name; or a patch
		as   string // Content-Type, if it is not that of objects
	}{{
		name: "create",
		call: func(ctx context.Context, c *pods) error {
			_, err := c.Create(ctx, pod("web-0"), metav1.CreateOptions{FieldManager: "me"})
			return err
		},
		sent: "POST /api/v1/namespaces/shop/pods?fieldManager=me", body: "Pod web-0",
	}, {
		name: "update",
		call: func(ctx context.Context, c *pods) error {
			_, err := c.Update(ctx, pod("web-0"), metav1.UpdateOptions{DryRun: []string{"All"}})
			return err
		},
		sent: "PUT /api/v1/namespaces/shop/pods/web-0?dryRun=All", body: "Pod web-0",
	}, {
		name: "update the status",
		call: func(ctx context.Context, c *pods) error {
			_, err := c.UpdateStatus(ctx, pod("web-0"), metav1.UpdateOptions{})
			return err
		},
		sent: "PUT /api/v1/namespaces/shop/pods/web-0/status", body: "Pod web-0",
	}, {
		name: "delete",
		call: func(ctx context.Context, c *pods) error {
			return c.Delete(ctx, "web-0", metav1.DeleteOptions{Preconditions: &metav1.Preconditions{UID: &uid}})
		},
		sent: "DELETE /api/v1/namespaces/shop/pods/web-0", body: "DeleteOptions u1",
	}, {
		name: "delete a collection",
		call: func(ctx context.Context, c *pods) error {
			options := metav1.ListOptions{LabelSelector: "app=web", TimeoutSeconds: &seconds}
			return c.DeleteCollection(ctx, metav1.DeleteOptions{}, options)
		},
		sent: "DELETE /api/v1/namespaces/shop/pods?labelSelector=app%3Dweb&timeout=5s&timeoutSeconds=5", body: "DeleteOptions ",
	}, {
		name: "get",
		call: func(ctx context.Context, c *pods) error {
			_, err := c.Get(ctx, "web-0", metav1.GetOptions{ResourceVersion: "0"})
			return err
		},
		sent: "GET /api/v1/namespaces/shop/pods/web-0?resourceVersion=0",
	}, {
		name: "list",
		call: func(ctx context.Context, c *pods) error {
			_, err := c.List(ctx, metav1.ListOptions{FieldSelector: "spec.nodeName=n1", Limit: 2, TimeoutSeconds: &seconds})
			return err
		},
		sent: "GET /api/v1/namespaces/shop/pods?fieldSelector=spec.nodeName%3Dn1&limit=2&timeout=5s&timeoutSeconds=5",
	}, {
		name: "watch",
		call: func(ctx context.Context, c *pods) error {
			w, err := c.Watch(ctx, metav1.ListOptions{ResourceVersion: "0", TimeoutSeconds: &seconds})
			if err == nil {
				w.Stop()
			}
			return err
		},
		sent: "GET /api/v1/namespaces/shop/pods?resourceVersion=0&timeout=5s&timeoutSeconds=5&watch=true",
	}, {
		name: "patch",
		call: func(ctx context.Context, c *pods) error {
			_, err := c.Patch(ctx, "web-0", types.MergePatchType, []byte(`{}`), metav1.PatchOptions{FieldManager: "me"})
			return err
		},
		sent: "PATCH /api/v1/namespaces/shop/pods/web-0?fieldManager=me", body: `{}`, as: string(types.MergePatchType),
	}, {
		name: "patch a subresource",
		call: func(ctx context.Context, c *pods) error {
			_, err := c.Patch(ctx, "web-0", types.JSONPatchType, []byte(`[]`), metav1.PatchOptions{}, "status", "deep")
			return err
		},
		sent: "PATCH /api/v1/namespaces/shop/pods/web-0/status/deep", body: `[]`, as: string(types.JSONPatchType),
	}} {
		for _, format := range []struct {
			name    string
			options []typed.Option[*corev1.Pod]
			as      string
			accept  string
		}{
			{"JSON", nil, asJSON, asJSON + ", */*"},
			{"protobuf", []typed.Option[*corev1.Pod]{typed.PrefersProtobuf[*corev1.Pod]()}, asProtobuf, asProtobuf + "," + asJSON},
		} {
			t.Run(tt.name+" as "+format.name, func(t *testing.T) {
				server := apitest.Start(t, apitest.Config{})
				client := newPods(coreV1(t, server, rest.ContentConfig{}), "shop", format.options...)
				_ = tt.call(t.Context(), client) // most answers are errors: nothing is stored

				requests := server.Requests()
				require.Len(t, requests, 1)
				sent := requests[0]
				require.Equal(t, tt.sent, sent.Method+" "+sent.URL.RequestURI())
				require.Equal(t, format.accept, sent.Header.Get("Accept"))
				switch {
				case tt.body == "":
					require.Empty(t, sent.Payload)
				case tt.as != "":
					require.Equal(t, tt.as, sent.Header.Get("Content-Type"))
					require.Equal(t, tt.body, string(sent.Payload))
				default:
					require.Equal(t, format.as, sent.Header.Get("Content-Type"))
					require.Equal(t, tt.body, summary(t, sent.Payload))
				}
			})
		}
	}
}

// summary is the kind in a body, in whatever format, and the object's name or the UID to delete.
func summary(t *testing.T, body []byte) string {
	t.Helper()
	object, gvk, err := scheme.Codecs.UniversalDeserializer().Decode(body, nil, nil)
	require.NoError(t, err)
	switch object := object.(type) {
	case *corev1.Pod:
		return gvk.Kind + " " + object.Name
	case *metav1.DeleteOptions:
		if object.Preconditions != nil {
			return gvk.Kind + " " + string(*object.Preconditions.UID)
		}
	}
	return gvk.Kind + " "
}

func TestTheConfigsFormatWinsOverTheClients(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	client := newPods(coreV1(t, server, rest.ContentConfig{ContentType: asJSON}), "shop", typed.PrefersProtobuf[*corev1.Pod]())
	_, err := client.Create(t.Context(), pod("web-0"), metav1.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, asJSON, server.Requests()[0].Header.Get("Content-Type"))
}

func TestWithoutNamespaceTheWholeClusterIsMeant(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	core := coreV1(t, server, rest.ContentConfig{})
	for _, namespace := range []string{"a", "b"} {
		_, err := newPods(core, namespace).Create(t.Context(), pod("web-0"), metav1.CreateOptions{})
		require.NoError(t, err)
	}
	everywhere := newPods(core, "")
	list, err := everywhere.List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, list.Items, 2)
	require.Equal(t, "list /api/v1/pods", server.Requests()[2].String())

	require.Empty(t, everywhere.GetNamespace())
	require.Same(t, core, everywhere.GetClient())
}

func TestMistakesAreRefusedBeforeAnythingIsSent(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	core := coreV1(t, server, rest.ContentConfig{})
	c, ctx := newPods(core, "shop"), t.Context()
	one := func(_ *corev1.Pod, err error) error { return err }

	for _, tt := range []struct {
		name string
		err  error
		want string
	}{
		{"create nil", one(c.Create(ctx, nil, metav1.CreateOptions{})), "create pods: the object is nil"},
		{"update nil", one(c.Update(ctx, nil, metav1.UpdateOptions{})), "update pods: the object is nil"},
		{"update the status of nil", one(c.UpdateStatus(ctx, nil, metav1.UpdateOptions{})), "update the status of pods: the object is nil"},
		{"update without name", one(c.Update(ctx, pod(""), metav1.UpdateOptions{})), "resource name may not be empty"},
		{"get without name", one(c.Get(ctx, "", metav1.GetOptions{})), "resource name may not be empty"},
		{"delete without name", c.Delete(ctx, "", metav1.DeleteOptions{}), "resource name may not be empty"},
		{"patch without name", one(c.Patch(ctx, "", types.MergePatchType, nil, metav1.PatchOptions{})), "resource name may not be empty"},
		{"a name that climbs", c.Delete(ctx, "..", metav1.DeleteOptions{}), `invalid resource name ".."`},
		{"a name of two segments", one(c.Get(ctx, "a/b", metav1.GetOptions{})), `invalid resource name "a/b"`},
		{"a subresource that climbs", one(c.Patch(ctx, "a", types.MergePatchType, nil, metav1.PatchOptions{}, "..")), `invalid subresource ".."`},
		{"a namespace that climbs", one(newPods(core, "..").Get(ctx, "a", metav1.GetOptions{})), `invalid namespace ".."`},
	} {
		t.Run(tt.name, func(t *testing.T) { require.ErrorContains(t, tt.err, tt.want) })
	}
	require.Empty(t, server.Requests())
}

func TestAFailureIsTheServersOwnAndTheResultIsEmptyNotNil(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	c := newPods(coreV1(t, server, rest.ContentConfig{}), "shop")
	got, err := c.Get(t.Context(), "web-0", metav1.GetOptions{})
	require.True(t, apierrors.IsNotFound(err), "%v", err)
	require.Equal(t, &corev1.Pod{}, got)

	list, err := c.List(t.Context(), metav1.ListOptions{LabelSelector: "=="})
	require.True(t, apierrors.IsBadRequest(err), "%v", err)
	require.Equal(t, &corev1.PodList{}, list)
}

func TestACallEndsWithItsContext(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	c := newPods(coreV1(t, server, rest.ContentConfig{}), "shop")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := c.List(ctx, metav1.ListOptions{})
	require.ErrorIs(t, err, context.Canceled)

	ctx, cancel = context.WithTimeout(t.Context(), time.Minute)
	w, err := c.Watch(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	cancel()
	for range w.ResultChan() { // closes, or the test hangs
	}
}

func BenchmarkGet(b *testing.B) {
	server := apitest.Start(b, apitest.Config{})
	c := newPods(coreV1(b, server, rest.ContentConfig{}), "shop", typed.PrefersProtobuf[*corev1.Pod]())
	_, err := c.Create(b.Context(), pod("web-0"), metav1.CreateOptions{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.Get(b.Context(), "web-0", metav1.GetOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkList(b *testing.B) {
	server := apitest.Start(b, apitest.Config{})
	for i := range 500 {
		p := pod(fmt.Sprint("web-", i))
		p.Namespace, p.Labels = "shop", map[string]string{"app": "web"}
		require.NoError(b, server.Create(p))
	}
	c := newPods(coreV1(b, server, rest.ContentConfig{}), "shop", typed.PrefersProtobuf[*corev1.Pod]())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.List(b.Context(), metav1.ListOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}

// What List reads as one is read one by one, from the same place and with the same options.
func TestObjectsOfAListOneByOne(t *testing.T) {
	server := apitest.Start(t, apitest.Config{})
	shop := newPods(coreV1(t, server, rest.ContentConfig{}), "shop", typed.PrefersProtobuf[*corev1.Pod]())
	for _, name := range []string{"a", "b", "c"} {
		_, err := shop.Create(t.Context(), pod(name), metav1.CreateOptions{})
		require.NoError(t, err)
	}
	var names []string
	list, err := shop.EachListItem(t.Context(), metav1.ListOptions{Limit: 2}, func(obj runtime.Object) error {
		names = append(names, obj.(*corev1.Pod).Name)
		return nil
	})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, names)
	require.NotEmpty(t, list.(*corev1.PodList).Continue)
	require.Empty(t, list.(*corev1.PodList).Items)
	require.Equal(t, "list /api/v1/namespaces/shop/pods?limit=2", server.Requests()[3].String())
}
