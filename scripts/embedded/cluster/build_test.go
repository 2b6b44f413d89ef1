package cluster_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/scripts/embedded/cluster"
)

const waitLong, waitShort = 10 * time.Second, 10 * time.Millisecond

// module is a control plane that builds in a second.
func module(t *testing.T, main string) cluster.Build {
	t.Helper()
	b := cluster.Build{Source: t.TempDir(), Cache: t.TempDir()}
	for name, text := range map[string]string{
		"go.mod":            "module x\n\ngo 1.26\n\nrequire (\n\tk8s.io/kubernetes v1.37.2\n)\n\nreplace k8s.io/kubernetes => ./kubernetes\n",
		"go.sum":            "",
		"main.go":           main,
		"kubernetes/go.mod": "module k8s.io/kubernetes\n\ngo 1.26\n",
	} {
		name = filepath.Join(b.Source, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
		require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	}
	return b
}

const prints = `package main

import "os"

func main() { os.Stdout.WriteString(os.Args[0]) }
`

func TestBuildOnceForEachVersion(t *testing.T) {
	b := module(t, prints)
	var said [2]strings.Builder
	var folders [2]string
	var builds sync.WaitGroup
	for i := range said {
		builds.Go(func() {
			var err error
			folders[i], err = b.Ensure(t.Context(), cluster.NewPlainProgress(&said[i]))
			require.NoError(t, err)
		})
	}
	builds.Wait()
	require.Equal(t, folders[0], folders[1])
	require.Equal(t, 1, strings.Count(said[0].String()+said[1].String(), "Built in"), "two at once build once")
	require.True(t, strings.HasPrefix(filepath.Base(folders[0]), "v1.37.2-"), folders[0])
	out, err := exec.Command(filepath.Join(folders[0], "kube-scheduler")).Output()
	require.NoError(t, err)
	require.Equal(t, "kube-scheduler", filepath.Base(string(out)))

	var again strings.Builder
	_, err = b.Ensure(t.Context(), cluster.NewPlainProgress(&again))
	require.NoError(t, err)
	require.Empty(t, again.String())

	require.NoError(t, os.WriteFile(filepath.Join(b.Source, "main.go"), []byte(prints+"\n// changed\n"), 0o600))
	other, err := b.Folder()
	require.NoError(t, err)
	require.NotEqual(t, folders[0], other)
}

func TestABuildThatFailsShowsWhatTheCompilerSays(t *testing.T) {
	b := module(t, "package main\n\nfunc main() { undefined() }\n")
	var said strings.Builder
	_, err := b.Ensure(t.Context(), cluster.NewPlainProgress(&said))
	require.ErrorContains(t, err, "build the control plane: go build: exit status 1")
	require.ErrorContains(t, err, "main.go:3:15: undefined: undefined")

	t.Log("and the next start builds again")
	require.NoError(t, os.WriteFile(filepath.Join(b.Source, "main.go"), []byte(prints), 0o600))
	_, err = b.Ensure(t.Context(), cluster.NewPlainProgress(&said))
	require.NoError(t, err)
}
