package cluster_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRestartKillsTheAPIServerAndNothingElse(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	before, running := s.pids(), s.state()

	s.said.Reset()
	require.NoError(t, s.cluster(nil).RestartAPIServer(t.Context()))
	require.Contains(t, s.said.String(), "was killed, and answers again after")
	after := s.pids()
	require.False(t, running.Parts["kube-apiserver"].Alive())
	require.True(t, s.state().Parts["kube-apiserver"].Alive())
	require.NotEqual(t, before["kube-apiserver"], after["kube-apiserver"])
	require.Equal(t, running.Ports, s.state().Ports)
	require.Equal(t, running.Parts["kube-apiserver"].Fingerprint, s.state().Parts["kube-apiserver"].Fingerprint)
	delete(before, "kube-apiserver")
	delete(after, "kube-apiserver")
	require.Equal(t, before, after)

	said, err := s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "runs already", "the next start finds nothing to do")
}

func TestAnAPIServerThatDoesNotComeBackIsNamed(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	s.write(s.file("break-kube-apiserver"), "the disk is on fire")
	err = s.cluster(nil).RestartAPIServer(t.Context())
	require.ErrorContains(t, err, "kube-apiserver has stopped (exit status 3)")
	require.ErrorContains(t, err, "the disk is on fire")

	t.Log("it is on record: the next start says so too, and makes good for it")
	require.NoError(t, os.Remove(s.file("break-kube-apiserver")))
	said, err := s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "Starting kube-apiserver again.")
}

func TestCompactionReachesTheCurrentRevision(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	s.said.Reset()
	require.NoError(t, s.cluster(nil).CompactEtcd(t.Context()))
	require.Equal(t, "etcd has forgotten what was before its revision 7.\n", s.said.String())
	asked, err := os.ReadFile(s.file("compacted"))
	require.NoError(t, err)
	require.JSONEq(t, `{"revision":"7"}`, string(asked))

	t.Log("a second time, with nothing written since, is no error; anything else is")
	s.write(s.file("refuse-compaction"), "etcdserver: mvcc: required revision has been compacted")
	require.NoError(t, s.cluster(nil).CompactEtcd(t.Context()))
	s.write(s.file("refuse-compaction"), "etcdserver: no space")
	require.ErrorContains(t, s.cluster(nil).CompactEtcd(t.Context()), "compact etcd: POST /v3/kv/compaction: 400 Bad Request: etcdserver: no space")
}

func TestFaultsNeedACluster(t *testing.T) {
	s := newStage(t)
	c := s.cluster(nil)
	require.ErrorContains(t, c.RestartAPIServer(t.Context()), "the cluster does not run; make up starts it")
	require.ErrorContains(t, c.CompactEtcd(t.Context()), "the cluster does not run; make up starts it")

	_, err := s.up(nil)
	require.NoError(t, err)
	s.kill("kube-apiserver")
	s.kill("etcd")
	require.ErrorContains(t, c.RestartAPIServer(t.Context()), "kube-apiserver has stopped")
	require.ErrorContains(t, c.CompactEtcd(t.Context()), "etcd has stopped")
}
