package informers_test

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"client-go-workbook/lib/informer"
	"client-go-workbook/lib/informers"
	"client-go-workbook/lib/kubernetes/fake"
)

// How a controller begins: it asks for all informers that it needs and adds its handlers; then it starts them, and waits.
func ExampleNewSharedInformerFactoryWithOptions() {
	clients := fake.NewSimpleClientset( // in a program: kubernetes.NewForConfig
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "web-0"}},
		&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "bank", Name: "vault-0"}},
	)
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second) // in a program: until a signal comes
	factory := informers.NewSharedInformerFactoryWithOptions(clients, 0, informers.WithNamespace("shop"))
	defer factory.Shutdown() // waits for all that was started …
	defer cancel()           // … which ends with the context: so this comes first

	pods := factory.Core().V1().Pods()
	handler, err := pods.Informer().AddEventHandler(informer.ResourceEventHandlerFuncs{
		AddFunc: func(obj any) { fmt.Println("handler: added", obj.(*corev1.Pod).Name) },
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

	all, err := pods.Lister().List(labels.Everything())
	fmt.Println("lister:", len(all), err)
	_, err = pods.Lister().Pods("bank").Get("vault-0")
	fmt.Println("lister:", err)
	// Output:
	// handler: added web-0
	// lister: 1 <nil>
	// lister: pod "vault-0" not found
}
