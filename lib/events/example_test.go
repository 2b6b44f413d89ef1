package events_test

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/apitest"
	"client-go-workbook/lib/events"
	"client-go-workbook/lib/kubernetes"
	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/rest"
)

// What happens three times is one event. Shutdown makes sure that the API has its count.
func ExampleNewBroadcaster() {
	server, err := apitest.New(apitest.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	clients, err := kubernetes.NewForConfigAndClient(&rest.Config{Host: server.URL}, server.Client())
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()

	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: clients.EventsV1()})
	if err := broadcaster.StartRecordingToSinkWithContext(ctx); err != nil {
		fmt.Println(err)
		return
	}
	recorder := broadcaster.NewRecorder(scheme.Scheme, "example.com/shopkeeper")

	shelf := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "shelf"}}
	for apples := range 3 {
		recorder.Eventf(shelf, nil, corev1.EventTypeWarning, "AlmostEmpty", "Restock", "there are %d apples", apples)
	}
	broadcaster.Shutdown()

	list, err := clients.EventsV1().Events("shop").List(ctx, metav1.ListOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, event := range list.Items {
		fmt.Printf("%s %s %s ×%d: %s\n", event.Regarding.Kind, event.Regarding.Name, event.Reason, event.Series.Count, event.Note)
	}
	// Output: ConfigMap shelf AlmostEmpty ×3: there are 0 apples
}
