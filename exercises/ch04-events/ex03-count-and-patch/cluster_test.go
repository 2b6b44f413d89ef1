package countandpatch_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	countandpatch "client-go-workbook/exercises/ch04-events/ex03-count-and-patch"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
)

// TestClusterHasOneEvent writes what happens twelve times.
func TestClusterHasOneEvent(t *testing.T) {
	cfg := cluster.ForTest(t)
	namespace := cluster.NamespaceForTest(t, cfg)
	client, err := kubernetes.NewForConfig(cfg)
	again.NoError(t, err, "make a client for the cluster")
	events := client.CoreV1().Events(namespace)
	var c countandpatch.Counter
	for minute := range 12 {
		e := backOff(minute, restarting)
		e.Namespace, e.InvolvedObject.Namespace = namespace, namespace
		patch, err := c.Observe("web", e)
		again.NoError(t, err, "observe %s", story(e))
		stored := e
		if patch == nil {
			stored, err = events.Create(t.Context(), e, metav1.CreateOptions{})
		} else {
			stored, err = events.Patch(t.Context(), e.Name, types.StrategicMergePatchType, patch, metav1.PatchOptions{})
		}
		again.NoError(t, err, "write %s, with the patch %q", story(e), patch)
		c.Written("web", stored)
	}
	all, err := events.List(t.Context(), metav1.ListOptions{})
	again.NoError(t, err, "list the events")
	var there []string
	for i := range all.Items {
		there = append(there, story(&all.Items[i]))
	}
	again.Equal(t, []string{`web.1000 ×12 10:00–10:11 "restarting web"`}, there, "the same happens twelve times: look at the events that the cluster has")
}
