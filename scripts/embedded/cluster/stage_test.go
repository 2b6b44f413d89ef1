package cluster_test

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"client-go-workbook/scripts/embedded/cluster"
)

// stage is a checkout whose control plane is this test binary.
type stage struct {
	t     *testing.T
	root  string
	cache string
	said  bytes.Buffer
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, root: t.TempDir(), cache: t.TempDir()}
	source := filepath.Join(s.root, "scripts", "embedded")
	s.write(filepath.Join(source, "go.mod"), "module x\n\nrequire (\n\tk8s.io/kubernetes v1.37.2\n)\n")
	s.write(filepath.Join(source, "go.sum"), "")
	s.write(filepath.Join(source, "main.go"), "package main")

	folder, err := cluster.Build{Source: source, Cache: s.cache}.Folder()
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(folder, 0o755))
	self, err := os.Executable()
	require.NoError(t, err)
	for _, name := range []string{"embedded", "etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"} {
		require.NoError(t, os.Symlink(self, filepath.Join(folder, name)))
	}
	t.Cleanup(func() { _ = s.cluster(nil).Down(t.Context(), false) })
	return s
}

func (s *stage) write(name, text string) {
	s.t.Helper()
	require.NoError(s.t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(s.t, os.WriteFile(name, []byte(text), 0o600))
}

// cluster is a new one on the same checkout, as each call of the scripts has it.
func (s *stage) cluster(change func(*cluster.Options)) *cluster.Cluster {
	s.t.Helper()
	opts := cluster.Options{Root: s.root, Cache: s.cache, Progress: cluster.NewPlainProgress(&s.said)}
	if change != nil {
		change(&opts)
	}
	c, err := cluster.New(opts)
	require.NoError(s.t, err)
	return c
}

// up starts the cluster and returns what the user has read.
func (s *stage) up(change func(*cluster.Options)) (string, error) {
	s.t.Helper()
	s.said.Reset()
	err := s.cluster(change).Up(s.t.Context())
	return s.said.String(), err
}

func (s *stage) down(purge bool) (string, error) {
	s.t.Helper()
	s.said.Reset()
	err := s.cluster(nil).Down(s.t.Context(), purge)
	return s.said.String(), err
}

func (s *stage) file(name string) string { return filepath.Join(s.root, ".workbook", "embedded", name) }

func (s *stage) state() *cluster.State {
	s.t.Helper()
	state, err := cluster.LoadState(s.file("state.json"))
	require.NoError(s.t, err)
	return state
}

func (s *stage) pids() map[string]int {
	pids := map[string]int{}
	for name, part := range s.state().Parts {
		pids[name] = part.PID
	}
	return pids
}

// kill ends a part behind the supervisor's back.
func (s *stage) kill(part string) {
	s.t.Helper()
	p := s.state().Parts[part].Process
	require.NoError(s.t, syscall.Kill(p.PID, syscall.SIGKILL))
	_, err := syscall.Wait4(p.PID, nil, 0, nil) // it is our child
	require.NoError(s.t, err)
	require.False(s.t, p.Alive())
}

// kubeconfig returns the current context and the whole file.
func (s *stage) kubeconfig() (current string, text string) {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.root, ".workbook", "kubeconfig"))
	require.NoError(s.t, err)
	var c struct {
		Current string `json:"current-context"`
	}
	require.NoError(s.t, yaml.Unmarshal(data, &c))
	return c.Current, string(data)
}
