package bookmark_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/watch"

	bookmark "client-go-workbook/exercises/ch02-informer/ex08-bookmark"
	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/dynamic"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

var configMaps = schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}

func configMap(namespace, name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}}
}

// Nothing happens in the shop, but much elsewhere; then the server forgets the past and ends all watches.
func TestQuietNamespaceOfABusyServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := apitest.Start(t, apitest.Config{InMemory: true})
		client, err := dynamic.NewForConfigAndClient(&rest.Config{Host: server.URL, QPS: -1}, server.Client())
		resumes.NoError(t, err, "make a client")
		shop := client.Resource(configMaps).Namespace("shop")
		s := store.NewStore(store.MetaNamespaceKeyFunc)
		f := &bookmark.Follower{Store: s, Last: server.ResourceVersion(), Source: &reflector.ListWatch{
			WatchFuncWithContext: func(ctx context.Context, options metav1.ListOptions) (watch.Interface, error) {
				return shop.Watch(ctx, options)
			},
		}}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- f.Run(ctx) }()

		resumes.NoError(t, server.Create(configMap("shop", "first")), "create a ConfigMap in the shop")
		for i := range 50 {
			resumes.NoError(t, server.Create(configMap("elsewhere", fmt.Sprint("other-", i))), "create one elsewhere")
		}
		synctest.Wait()
		server.Bookmark()
		synctest.Wait()
		server.Compact()
		server.EndWatches()
		synctest.Wait()
		select {
		case err := <-ended:
			resumes.NoError(t, err, "follow the shop, of which there was a bookmark, after the server forgot the past")
		default:
		}
		resumes.NoError(t, server.Create(configMap("shop", "second")), "create another one in the shop")
		synctest.Wait()
		cancel()
		resumes.NoError(t, <-ended, "end the context")
		stored.Equal(t, 2, len(s.ListKeys()), "count what is in the store (%q) of the shop's two ConfigMaps", s.ListKeys())
	})
}
