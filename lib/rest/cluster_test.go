package rest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"
)

// coreClient returns a client of core/v1 on the workbook's cluster.
func coreClient(t *testing.T, cfg *rest.Config, contentType string) *rest.RESTClient {
	t.Helper()
	cfg = rest.CopyConfig(cfg)
	cfg.APIPath, cfg.GroupVersion = "/api", &corev1.SchemeGroupVersion
	cfg.NegotiatedSerializer = codecs.WithoutConversion()
	cfg.ContentType = contentType
	c, err := rest.RESTClientFor(cfg)
	require.NoError(t, err)
	t.Cleanup(c.Client.CloseIdleConnections)
	return c
}

func TestAConfigMapsLifeOnTheCluster(t *testing.T) {
	cfg := cluster.ForTest(t)
	for _, contentType := range []string{jsonType, protobufType} {
		t.Run(contentType, func(t *testing.T) {
			ns := cluster.NamespaceForTest(t, cfg)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			c := coreClient(t, cfg, contentType)
			maps := func(r *rest.Request) *rest.Request { return r.Namespace(ns).Resource("configmaps") }

			var list corev1.ConfigMapList
			require.NoError(t, maps(c.Get()).Do(ctx).Into(&list))
			w, err := maps(c.Get()).VersionedParams(&metav1.ListOptions{
				Watch: true, ResourceVersion: list.ResourceVersion, FieldSelector: "metadata.name=menu",
			}, parameterCodec).Watch(ctx)
			require.NoError(t, err)
			defer w.Stop()

			var menu corev1.ConfigMap
			var created bool
			var got string
			draft := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "menu"}, Data: map[string]string{"soup": "pea"}}
			require.NoError(t, maps(c.Post()).Body(draft).Do(ctx).WasCreated(&created).ContentType(&got).Into(&menu))
			require.True(t, created)
			require.Equal(t, contentType, got)
			require.NotEmpty(t, menu.UID)

			err = maps(c.Post()).Body(draft).Do(ctx).Error()
			require.True(t, apierrors.IsAlreadyExists(err), "%v", err)

			stale := menu.DeepCopy()
			menu.Data["soup"] = "leek"
			require.NoError(t, maps(c.Put()).Name("menu").Body(&menu).Do(ctx).Into(&menu))
			err = maps(c.Put()).Name("menu").Body(stale).Do(ctx).Error()
			require.True(t, apierrors.IsConflict(err), "%v", err)

			cake := []byte(`{"data":{"cake":"apple"}}`)
			require.NoError(t, maps(c.Patch(types.MergePatchType)).Name("menu").Body(cake).Do(ctx).Into(&menu))
			require.Equal(t, map[string]string{"soup": "leek", "cake": "apple"}, menu.Data)

			var read corev1.ConfigMap
			require.NoError(t, maps(c.Get()).Name("menu").Do(ctx).Into(&read))
			require.Equal(t, menu, read)
			list = corev1.ConfigMapList{}
			onlyMenu := &metav1.ListOptions{FieldSelector: "metadata.name=menu"}
			require.NoError(t, maps(c.Get()).VersionedParams(onlyMenu, parameterCodec).Do(ctx).Into(&list))
			require.Len(t, list.Items, 1)
			require.Equal(t, menu.Data, list.Items[0].Data)

			require.NoError(t, maps(c.Delete()).Name("menu").Do(ctx).Error())
			err = maps(c.Get()).Name("menu").Do(ctx).Error()
			require.True(t, apierrors.IsNotFound(err), "%v", err)
			require.EqualError(t, err, `configmaps "menu" not found`)

			for _, want := range []watch.EventType{watch.Added, watch.Modified, watch.Modified, watch.Deleted} {
				event := <-w.ResultChan()
				require.Equal(t, want, event.Type)
				require.Equal(t, "menu", event.Object.(*corev1.ConfigMap).Name)
			}
		})
	}
}

func TestWhatTheClusterRefuses(t *testing.T) {
	cfg := cluster.ForTest(t)
	c := coreClient(t, cfg, protobufType)
	stranger := coreClient(t, rest.AnonymousClientConfig(cfg), jsonType)
	liar := rest.AnonymousClientConfig(cfg)
	liar.BearerToken = "not-a-token"
	create := func() *rest.Request { return c.Post().Namespace("default").Resource("configmaps") }
	draft := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "a"}}
	for name, r := range map[string]struct {
		request *rest.Request
		is      func(error) bool
	}{
		"a resource that isn't there":  {c.Get().Resource("unicorns"), apierrors.IsNotFound},
		"a namespace that isn't there": {c.Post().Namespace("no-such").Resource("configmaps").Body(draft), apierrors.IsNotFound},
		"an object without a name":     {create().Body(&corev1.ConfigMap{}), apierrors.IsInvalid},
		"a body of another kind":       {create().Body(newPod()), apierrors.IsBadRequest},
		"a body that is no object":     {create().SetHeader("Content-Type", jsonType).Body([]byte("{")), apierrors.IsBadRequest},
		"a media type nobody knows":    {create().SetHeader("Content-Type", "text/csv").Body([]byte("a,b")), apierrors.IsUnsupportedMediaType},
		"an answer nobody writes":      {c.Get().Resource("nodes").SetHeader("Accept", "text/csv"), apierrors.IsNotAcceptable},
		"a verb on the wrong path":     {c.Verb("PUT").Resource("nodes"), apierrors.IsMethodNotSupported},
		"a stranger":                   {stranger.Get().Namespace("default").Resource("secrets"), apierrors.IsForbidden},
		"a bad token":                  {coreClient(t, liar, protobufType).Get().Resource("nodes"), apierrors.IsUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			err := r.request.Do(t.Context()).Error()
			require.True(t, r.is(err), "%v", err)
			require.False(t, apierrors.IsUnexpectedServerError(err), "the server's own Status: %v", err)
			require.NotContains(t, err.Error(), "not-a-token")
		})
	}
	old := &metav1.ListOptions{Watch: true, ResourceVersion: "1"}
	_, err := c.Get().Resource("configmaps").VersionedParams(old, parameterCodec).Watch(t.Context())
	if err != nil { // the server may also start the stream, and say so there
		require.True(t, apierrors.IsResourceExpired(err) || apierrors.IsGone(err), "%v", err)
	}
	_, err = c.Get().Resource("unicorns").Watch(t.Context())
	require.True(t, apierrors.IsNotFound(err), "%v", err)
}

// A list that is large enough for a real server to compress it and to write it piece by piece.
func TestAListOnTheClusterItemByItem(t *testing.T) {
	cfg := cluster.ForTest(t)
	ns := cluster.NamespaceForTest(t, cfg)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	writer := coreClient(t, cfg, jsonType)
	for i := range 200 {
		cm := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprint("m", i)}, Data: map[string]string{"x": strings.Repeat("x", 2000)}}
		require.NoError(t, writer.Post().Namespace(ns).Resource("configmaps").Body(cm).Do(ctx).Error())
	}
	for _, contentType := range []string{jsonType, protobufType} {
		c := coreClient(t, cfg, contentType)
		get := func() *rest.Request { return c.Get().Namespace(ns).Resource("configmaps") }
		whole, got := asWhole(t, get(), nil), byItem(t, get(), nil)
		require.NoError(t, whole.err)
		require.GreaterOrEqual(t, len(whole.items), 200)
		whole.meta.ResourceVersion, got.meta.ResourceVersion = "", "" // somebody else may have been busy
		require.Equal(t, whole, got)
	}
}
