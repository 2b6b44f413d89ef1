package cluster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/scripts/embedded/cluster"
)

func TestTheLeaseOfAnEventIsReadFromTheStore(t *testing.T) {
	s := newStage(t)
	_, err := s.cluster(nil).EventLease(t.Context(), "shop", "bert.1")
	require.ErrorContains(t, err, "the cluster does not run; make up starts it")

	_, err = s.up(nil)
	require.NoError(t, err)
	lease, err := s.cluster(nil).EventLease(t.Context(), "shop", "bert.1")
	require.NoError(t, err)
	require.Equal(t, cluster.Lease{Granted: 3660 * time.Second, Left: 3641 * time.Second}, lease)

	_, err = s.cluster(nil).EventLease(t.Context(), "shop", "oscar.1")
	require.EqualError(t, err, `ask etcd for the lease of event "oscar.1" in namespace "shop": it is not there`)
	_, err = s.cluster(nil).EventLease(t.Context(), "shop", "ernie.1")
	require.EqualError(t, err, `ask etcd for the lease of event "ernie.1" in namespace "shop": lease 13 has ended`)
}
