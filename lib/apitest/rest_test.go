package apitest_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/rest"
)

// The client that this server is for: protobuf, one retry.
func TestConversationWithRESTClient(t *testing.T) {
	srv := apitest.Start(t, apitest.Config{})
	client := restClient(t, srv)
	ctx := t.Context()
	srv.Inject(apitest.Fault{Do: apitest.TooManyRequests(0)})

	stream, err := client.Get().Namespace("shop").Resource("configmaps").Param("watch", "true").Watch(ctx)
	require.NoError(t, err)
	defer stream.Stop()

	cm := &corev1.ConfigMap{}
	require.NoError(t, client.Post().Namespace("shop").Resource("configmaps").Body(configMap("a", "tier", "web")).Do(ctx).Into(cm))
	stale := cm.DeepCopy()
	cm.Data = map[string]string{"k": "v"}
	put := func(cm *corev1.ConfigMap) rest.Result {
		return client.Put().Namespace("shop").Resource("configmaps").Name("a").Body(cm).Do(ctx)
	}
	require.NoError(t, put(cm).Error())
	require.True(t, apierrors.IsConflict(put(stale).Error()))

	list := &corev1.ConfigMapList{}
	require.NoError(t, client.Get().Resource("configmaps").Do(ctx).Into(list))
	require.Equal(t, "v", list.Items[0].Data["k"])
	require.Equal(t, srv.ResourceVersion(), list.ResourceVersion)

	for _, want := range []watch.EventType{watch.Added, watch.Modified} {
		require.Equal(t, want, (<-stream.ResultChan()).Type)
	}
	for _, r := range srv.Requests() {
		require.Contains(t, r.Header.Get("Accept"), protobuf)
	}
	require.Len(t, srv.Requests(), 6, "the watch came twice")
}

func restClient(t *testing.T, srv *apitest.Server) *rest.RESTClient {
	scheme := runtime.NewScheme()
	require.NoError(t, corev1.AddToScheme(scheme))
	client, err := rest.RESTClientFor(&rest.Config{
		Host:    srv.URL,
		APIPath: "/api",
		ContentConfig: rest.ContentConfig{
			GroupVersion:         &corev1.SchemeGroupVersion,
			NegotiatedSerializer: serializer.NewCodecFactory(scheme).WithoutConversion(),
			ContentType:          protobuf,
		},
	})
	require.NoError(t, err)
	t.Cleanup(client.Client.CloseIdleConnections)
	return client
}
