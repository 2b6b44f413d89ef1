package cluster_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/scripts/embedded/cluster"
)

func TestUpTwiceAndDown(t *testing.T) {
	s := newStage(t)
	said, err := s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "is ready after")
	first := s.pids()
	require.Len(t, first, 5)
	current, _ := s.kubeconfig()
	require.Equal(t, "workbook-embedded", current)
	for name, part := range s.state().Parts {
		require.True(t, part.Alive(), name)
		require.Positive(t, part.Memory(), name)
	}

	said, err = s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "runs already")
	require.Equal(t, first, s.pids())

	running := s.state()
	said, err = s.down(false)
	require.NoError(t, err)
	require.Contains(t, said, "is stopped")
	for name, part := range running.Parts {
		require.False(t, part.Alive(), name)
	}
	current, text := s.kubeconfig()
	require.Empty(t, current)
	require.NotContains(t, text, "workbook-")

	said, err = s.down(false)
	require.NoError(t, err)
	require.Equal(t, "The cluster does not run.\n", said)

	t.Log("the next start finds the same ports")
	_, err = s.up(nil)
	require.NoError(t, err)
	require.Equal(t, running.Ports, s.state().Ports)
}

func TestManyStartsAtOnceAreOne(t *testing.T) {
	s := newStage(t)
	var starts sync.WaitGroup
	errs := make([]error, 4)
	for i := range errs {
		c := s.cluster(func(o *cluster.Options) { o.Progress = cluster.NewPlainProgress(&strings.Builder{}) })
		starts.Go(func() { errs[i] = c.Up(t.Context()) })
	}
	starts.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	for name := range s.state().Parts {
		_, err := os.Stat(s.file(name + ".log.1"))
		require.ErrorIs(t, err, fs.ErrNotExist, "%s was started twice", name)
	}
}

func TestAPartThatFailsToStartIsNamed(t *testing.T) {
	for _, part := range []string{"etcd", "kube-apiserver", "kube-scheduler"} {
		t.Run(part, func(t *testing.T) {
			s := newStage(t)
			s.write(s.file("break-"+part), "the disk is on fire")
			_, err := s.up(nil)
			require.ErrorContains(t, err, part+" has stopped (exit status 3)")
			require.ErrorContains(t, err, part+".log")
			require.ErrorContains(t, err, "the disk is on fire")
			require.Equal(t, part == "etcd", strings.Contains(err.Error(), "--purge"), "the data is etcd's")
			require.Empty(t, s.pids(), "what was started is stopped again")

			require.NoError(t, os.Remove(s.file("break-"+part)))
			said, err := s.up(nil)
			require.NoError(t, err)
			require.NotContains(t, said, "has stopped")
		})
	}
}

func TestAPanicIsShownFromItsBeginning(t *testing.T) {
	s := newStage(t)
	s.write(s.file("break-kube-apiserver"), "panic: no memory\n"+strings.Repeat("  at a line of code\n", 40))
	_, err := s.up(nil)
	require.ErrorContains(t, err, "panic: no memory")
	require.Less(t, strings.Count(err.Error(), "\n"), 20)
}

func TestAPartThatDiedLaterIsNamedAndStartedAgain(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	before := s.pids()
	s.kill("kube-scheduler")

	require.ErrorContains(t, s.cluster(nil).Status(t.Context()), "kube-scheduler has stopped")

	said, err := s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "kube-scheduler has stopped. The last lines of")
	require.Contains(t, said, "kube-scheduler runs", "the end of its log")
	require.Contains(t, said, "Starting kube-scheduler again.")
	after := s.pids()
	require.NotEqual(t, before["kube-scheduler"], after["kube-scheduler"])
	delete(before, "kube-scheduler")
	delete(after, "kube-scheduler")
	require.Equal(t, before, after, "the others were left alone")

	s.kill("kwok")
	running := s.state()
	_, err = s.down(false)
	require.ErrorContains(t, err, "kwok has stopped")
	for name, part := range running.Parts {
		require.False(t, part.Alive(), name)
	}
}

func TestUpAfterTheMachineWasRestarted(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	for part := range s.pids() {
		s.kill(part)
	}
	said, err := s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "was the machine restarted?")
	require.NotContains(t, said, "last lines")
}

// A pid comes back as another process: that one must not be touched.
func TestDownLeavesAStrangerWithOurPIDAlone(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	s.kill("kwok")

	state := s.state()
	kwok := state.Parts["kwok"]
	kwok.PID = os.Getpid() // such as this one
	state.Parts["kwok"] = kwok
	require.NoError(t, state.Save(s.file("state.json")))

	_, err = s.down(false)
	require.ErrorContains(t, err, "kwok has stopped")
}

func TestChangedSettingsRestartOnlyWhoReadsThem(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	require.Equal(t, "1h", s.state().EventTTL)
	require.NotContains(t, s.said.String(), "events")
	before := s.pids()

	said, err := s.up(func(o *cluster.Options) { o.EventTTL = "5m" })
	require.NoError(t, err)
	require.Contains(t, said, "Restarting kube-apiserver: its settings have changed.")
	after := s.pids()
	require.NotEqual(t, before["kube-apiserver"], after["kube-apiserver"])
	require.Equal(t, before["etcd"], after["etcd"])

	said, err = s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "runs already", "not asked for, it stays as it is")
	require.Contains(t, said, "It keeps events for 5m; EVENT_TTL=1h")
	require.Equal(t, after, s.pids())
}

