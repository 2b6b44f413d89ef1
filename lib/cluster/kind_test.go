package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// kindStage is a workbook whose scripts meet a docker and a kind that are only played: the
// folder's files clusters, owner and running are what these answer, asked is what they were
// told to do.
type kindStage struct {
	*testing.T
	root string
}

const (
	playedDocker = `#!/usr/bin/env bash
case "$1" in
  info) ;;
  cp) tar -cf - -C "$STAGE" owner ;;
  inspect) cat "$STAGE/running" ;;
  *)
    echo "docker $*" >>"$STAGE/asked"
    if [[ $* == *super-admin.conf* ]]; then echo "a login of system:masters"; fi
    ;;
esac
`
	playedGo = `#!/usr/bin/env bash
case "$*" in
  "tool kind get clusters") cat "$STAGE/clusters" ;;
  "tool kind get nodes "*) echo a-node b-node ;;
  *)
    shift && echo "$*" >>"$STAGE/asked"
    if [[ $2 == delete ]]; then : >"$STAGE/clusters"; fi
    ;;
esac
`
)

func newKindStage(t *testing.T) kindStage {
	scripts, err := filepath.Abs("../../scripts")
	require.NoError(t, err)
	s := kindStage{t, t.TempDir()}
	require.NoError(t, os.Symlink(scripts, s.file("scripts")))
	for name, text := range map[string]string{"bin/docker": playedDocker, "bin/go": playedGo} {
		writeFile(t, s.file(name), text)
		require.NoError(t, os.Chmod(s.file(name), 0o700))
	}
	s.write("asked", "")
	s.write("clusters", "")
	s.write("running", "true\n")
	s.write(".workbook/kubeconfig", "")
	return s
}

func (s kindStage) file(name string) string { return filepath.Join(s.root, name) }

func (s kindStage) write(name, text string) { writeFile(s.T, s.file(name), text) }

// run returns what the script says, and whether it succeeds.
func (s kindStage) run(script string, args ...string) (said string, ok bool) {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), s.file("scripts/"+script), args...)
	cmd.Env = append(os.Environ(), "STAGE="+s.root, "PATH="+s.file("bin")+":"+os.Getenv("PATH"),
		"CLUSTER=kind", "KIND_EXPERIMENTAL_PROVIDER=docker", "EVENT_TTL=", "LC_ALL=C") // bash warns of a locale that isn't there
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

func (s kindStage) asked() string {
	s.Helper()
	asked, err := os.ReadFile(s.file("asked"))
	require.NoError(s, err)
	return string(asked)
}

func TestAKindClusterIsOneFoldersOwn(t *testing.T) {
	all := []string{"kind-up.sh", "kind-down.sh", "fault.sh compact-etcd", "event-lease.sh shop bert.1"}
	for _, test := range []struct {
		name       string
		neighbours bool
		want       string
	}{
		{"another folder's", true, "The kind cluster workbook is that of the workbook in /neighbour: make kind-down there removes it.\n"},
		{"nobody's", false, "There is a kind cluster workbook that no workbook has made, or not to the end. " +
			"If nobody needs it: go tool kind delete cluster --name workbook\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newKindStage(t)
			s.write("clusters", "another\nworkbook\n")
			if test.neighbours {
				neighbour := t.TempDir()
				writeFile(t, filepath.Join(neighbour, ".workbook", "kubeconfig"), "")
				s.write("owner", neighbour+"\n")
				test.want = strings.Replace(test.want, "/neighbour", neighbour, 1)
			}
			for _, line := range all {
				words := strings.Fields(line)
				said, ok := s.run(words[0], words[1:]...)
				require.False(t, ok, line)
				require.Equal(t, test.want, said, line)
			}
			require.Empty(t, s.asked(), "nothing was done to it")
		})
	}
}

func TestAKindClusterWhoseFolderIsGoneCanBeRemoved(t *testing.T) {
	s := newKindStage(t)
	s.write("clusters", "workbook\n")
	s.write("owner", filepath.Join(t.TempDir(), "moved")+"\n")
	said, ok := s.run("kind-down.sh")
	require.True(t, ok, said)
	require.Equal(t, "The kind cluster workbook is removed.\n", said)
	require.Contains(t, s.asked(), "kind delete cluster --name workbook --kubeconfig "+s.file(".workbook/kubeconfig"))
}

func TestAStoppedKindClusterIsStartedAgain(t *testing.T) {
	s := newKindStage(t)
	s.write("clusters", "workbook\n")
	s.write("owner", s.root+"\n")
	s.write("running", "false\n")
	said, ok := s.run("fault.sh", "restart-apiserver")
	require.False(t, ok)
	require.Equal(t, "The kind cluster workbook is stopped; make kind-up starts it.\n", said)
	require.Empty(t, s.asked())

	said, ok = s.run("kind-up.sh")
	require.True(t, ok, said)
	require.Contains(t, said, "The cluster is ready")
	require.True(t, strings.HasPrefix(s.asked(), "docker start a-node b-node\n"), s.asked())
	require.Contains(t, s.asked(), "kind export kubeconfig --name workbook --kubeconfig "+s.file(".workbook/kubeconfig"))

	kubeconfig, err := os.ReadFile(s.file(".workbook/kubeconfig"))
	require.NoError(t, err)
	require.Equal(t, "a login of system:masters\n", string(kubeconfig))
}

func TestAHalfMadeKindClusterIsMadeAnew(t *testing.T) {
	s := newKindStage(t)
	s.write("clusters", "workbook\n")
	s.write(".workbook/kind-begun", "")
	said, ok := s.run("fault.sh", "restart-apiserver")
	require.False(t, ok)
	require.Equal(t, "The kind cluster workbook is stopped; make kind-up starts it.\n", said)

	said, ok = s.run("kind-up.sh")
	require.True(t, ok, said)
	require.Regexp(t, `^kind delete cluster --name workbook .*\nkind create cluster --name workbook `, s.asked())
	require.NoFileExists(t, s.file(".workbook/kind-begun"))
}

func TestWithoutAKindCluster(t *testing.T) {
	s := newKindStage(t)
	said, ok := s.run("fault.sh", "restart-apiserver")
	require.False(t, ok)
	require.Equal(t, "There is no kind cluster workbook; make kind-up makes one.\n", said)

	said, ok = s.run("kind-down.sh")
	require.True(t, ok, "there is nothing to be done")
	require.Equal(t, "There is no kind cluster workbook.\n", said)
}
