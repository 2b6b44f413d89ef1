package cluster_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/cluster"
)

// workbook makes the folders of a checkout, moves to one of them and forgets what
// the environment says about clusters.
func workbook(t *testing.T, wd string) (root string) {
	t.Helper()
	for _, name := range []string{"CLUSTER", "WORKBOOK_KUBECONFIG", "WORKBOOK_CONTEXT"} {
		t.Setenv(name, "")
	}
	root = t.TempDir()
	writeFile(t, filepath.Join(root, "go.mod"), "module client-go-workbook\n\ngo 1.26\n")
	require.NoError(t, os.MkdirAll(filepath.Join(root, wd), 0o755))
	t.Chdir(filepath.Join(root, wd))
	return root
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
}

// contexts writes a kubeconfig with one context per server, both by that name.
func contexts(t *testing.T, file, current string, servers map[string]string) {
	t.Helper()
	kubeconfig := api.NewConfig()
	kubeconfig.CurrentContext = current
	for name, server := range servers {
		kubeconfig.Clusters[name] = &api.Cluster{Server: server}
		kubeconfig.AuthInfos[name] = &api.AuthInfo{Token: "of-" + name}
		kubeconfig.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	}
	require.NoError(t, clientcmd.WriteToFile(*kubeconfig, file))
}

// server is something that answers at a loopback address.
func server(t *testing.T) (url string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return "https://" + l.Addr().String()
}

func TestConfigChoosesTheClusterThatIsNamed(t *testing.T) {
	embedded, kind := server(t), server(t)
	const elsewhere = "https://prod.example.com"
	all := map[string]string{"workbook-embedded": embedded, "kind-workbook": kind, "prod": elsewhere}
	just := func(names ...string) map[string]string {
		some := map[string]string{}
		for _, name := range names {
			some[name] = all[name]
		}
		return some
	}
	const embeddedLine, kindLine = "start one with: make up", "start one with: make kind-up"

	for _, test := range []struct {
		name     string
		cluster  string
		current  string
		contexts map[string]string

		want    string   // the server
		wantErr []string // what the error tells
		notUp   bool
	}{
		{name: "the current context", current: "workbook-embedded", contexts: all, want: embedded},
		{name: "the current context, kind", current: "kind-workbook", contexts: all, want: kind},
		{name: "no current context, but one that is ours", contexts: just("kind-workbook", "prod"), want: kind},
		{name: "the variable before the current context", cluster: "kind", current: "workbook-embedded", contexts: all, want: kind},
		{name: "the variable, with a stranger current", cluster: "embedded", current: "prod", contexts: all, want: embedded},

		{name: "a stranger's context is current", current: "prod", contexts: all,
			wantErr: []string{`"prod" is not the workbook's own`, "CLUSTER=existing"}},
		{name: "nothing of ours is there", contexts: just("prod"), wantErr: []string{"no cluster is up: there is no current context in ", embeddedLine}, notUp: true},
		{name: "the named one is not there", cluster: "kind", current: "workbook-embedded", contexts: just("workbook-embedded"),
			wantErr: []string{"no context kind-workbook", kindLine}, notUp: true},
		{name: "an unknown name", cluster: "minikube", contexts: all, wantErr: []string{"CLUSTER=minikube is none of embedded, kind, existing"}},
		{name: "our name on a server elsewhere", current: "workbook-embedded", contexts: map[string]string{"workbook-embedded": elsewhere},
			wantErr: []string{"prod.example.com", "not on this machine"}},
		{name: "an address elsewhere", current: "kind-workbook", contexts: map[string]string{"kind-workbook": "https://192.0.2.7:6443"},
			wantErr: []string{"192.0.2.7", "not on this machine"}},
		{name: "a name that only looks local", current: "workbook-embedded",
			contexts: map[string]string{"workbook-embedded": "https://127.0.0.1.example.com:6443"}, wantErr: []string{"not on this machine"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := workbook(t, ".")
			t.Setenv("CLUSTER", test.cluster)
			contexts(t, filepath.Join(root, ".workbook", "kubeconfig"), test.current, test.contexts)

			cfg, err := cluster.Config()
			if test.want != "" {
				require.NoError(t, err)
				require.Equal(t, test.want, cfg.Host)
				return
			}
			for _, text := range test.wantErr {
				require.ErrorContains(t, err, text)
			}
			require.Equal(t, test.notUp, errors.Is(err, cluster.ErrNotUp))
		})
	}
}

