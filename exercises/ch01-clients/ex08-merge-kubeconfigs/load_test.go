package mergekubeconfigs_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	mergekubeconfigs "client-go-workbook/exercises/ch01-clients/ex08-merge-kubeconfigs"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/clientcmd/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	firstWins = invariant.Invariant{
		Says: "the first file that has a name wins, and its entry is taken as a whole",
		Read: "lib/clientcmd/rules.go, ClientConfigLoadingRules.Load; lib/clientcmd/merge.go",
	}
	fromItsFile = invariant.Invariant{
		Says: "a relative path is relative to the folder of the file that it stands in",
		Read: "lib/clientcmd/paths.go, ResolveLocalPaths",
	}
	restIsLoaded = invariant.Invariant{
		Says: "a file that is missing is left out; one that can't be read is told, and the others are there",
		Read: "lib/clientcmd/rules.go, ClientConfigLoadingRules.Load",
	}
)

// The developer's file, the company's file, and one that a tool has made. Some names are in several of them.
const (
	mine = `
contexts: [{name: dev, context: {cluster: mine, user: admin}}]
clusters: [{name: mine, cluster: {server: https://mine}}]
users: [{name: admin, user: {username: me}}]
extensions: [{name: notes, extension: {from: mine}}]
current-context: dev
`
	theirs = `
contexts:
- {name: dev, context: {cluster: theirs, user: admin, namespace: shop}}
- {name: prod, context: {cluster: theirs, user: auditor}}
clusters: [{name: theirs, cluster: {server: https://theirs, tls-server-name: kube.example}}]
users: [{name: admin, user: {username: them, password: sesame}}, {name: auditor, user: {token: sesame}}]
extensions: [{name: notes, extension: {from: theirs}}, {name: policy, extension: {from: theirs}}]
current-context: prod
`
	made = `
contexts: [{name: prod, context: {cluster: made, user: made}}, {name: test, context: {cluster: made, user: made}}]
clusters: [{name: theirs, cluster: {server: https://made, insecure-skip-tls-verify: true}}, {name: made, cluster: {server: https://made}}]
users: [{name: made, user: {token: sesame}}]
`
	nothing = "kind: Config\napiVersion: v1\n"
)

// write puts each content into a folder of its own and returns the files.
func write(t *testing.T, contents ...string) []string {
	t.Helper()
	var files []string
	for _, content := range contents {
		file := filepath.Join(t.TempDir(), "config")
		restIsLoaded.NoError(t, os.WriteFile(file, []byte(content), 0o600), "write a kubeconfig")
		files = append(files, file)
	}
	return files
}

func join(files ...string) string { return strings.Join(files, string(filepath.ListSeparator)) }

func load(t *testing.T, i invariant.Invariant, files ...string) *api.Config {
	t.Helper()
	config, err := mergekubeconfigs.Load(join(files...))
	i.NoError(t, err, "Load(%q)", join(files...))
	if config == nil {
		i.Broken(t, invariant.Report{Expected: "a config", Saw: "neither a config nor an error"})
	}
	return config
}

// servers is each cluster's server.
func servers(config *api.Config) map[string]string {
	names := map[string]string{}
	for name, cluster := range config.Clusters {
		names[name] = cluster.Server
	}
	return names
}

