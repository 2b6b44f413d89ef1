package clientcmd_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest"
)

// The developer's file and the company's file share a context name and a user name.
func TestTheFirstFileWins(t *testing.T) {
	mine := write(t, `
current-context: dev
contexts: [{name: dev, context: {cluster: mine, user: admin}}]
clusters: [{name: mine, cluster: {server: https://mine}}]
users: [{name: admin, user: {username: me}}]
`)
	theirs := write(t, `
current-context: prod
preferences: {colors: true}
contexts:
- {name: dev, context: {cluster: theirs, user: admin, namespace: shop}}
- {name: prod, context: {cluster: theirs, user: admin}}
clusters: [{name: theirs, cluster: {server: https://theirs}}]
users: [{name: admin, user: {username: them, password: hunter2}}]
`)
	config, err := (&clientcmd.ClientConfigLoadingRules{Precedence: []string{mine, theirs}}).Load()
	require.NoError(t, err)
	require.Equal(t, "dev", config.CurrentContext)
	require.Equal(t, api.Preferences{Colors: true}, config.Preferences, "what the first file doesn't say, the second may")
	require.Equal(t, "mine", config.Contexts["dev"].Cluster)
	require.Equal(t, "", config.Contexts["dev"].Namespace, "an entry is one file's, never a mixture")
	require.Equal(t, "theirs", config.Contexts["prod"].Cluster)
	require.Equal(t, "https://theirs", config.Clusters["theirs"].Server)
	require.Equal(t, "me", config.AuthInfos["admin"].Username)
	require.Equal(t, "", config.AuthInfos["admin"].Password)
	require.Equal(t, theirs, config.Contexts["prod"].LocationOfOrigin)
}

// merged loads the configs as files in one folder, so that equal configs are equal up to where they came from.
func merged(t *testing.T, configs ...*api.Config) *api.Config {
	t.Helper()
	dir := t.TempDir()
	rules := &clientcmd.ClientConfigLoadingRules{DoNotResolvePaths: true}
	for i, config := range configs {
		file := filepath.Join(dir, fmt.Sprint(i))
		require.NoError(t, clientcmd.WriteToFile(*config, file))
		rules.Precedence = append(rules.Precedence, file)
	}
	config, err := rules.Load()
	require.NoError(t, err)
	for _, v := range config.Clusters {
		v.LocationOfOrigin = ""
	}
	for _, v := range config.Contexts {
		v.LocationOfOrigin = ""
	}
	for _, v := range config.AuthInfos {
		v.LocationOfOrigin = ""
	}
	return config
}

func TestLawsOfMerging(t *testing.T) {
	empty := api.NewConfig()
	for seed := range uint64(20) {
		a, b, c := randomConfig(3*seed), randomConfig(3*seed+1), randomConfig(3*seed+2)
		abc := merged(t, a, b, c)

		require.Equal(t, a, merged(t, empty, a), "seed %d: nothing before a file changes it", seed)
		require.Equal(t, a, merged(t, a, empty), "seed %d: nothing after a file changes it", seed)
		require.Equal(t, a, merged(t, a, a), "seed %d: twice is once", seed)
		require.Equal(t, abc, merged(t, merged(t, a, b), c), "seed %d: grouping doesn't matter", seed)
		require.Equal(t, abc, merged(t, a, merged(t, b, c)), "seed %d: grouping doesn't matter", seed)
		requireFirst(t, abc.Clusters, a.Clusters, b.Clusters, c.Clusters)
		requireFirst(t, abc.AuthInfos, a.AuthInfos, b.AuthInfos, c.AuthInfos)
		requireFirst(t, abc.Contexts, a.Contexts, b.Contexts, c.Contexts)
		requireFirst(t, abc.Extensions, a.Extensions, b.Extensions, c.Extensions)
		require.Equal(t, a.CurrentContext, abc.CurrentContext)
	}
}

// requireFirst says what merged maps hold: every name, with the value that the first map has for it.
func requireFirst[V any](t *testing.T, merged map[string]V, maps ...map[string]V) {
	t.Helper()
	want := map[string]V{}
	for _, m := range maps {
		for name, v := range m {
			if _, ok := want[name]; !ok {
				want[name] = v
			}
		}
	}
	require.Equal(t, want, merged)
}

