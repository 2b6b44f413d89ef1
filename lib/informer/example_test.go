package informer_test

import (
	"context"
	"fmt"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/reflector"
	"client-go-workbook/lib/rest"
	"client-go-workbook/lib/store"
)

// What a controller does before it works: it asks for informers and adds its handlers, starts them all, and waits until its
// handlers have been told of all that there is. A real handler puts the key into a workqueue, and is done.
func ExampleSharedInformerFactory() {
	server, err := apitest.New(apitest.Config{}) // with a cluster, a kubeconfig says where the server is
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	_ = server.Create(object("shop/web", "1"))
	clients, err := kubernetes.NewForConfig(&rest.Config{Host: server.URL})
	if err != nil {
		fmt.Println(err)
		return
	}

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // until a signal comes, in a program
	factory := informer.NewSharedInformerFactory(sourceOf(clients), 0)
	defer factory.Shutdown() // waits for all that was started …
	defer cancel()           // … which ends with the context: so this comes first

	configMaps, err := factory.ForResource(corev1.SchemeGroupVersion.WithResource("configmaps"))
	if err != nil {
		fmt.Println(err)
		return
	}
	told := make(chan struct{})
	handler, err := configMaps.Informer().AddEventHandler(informer.ResourceEventHandlerDetailedFuncs{
		AddFunc: func(obj any, isInInitialList bool) {
			fmt.Println("add", obj.(*corev1.ConfigMap).Name, isInInitialList)
		},
		UpdateFunc: func(oldObj, newObj any) {
			fmt.Println("update", newObj.(*corev1.ConfigMap).Name)
		},
		DeleteFunc: func(obj any) {
			key, _ := store.DeletionHandlingMetaNamespaceKeyFunc(obj) // obj may be a tombstone, which has a key, too
			fmt.Println("delete", key)
			close(told)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	factory.StartWithContext(ctx)
	if err := factory.WaitForCacheSyncWithContext(ctx).AsError(); err != nil { // what listers read is there
		fmt.Println(err)
		return
	}
	if !informer.WaitFor(ctx, "", handler.HasSyncedChecker()) { // the handler has been told of it
		return
	}
	shop, err := configMaps.Lister().ByNamespace("shop").List(labels.Everything())
	fmt.Println("listed", len(shop), err)

	_ = server.Update(object("shop/web", "2"))
	_ = server.Delete(object("shop/web", "2"))
	select {
	case <-told:
	case <-ctx.Done():
	}
	// Output:
	// add web true
	// listed 1 <nil>
	// update web
	// delete shop/web
}

// sourceOf is the source of all resources of a clientset. The informers share its client, and so its rate limit.
func sourceOf(clients kubernetes.Interface) informer.Source {
	return informer.SourceFor(scheme.Scheme, func(gv schema.GroupVersion) (reflector.Getter, error) {
		switch gv {
		case corev1.SchemeGroupVersion:
			return clients.CoreV1().RESTClient(), nil
		case appsv1.SchemeGroupVersion:
			return clients.AppsV1().RESTClient(), nil
		}
		return nil, fmt.Errorf("the clientset has no %s", gv)
	})
}
