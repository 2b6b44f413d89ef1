package expiredevent_test

import (
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	expiredevent "client-go-workbook/exercises/ch04-events/ex07-expired-event"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
	typedv1 "client-go-workbook/lib/kubernetes/typed/core/v1"
)

// TestClusterForgetsAnEvent deletes an event between two of its repetitions, as its time to live would.
func TestClusterForgetsAnEvent(t *testing.T) {
	cfg := cluster.ForTest(t)
	namespace := cluster.NamespaceForTest(t, cfg)
	client, err := kubernetes.NewForConfig(cfg)
	anew.NoError(t, err, "make a client for the cluster")
	events := client.CoreV1().Events(namespace)
	sink := &typedv1.EventSinkImpl{Interface: events}

	e := first()
	e.Namespace, e.InvolvedObject.Namespace = namespace, namespace
	write := func(patch []byte) {
		t.Helper()
		stored, err := expiredevent.Write(sink, e, patch)
		anew.NoError(t, err, "write %s with the patch %q", story(e), patch)
		e.ResourceVersion = stored.ResourceVersion
	}
	write(nil)
	for count := int32(2); count <= 8; count++ {
		if count == 5 {
			anew.NoError(t, events.Delete(t.Context(), e.Name, metav1.DeleteOptions{}), "delete %s", e.Name)
		}
		e.Count = count
		write(fmt.Appendf(nil, `{"count":%d}`, count))
	}

	all, err := events.List(t.Context(), metav1.ListOptions{})
	anew.NoError(t, err, "list the events")
	var there []string
	for i := range all.Items {
		all.Items[i].ResourceVersion = ""
		there = append(there, story(&all.Items[i]))
	}
	anew.Equal(t, []string{"web.17ad ×8 09:00–09:00"}, there, "the same happens eight times, and after the fourth the cluster forgets it: which events has it")
}
