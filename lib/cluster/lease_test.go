package cluster_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/kubernetes"
)

// TestTheLeaseOfAnEvent reads from the store what the API doesn't tell.
func TestTheLeaseOfAnEvent(t *testing.T) {
	cfg := cluster.ForTest(t)
	ns := cluster.NamespaceForTest(t, cfg)
	client, err := kubernetes.NewForConfig(cfg)
	require.NoError(t, err)
	_, err = client.CoreV1().Events(ns).Create(t.Context(), &corev1.Event{
		ObjectMeta:     metav1.ObjectMeta{Name: "bert.1"},
		InvolvedObject: corev1.ObjectReference{Kind: "Pod", Name: "bert", Namespace: ns},
	}, metav1.CreateOptions{})
	require.NoError(t, err)

	lease, err := cluster.EventLease(t.Context(), ns, "bert.1")
	require.NoError(t, err)
	require.GreaterOrEqual(t, lease.Granted, time.Second)
	require.LessOrEqual(t, lease.Left, lease.Granted)
	require.Positive(t, lease.Left)

	_, err = cluster.EventLease(t.Context(), ns, "ernie.1")
	require.ErrorContains(t, err, `read the lease of an event of`)
	require.ErrorContains(t, err, `"ernie.1"`)
	require.ErrorContains(t, err, "it is not there")
	_, err = cluster.EventLease(t.Context(), ns, "../secrets/bert")
	require.ErrorContains(t, err, "usage: event-lease.sh", "a name, not a path")
}

func TestTheLeaseOfAnEventElsewhereIsNotOurBusiness(t *testing.T) {
	t.Setenv("CLUSTER", "existing")
	_, err := cluster.EventLease(context.Background(), "default", "bert.1")
	require.ErrorIs(t, err, cluster.ErrNotOurs)
}