// choices is each context's cluster and user.
func choices(config *api.Config) map[string]string {
	names := map[string]string{}
	for name, context := range config.Contexts {
		names[name] = context.Cluster + " as " + context.AuthInfo
	}
	return names
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func TestEveryNameIsThere(t *testing.T) {
	config := load(t, firstWins, write(t, mine, theirs, made)...)
	firstWins.Equal(t, []string{"made", "mine", "theirs"}, sorted(config.Clusters), "merge mine, theirs and made: the clusters")
	firstWins.Equal(t, []string{"admin", "auditor", "made"}, sorted(config.AuthInfos), "merge mine, theirs and made: the users")
	firstWins.Equal(t, []string{"dev", "prod", "test"}, sorted(config.Contexts), "merge mine, theirs and made: the contexts")
	firstWins.Equal(t, []string{"notes", "policy"}, sorted(config.Extensions), "merge mine, theirs and made: the extensions")
}

func TestFirstFileWins(t *testing.T) {
	files := write(t, mine, theirs, made)
	config := load(t, firstWins, files...)
	firstWins.Equal(t, map[string]string{"mine": "https://mine", "theirs": "https://theirs", "made": "https://made"}, servers(config), "merge mine, theirs and made")
	firstWins.Equal(t, map[string]string{"dev": "mine as admin", "prod": "theirs as auditor", "test": "made as made"}, choices(config), "merge mine, theirs and made")
	firstWins.Equal(t, "dev", config.CurrentContext, "merge mine, theirs and made: the current context")
	firstWins.Equal(t, load(t, firstWins, files[0]).Extensions["notes"], config.Extensions["notes"], "merge mine, theirs and made: the extension notes")

	slices.Reverse(files)
	config = load(t, firstWins, files...)
	firstWins.Equal(t, map[string]string{"mine": "https://mine", "theirs": "https://made", "made": "https://made"}, servers(config), "merge made, theirs and mine")
	firstWins.Equal(t, map[string]string{"dev": "theirs as admin", "prod": "made as made", "test": "made as made"}, choices(config), "merge made, theirs and mine")
	firstWins.Equal(t, "prod", config.CurrentContext, "merge made, which has no current context, theirs and mine")
}

// What the first file leaves out of an entry is left out: somebody else's password would make another user of it.
func TestEntryIsNeverAMixture(t *testing.T) {
	config := load(t, firstWins, write(t, mine, theirs, made)...)
	admin, dev := config.AuthInfos["admin"], config.Contexts["dev"]
	firstWins.Equal(t, "me ", admin.Username+" "+admin.Password, "merge mine and theirs: user name and password of admin")
	firstWins.Equal(t, "mine admin ", dev.Cluster+" "+dev.AuthInfo+" "+dev.Namespace, "merge mine and theirs: cluster, user and namespace of dev")
	firstWins.Equal(t, false, config.Clusters["theirs"].InsecureSkipTLSVerify, "merge theirs and made: insecure-skip-tls-verify, which theirs doesn't have")
}

func TestFilesThatSayNothingChangeNothing(t *testing.T) {
	files := write(t, nothing, mine, nothing)
	config := load(t, firstWins, files...)
	firstWins.Equal(t, "dev", config.CurrentContext, "merge nothing, mine and nothing")
	firstWins.Equal(t, load(t, firstWins, files[1]), config, "merge nothing, mine and nothing: the same as mine")
	firstWins.Equal(t, files[1], config.Contexts["dev"].LocationOfOrigin, "where dev came from")
}

const withPaths = `
clusters: [{name: NAME, cluster: {server: https://a, certificate-authority: ca.crt}}, {name: NAME-data, cluster: {server: https://a}}]
users:
- {name: NAME, user: {client-certificate: pki/u.crt, client-key: ../u.key, tokenFile: token, exec: {command: bin/get-token, apiVersion: client.authentication.k8s.io/v1}}}
- {name: NAME-abs, user: {client-certificate: /pki/u.crt, exec: {command: get-token, apiVersion: client.authentication.k8s.io/v1}}}
`

// twoFolders makes a/config and b/config below a root, with paths of the same names in them.
func twoFolders(t *testing.T) string {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	fromItsFile.NoError(t, err, "make a folder")
	for _, name := range []string{"a", "b"} {
		fromItsFile.NoError(t, os.Mkdir(filepath.Join(root, name), 0o755), "make a folder")
		content := strings.ReplaceAll(withPaths, "NAME", name)
		fromItsFile.NoError(t, os.WriteFile(filepath.Join(root, name, "config"), []byte(content), 0o600), "write a kubeconfig")
	}
	return root
}

func checkPaths(t *testing.T, root string, config *api.Config) {
	t.Helper()
	for _, name := range []string{"a", "b"} {
		user, abs := config.AuthInfos[name], config.AuthInfos[name+"-abs"]
		want := []string{root + "/" + name + "/ca.crt", root + "/" + name + "/pki/u.crt", root + "/u.key", root + "/" + name + "/token", root + "/" + name + "/bin/get-token"}
		saw := []string{config.Clusters[name].CertificateAuthority, user.ClientCertificate, user.ClientKey, user.TokenFile, user.Exec.Command}
		fromItsFile.Equal(t, want, saw, "the paths that are relative in %s/config", name)
		saw = []string{config.Clusters[name+"-data"].CertificateAuthority, abs.ClientCertificate, abs.ClientKey, abs.Exec.Command}
		fromItsFile.Equal(t, []string{"", "/pki/u.crt", "", "get-token"}, saw, "what is empty, absolute, or a command to look for in PATH, in %s/config", name)
	}
}

func TestPathsAreRelativeToTheirFile(t *testing.T) {
	root := twoFolders(t)
	checkPaths(t, root, load(t, fromItsFile, root+"/a/config", root+"/b/config"))
}

func TestListMayBeRelativeItself(t *testing.T) {
	root := twoFolders(t)
	t.Chdir(root)
	config := load(t, fromItsFile, "a/config", "b/config")
	t.Chdir("/") // the config must not depend on where the program goes
	checkPaths(t, root, config)
}

func TestMissingFilesAreLeftOut(t *testing.T) {
	files := write(t, mine, theirs)
	nowhere := filepath.Join(t.TempDir(), "config")
	config := load(t, restIsLoaded, nowhere, files[0], "", nowhere, files[1], nowhere)
	restIsLoaded.Equal(t, load(t, restIsLoaded, files...), config, "merge mine and theirs, with missing files before, between and behind")
	config = load(t, restIsLoaded, nowhere, nowhere)
	restIsLoaded.Equal(t, api.NewConfig(), config, "merge nothing but missing files")
	restIsLoaded.Equal(t, api.NewConfig(), load(t, restIsLoaded), "merge an empty list")
}

func TestBrokenFilesAreTold(t *testing.T) {
	files := write(t, mine, "kind: 7", theirs, "clusters: [")
	config, err := mergekubeconfigs.Load(join(files...))
	for _, broken := range []string{files[1], files[3]} {
		if err == nil || !strings.Contains(err.Error(), broken) {
			saw := "no error"
			if err != nil {
				saw = err.Error()
			}
			restIsLoaded.Broken(t, invariant.Report{Doing: "merge four files, of which two are broken", Expected: "an error that names " + broken, Saw: saw})
		}
	}
	if config == nil {
		restIsLoaded.Broken(t, invariant.Report{Doing: "merge four files, of which two are broken", Expected: "a config beside the error", Saw: "none"})
	}
	restIsLoaded.Equal(t, load(t, restIsLoaded, files[0], files[2]), config, "merge four files, of which two are broken: the others")
}