func TestMissingFilesAreSkipped(t *testing.T) {
	file := write(t, "current-context: dev")
	var warnings []error
	rules := &clientcmd.ClientConfigLoadingRules{
		Precedence:       []string{"/nowhere/a", "", file, "/nowhere/b"},
		WarnIfAllMissing: true,
		Warner:           func(err error) { warnings = append(warnings, err) },
	}
	config, err := rules.Load()
	require.NoError(t, err)
	require.Equal(t, "dev", config.CurrentContext)
	require.Empty(t, warnings, "one file is there")

	rules.Precedence = []string{"/nowhere/a", "", "/nowhere/b"}
	config, err = rules.Load()
	require.NoError(t, err)
	require.Equal(t, api.NewConfig(), config)
	require.Equal(t, []error{clientcmd.MissingConfigError{Missing: []string{"/nowhere/a", "/nowhere/b"}}}, warnings)
	require.EqualError(t, warnings[0], "Config not found: /nowhere/a, /nowhere/b")

	rules.WarnIfAllMissing = false
	_, err = rules.Load()
	require.NoError(t, err)
	require.Len(t, warnings, 1)
}

func TestAnExplicitFileMustExist(t *testing.T) {
	file := write(t, "current-context: other")
	rules := &clientcmd.ClientConfigLoadingRules{ExplicitPath: "/nowhere/a", Precedence: []string{file}}
	_, err := rules.Load()
	require.EqualError(t, err, "load kubeconfig /nowhere/a: no such file or directory")
	require.True(t, os.IsNotExist(err))

	config, err := rules.GetStartingConfig()
	require.NoError(t, err, "to start a new file is fine")
	require.Equal(t, api.NewConfig(), config)

	rules.ExplicitPath = write(t, "current-context: dev")
	config, err = rules.Load()
	require.NoError(t, err)
	require.Equal(t, "dev", config.CurrentContext)
	require.Equal(t, []string{rules.ExplicitPath}, rules.GetLoadingPrecedence(), "it is the only file")
}

func TestEveryBrokenFileIsListed(t *testing.T) {
	good := write(t, "current-context: dev")
	bad, worse := write(t, "kind: 7"), write(t, "[")
	rules := &clientcmd.ClientConfigLoadingRules{Precedence: []string{bad, good, worse}}
	config, err := rules.Load()
	require.EqualError(t, err, fmt.Sprintf("[load kubeconfig %s: kind is a number, want a string, "+
		"load kubeconfig %s: it is not YAML: line 1: did not find expected node content]", bad, worse))
	require.Equal(t, "dev", config.CurrentContext, "the others are loaded")

	_, err = rules.GetStartingConfig()
	require.Error(t, err)
}

const withPaths = `
clusters: [{name: a, cluster: {certificate-authority: ca.crt}}]
users:
- {name: rel, user: {client-certificate: pki/u.crt, client-key: ../u.key, tokenFile: token, exec: {command: bin/get-token}}}
- {name: abs, user: {client-certificate: /pki/u.crt, exec: {command: get-token}}}
`

func TestPathsAreRelativeToTheirFile(t *testing.T) {
	root := t.TempDir()
	file := writeAs(t, root, "kube/config", withPaths)
	config, err := (&clientcmd.ClientConfigLoadingRules{Precedence: []string{file}}).Load()
	require.NoError(t, err)
	require.Equal(t, root+"/kube/ca.crt", config.Clusters["a"].CertificateAuthority)
	rel, abs := config.AuthInfos["rel"], config.AuthInfos["abs"]
	require.Equal(t, root+"/kube/pki/u.crt", rel.ClientCertificate)
	require.Equal(t, root+"/u.key", rel.ClientKey)
	require.Equal(t, root+"/kube/token", rel.TokenFile)
	require.Equal(t, root+"/kube/bin/get-token", rel.Exec.Command)
	require.Equal(t, "/pki/u.crt", abs.ClientCertificate)
	require.Equal(t, "", abs.ClientKey)
	require.Equal(t, "get-token", abs.Exec.Command, "a bare command is looked up in PATH")
}

func TestPathsMayStayAsTheyAre(t *testing.T) {
	file := write(t, withPaths)
	config, err := (&clientcmd.ClientConfigLoadingRules{ExplicitPath: file, DoNotResolvePaths: true}).Load()
	require.NoError(t, err)
	require.Equal(t, "ca.crt", config.Clusters["a"].CertificateAuthority)
	require.Equal(t, "../u.key", config.AuthInfos["rel"].ClientKey)
}