func TestAChangedFileRestartsWhoReadsIt(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	before := s.pids()

	token, err := os.ReadFile(s.file("pki/tokens.csv"))
	require.NoError(t, err)
	s.write(s.file("pki/tokens.csv"), "nonsense")
	said, err := s.up(nil)
	require.NoError(t, err)
	require.Contains(t, said, "Making token anew: the token is damaged")
	require.Contains(t, said, "Restarting kube-apiserver")
	fresh, err := os.ReadFile(s.file("pki/tokens.csv"))
	require.NoError(t, err)
	require.Len(t, fresh, len(token), "only its content tells that it has changed")
	after := s.pids()
	require.NotEqual(t, before["kube-apiserver"], after["kube-apiserver"])
	require.Equal(t, before["kwok"], after["kwok"])
}

func TestAPortOfTheUsersChoice(t *testing.T) {
	s := newStage(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := fmt.Sprint(taken.Addr().(*net.TCPAddr).Port)
	fixed := func(o *cluster.Options) { o.APIServerPort = port }

	_, err = s.up(fixed)
	require.ErrorContains(t, err, "WORKBOOK_APISERVER_PORT="+port+" cannot be used")
	require.ErrorContains(t, err, "address already in use")

	require.NoError(t, taken.Close())
	said, err := s.up(fixed)
	require.NoError(t, err)
	require.Contains(t, said, "https://127.0.0.1:"+port)
	_, err = s.up(fixed)
	require.NoError(t, err, "our own API server may have it")
}

func TestAPortThatAnotherProgramHasTakenIsReplaced(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	_, err = s.down(false)
	require.NoError(t, err)
	had := s.state().Ports["kube-apiserver"]
	taken, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", had))
	require.NoError(t, err)
	defer taken.Close()

	_, err = s.up(nil)
	require.NoError(t, err)
	require.NotEqual(t, had, s.state().Ports["kube-apiserver"])
}

func TestAnInterruptedStartStopsWhatItStarted(t *testing.T) {
	s := newStage(t)
	s.write(s.file("stall-kube-apiserver"), "")
	ctx, cancel := context.WithCancelCause(t.Context())
	var err error
	var up sync.WaitGroup
	up.Go(func() { err = s.cluster(nil).Up(ctx) })
	require.Eventually(t, func() bool { return len(s.pids()) == 2 }, 20*time.Second, 10*time.Millisecond)
	cancel(errors.New("interrupt signal received"))
	up.Wait()
	require.EqualError(t, err, "waiting for the API server to be ready: interrupt signal received; what this start had begun is stopped")
	require.Empty(t, s.pids())
}

func TestDownStopsAlsoWithAKubeconfigThatIsNone(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	s.write(filepath.Join(s.root, ".workbook", "kubeconfig"), "hello: [")
	said, err := s.down(false)
	require.ErrorContains(t, err, ".workbook/kubeconfig cannot be read; remove it, the next start writes a new one")
	require.Contains(t, said, "The cluster is stopped.")
	require.Empty(t, s.pids())
}

func TestNothingIsStartedThatNobodyCouldReach(t *testing.T) {
	s := newStage(t)
	s.write(filepath.Join(s.root, ".workbook", "kubeconfig"), "hello: [")
	_, err := s.up(nil)
	require.ErrorContains(t, err, ".workbook/kubeconfig cannot be read; remove it, the next start writes a new one")
	require.Empty(t, s.pids())
}

func TestPurgeStartsFromNothing(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	_, err = s.down(true)
	require.NoError(t, err)
	left, err := os.ReadDir(filepath.Join(s.root, ".workbook", "embedded"))
	require.NoError(t, err)
	require.Len(t, left, 1, "only the lock")
}

func TestFilesAreTheirOwnersOnly(t *testing.T) {
	s := newStage(t)
	_, err := s.up(nil)
	require.NoError(t, err)
	require.NoError(t, filepath.WalkDir(filepath.Join(s.root, ".workbook"), func(path string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		info, err := d.Info()
		require.NoError(t, err)
		require.Zero(t, info.Mode().Perm()&0o077, path)
		return nil
	}))
}

func TestBadOptionsAreRefused(t *testing.T) {
	for _, test := range []struct {
		options cluster.Options
		want    string
	}{
		{cluster.Options{EventTTL: "soon"}, "EVENT_TTL=soon is not a duration"},
		{cluster.Options{EventTTL: "-1h"}, "EVENT_TTL=-1h is not a duration"},
		{cluster.Options{EventTTL: "100ms"}, "EVENT_TTL=100ms is not a duration"},
		{cluster.Options{APIServerPort: "http"}, "WORKBOOK_APISERVER_PORT=http is not a port"},
		{cluster.Options{APIServerPort: "70000"}, "WORKBOOK_APISERVER_PORT=70000 is not a port"},
	} {
		_, err := cluster.New(test.options)
		require.ErrorContains(t, err, test.want)
	}
}

func TestADamagedRecordIsNamed(t *testing.T) {
	s := newStage(t)
	s.write(s.file("state.json"), "{")
	_, err := s.up(nil)
	require.ErrorContains(t, err, s.file("state.json"))
	s.write(s.file("state.json"), "{}")
}

func TestUpEndsWithItsContext(t *testing.T) {
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.cluster(nil).Up(ctx), context.Canceled)
	require.Empty(t, s.pids())
}
