package cluster_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
)

// TestTheClusterGoesOnAfterFaults: a killed API server breaks what was open, a
// compaction makes the past be gone, and afterwards all parts work as before.
func TestTheClusterGoesOnAfterFaults(t *testing.T) {
	cfg := cluster.ForDisruption(t)
	ns := cluster.NamespaceForTest(t, cfg) // whose removal needs the controller manager
	client, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	configMaps, pods := client.CoreV1().ConfigMaps(ns), client.CoreV1().Pods(ns)

	old, err := configMaps.List(t.Context(), metav1.ListOptions{Limit: 1})
	require.NoError(t, err)
	_, err = configMaps.Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "ernie"}}, metav1.CreateOptions{})
	require.NoError(t, err)
	w, err := configMaps.Watch(t.Context(), metav1.ListOptions{ResourceVersion: old.ResourceVersion})
	require.NoError(t, err)
	defer w.Stop()
	require.Equal(t, watch.Added, (<-w.ResultChan()).Type)

	require.NoError(t, cluster.CompactEtcd(t.Context()))
	require.NoError(t, cluster.CompactEtcd(t.Context()), "also when there is nothing to forget")
	require.NoError(t, cluster.RestartAPIServer(t.Context()))

	_, open := <-w.ResultChan()
	require.False(t, open, "the server's end is the watch's end")
	_, err = configMaps.List(t.Context(), metav1.ListOptions{
		ResourceVersion: old.ResourceVersion, ResourceVersionMatch: metav1.ResourceVersionMatchExact, Limit: 1,
	})
	require.True(t, apierrors.IsResourceExpired(err), "%v", err)
	ernie, err := configMaps.Get(t.Context(), "ernie", metav1.GetOptions{})
	require.NoError(t, err, "the data is still there")
	require.Equal(t, "ernie", ernie.Name)

	_, err = pods.Create(t.Context(), &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "bert"},
		Spec: corev1.PodSpec{
			Containers:                    []corev1.Container{{Name: "pause", Image: "registry.k8s.io/pause:3.10"}},
			TerminationGracePeriodSeconds: new(int64),
		},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	w, err = pods.Watch(ctx, metav1.ListOptions{})
	require.NoError(t, err)
	defer w.Stop()
	for event := range w.ResultChan() {
		if pod, ok := event.Object.(*corev1.Pod); ok && pod.Status.Phase == corev1.PodRunning {
			return
		}
	}
	require.Fail(t, "no pod was scheduled and started within a minute")
}