// A relative KUBECONFIG is relative to the working directory, and so are its paths after loading.
func TestARelativeFileGivesAbsolutePaths(t *testing.T) {
	root := t.TempDir()
	writeAs(t, root, "kube/config", withPaths)
	t.Chdir(root)
	config, err := (&clientcmd.ClientConfigLoadingRules{ExplicitPath: "kube/config"}).Load()
	require.NoError(t, err)
	wd, err := os.Getwd()
	require.NoError(t, err)
	require.Equal(t, wd+"/kube/ca.crt", config.Clusters["a"].CertificateAuthority)
}

func TestDefaultRulesAskTheEnvironment(t *testing.T) {
	t.Setenv("KUBECONFIG", "/a:/b:/a::/c")
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	require.Equal(t, []string{"/a", "/b", "", "/c"}, rules.Precedence, "each once")
	require.True(t, rules.WarnIfAllMissing)

	t.Setenv("KUBECONFIG", "")
	rules = clientcmd.NewDefaultClientConfigLoadingRules()
	require.Equal(t, []string{clientcmd.RecommendedHomeFile}, rules.Precedence)
	require.False(t, rules.WarnIfAllMissing)
	require.Equal(t, filepath.Join(".kube", "config"), filepath.Join(filepath.Base(filepath.Dir(clientcmd.RecommendedHomeFile)), "config"))
}

func TestOldFilesAreCopiedOnce(t *testing.T) {
	dir := t.TempDir()
	old := writeAs(t, dir, "old", "current-context: old")
	fresh := filepath.Join(dir, "new", "config")
	rules := &clientcmd.ClientConfigLoadingRules{
		Precedence:     []string{fresh},
		MigrationRules: map[string]string{fresh: old, filepath.Join(dir, "x"): filepath.Join(dir, "nope")},
	}
	config, err := rules.Load()
	require.NoError(t, err)
	require.Equal(t, "old", config.CurrentContext)
	require.FileExists(t, old)

	require.NoError(t, os.WriteFile(fresh, []byte("current-context: new"), 0o600))
	config, err = rules.Load()
	require.NoError(t, err)
	require.Equal(t, "new", config.CurrentContext, "a file that is there is not overwritten")

	rules.MigrationRules = map[string]string{filepath.Join(dir, "y"): dir}
	_, err = rules.Load()
	require.EqualError(t, err, fmt.Sprintf("migrate kubeconfig %s to %s/y: read %s: is a directory", dir, dir, dir))
}

func TestDefaultFilename(t *testing.T) {
	file := write(t, "")
	for name, c := range map[string]struct {
		rules clientcmd.ClientConfigLoadingRules
		want  string
	}{
		"explicit":       {clientcmd.ClientConfigLoadingRules{ExplicitPath: "/x", Precedence: []string{file}}, "/x"},
		"first existing": {clientcmd.ClientConfigLoadingRules{Precedence: []string{"/nowhere/a", file}}, file},
		"first":          {clientcmd.ClientConfigLoadingRules{Precedence: []string{"/nowhere/a", "/nowhere/b"}}, "/nowhere/a"},
		"none":           {clientcmd.ClientConfigLoadingRules{}, ""},
	} {
		require.Equal(t, c.want, c.rules.GetDefaultFilename(), name)
	}
}

func TestLoadingPrecedenceIsTheCallersToSort(t *testing.T) {
	rules := &clientcmd.ClientConfigLoadingRules{Precedence: []string{"b", "a"}}
	rules.GetLoadingPrecedence()[0] = "spoiled"
	require.Equal(t, []string{"b", "a"}, rules.Precedence)
}

func TestIsDefaultConfig(t *testing.T) {
	standard := clientcmd.NewDefaultClientConfig(api.Config{}, &clientcmd.ConfigOverrides{
		ClusterDefaults: api.Cluster{Server: "http://localhost:8080"},
	})
	rules := &clientcmd.ClientConfigLoadingRules{DefaultClientConfig: standard}
	require.True(t, rules.IsDefaultConfig(&rest.Config{Host: "http://localhost:8080"}))
	require.False(t, rules.IsDefaultConfig(&rest.Config{Host: "http://elsewhere"}))
	require.False(t, (&clientcmd.ClientConfigLoadingRules{}).IsDefaultConfig(&rest.Config{}))
}