func TestConfigOfAnExistingClusterNeedsBothNames(t *testing.T) {
	workbook(t, ".")
	file := filepath.Join(t.TempDir(), "config")
	contexts(t, file, "prod", map[string]string{"prod": "https://prod.example.com", "mine": "https://mine.example.com"})
	t.Setenv("CLUSTER", "existing")

	for _, half := range [][2]string{{"", ""}, {file, ""}, {"", "mine"}} {
		t.Setenv("WORKBOOK_KUBECONFIG", half[0])
		t.Setenv("WORKBOOK_CONTEXT", half[1])
		_, err := cluster.Config()
		require.ErrorContains(t, err, "needs both WORKBOOK_KUBECONFIG=<file> and WORKBOOK_CONTEXT=<context>")
	}

	t.Setenv("WORKBOOK_KUBECONFIG", file)
	t.Setenv("WORKBOOK_CONTEXT", "mine")
	cfg, err := cluster.Config()
	require.NoError(t, err)
	require.Equal(t, "https://mine.example.com", cfg.Host)
	require.Equal(t, "of-mine", cfg.BearerToken)

	t.Setenv("WORKBOOK_CONTEXT", "gone")
	_, err = cluster.Config()
	require.ErrorContains(t, err, file+` has no context "gone"; it has "mine", "prod"`)

	t.Setenv("WORKBOOK_KUBECONFIG", filepath.Join(t.TempDir(), "nowhere"))
	_, err = cluster.Config()
	require.ErrorContains(t, err, "nowhere")

	t.Log("each test runs in a folder of its own: a relative path would be another file in each")
	t.Setenv("WORKBOOK_KUBECONFIG", "~/.kube/config")
	_, err = cluster.Config()
	require.ErrorContains(t, err, `WORKBOOK_KUBECONFIG="~/.kube/config" is not an absolute path`)
}

func TestConfigFindsTheRootFromBelow(t *testing.T) {
	root := workbook(t, "lib/cluster")
	contexts(t, filepath.Join(root, ".workbook", "kubeconfig"), "workbook-embedded", map[string]string{"workbook-embedded": server(t)})
	_, err := cluster.Config()
	require.NoError(t, err)

	t.Log("a nested module is not the root")
	writeFile(t, filepath.Join(root, "exercises", "go.mod"), "module client-go-workbook/exercises\n")
	t.Chdir(filepath.Join(root, "exercises"))
	_, err = cluster.Config()
	require.NoError(t, err)

	t.Log("outside of it there is none")
	t.Chdir(t.TempDir())
	_, err = cluster.Config()
	require.ErrorContains(t, err, "is not inside the workbook")
}

// TestWhatConfigSaysIsWhatTheWorkbookSays: the line that starts a cluster is one that make
// knows, and the one that the README gives.
func TestWhatConfigSaysIsWhatTheWorkbookSays(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	require.NoError(t, err)
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	workbook(t, ".")

	for name, script := range map[string]string{"embedded": "scripts/embedded-up.sh", "kind": "scripts/kind-up.sh"} {
		t.Setenv("CLUSTER", name)
		_, err = cluster.Config()
		require.ErrorIs(t, err, cluster.ErrNotUp)
		_, line, _ := strings.Cut(err.Error(), "start one with: ")
		target, isMake := strings.CutPrefix(line, "make ")
		require.True(t, isMake, line)
		require.Regexp(t, `(?m)^`+target+`:.*\n\t@`+script+`$`, string(makefile))
		require.Regexp(t, `(?m)^`+line+`\b`, string(readme))
	}
}

func TestConfigSaysHowToStartACluster(t *testing.T) {
	root := workbook(t, ".")
	_, err := cluster.Config()
	require.ErrorIs(t, err, cluster.ErrNotUp)
	require.ErrorContains(t, err, "start one with: make up")

	t.Setenv("CLUSTER", "kind")
	_, err = cluster.Config()
	require.ErrorIs(t, err, cluster.ErrNotUp)
	require.ErrorContains(t, err, "start one with: make kind-up")
	t.Setenv("CLUSTER", "")

	t.Log("a kubeconfig that leads to nobody")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := "https://" + l.Addr().String()
	require.NoError(t, l.Close())
	kubeconfig := filepath.Join(root, ".workbook", "kubeconfig")
	contexts(t, kubeconfig, "workbook-embedded", map[string]string{"workbook-embedded": nobody})
	_, err = cluster.Config()
	require.ErrorIs(t, err, cluster.ErrNotUp)
	require.ErrorContains(t, err, "connection refused")
	require.ErrorContains(t, err, "start one with: make up")
	require.NotContains(t, err.Error(), "ended by itself")

	t.Log("it was started, and nobody has stopped it")
	writeFile(t, filepath.Join(root, ".workbook", "embedded", "state.json"), `{"parts": {"kube-apiserver": {"pid": 7}}}`)
	_, err = cluster.Config()
	require.ErrorContains(t, err, "ended by itself")

	t.Log("a kubeconfig that is none")
	writeFile(t, kubeconfig, "{]")
	_, err = cluster.Config()
	require.ErrorContains(t, err, kubeconfig)
	require.NotErrorIs(t, err, cluster.ErrNotUp)
}
