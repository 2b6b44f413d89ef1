package record_test

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/kubernetes/scheme"
	"client-go-workbook/lib/record"
)

// With a clientset, its sink would be StartRecordingToSink(&typedcorev1.EventSinkImpl{Interface: clients.CoreV1().Events("")}).
func ExampleNewBroadcaster() {
	broadcaster := record.NewBroadcaster()
	broadcaster.StartEventWatcher(func(e *corev1.Event) {
		fmt.Printf("%s %s %s/%s: %s\n", e.Type, e.Reason, e.InvolvedObject.Kind, e.InvolvedObject.Name, e.Message)
	})
	recorder := broadcaster.NewRecorder(scheme.Scheme, corev1.EventSource{Component: "shopkeeper"})

	till := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "till-1"}}
	recorder.Event(till, corev1.EventTypeNormal, "Opened", "Good morning.")
	recorder.Eventf(till, corev1.EventTypeWarning, "NoChange", "%d customers wait.", 3)
	broadcaster.Shutdown()
	// Output:
	// Normal Opened Pod/till-1: Good morning.
	// Warning NoChange Pod/till-1: 3 customers wait.
}
