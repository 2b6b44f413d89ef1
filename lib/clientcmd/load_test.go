package clientcmd_test

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/clientcmd/internal/arbitrary"
)

// write puts content into a file of its own and returns its path.
func write(t *testing.T, content string) string {
	t.Helper()
	return writeAs(t, t.TempDir(), "config", content)
}

func writeAs(t *testing.T, dir, name, content string) string {
	t.Helper()
	file := filepath.Join(dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o600))
	return file
}

func TestEveryEntryKnowsItsFile(t *testing.T) {
	file := write(t, `
clusters: [{name: a, cluster: {server: https://a}}]
contexts: [{name: dev, context: {cluster: a, user: admin}}]
users: [{name: admin, user: {token: hunter2}}]
current-context: dev
`)
	config, err := clientcmd.LoadFromFile(file)
	require.NoError(t, err)
	require.Equal(t, "dev", config.CurrentContext)
	require.Equal(t, file, config.Clusters["a"].LocationOfOrigin)
	require.Equal(t, file, config.Contexts["dev"].LocationOfOrigin)
	require.Equal(t, file, config.AuthInfos["admin"].LocationOfOrigin)
	require.Equal(t, "hunter2", config.AuthInfos["admin"].Token)
}

func TestLoadTakesWhatIsNearlyNothing(t *testing.T) {
	for name, content := range map[string]string{
		"no bytes":      "",
		"white space":   "\n  \n",
		"a comment":     "# later\n",
		"an empty map":  "{}",
		"null":          "null",
		"only the kind": "apiVersion: v1\nkind: Config\n",
		"JSON":          `{"apiVersion": "v1", "kind": "Config", "clusters": null}`,
		"more fields":   "clusters: []\nflavour: sweet\n",
	} {
		config, err := clientcmd.Load([]byte(content))
		require.NoError(t, err, name)
		require.Equal(t, api.NewConfig(), config, name)
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	config, err := clientcmd.Load([]byte("clusters: [{name: a, colour: red, cluster: {server: https://a, Server: https://b, warp: 9}}]"))
	require.NoError(t, err)
	require.Equal(t, "https://a", config.Clusters["a"].Server)
}

// Each broken file, and all that its reader needs to mend it.
var broken = map[string]string{
	"clusters:\n- name: a\n  cluster: [\n":            `it is not YAML: line 3: did not find expected node content`,
	"clusters:\n\tname: a\n":                          `it is not YAML: line 2: found character that cannot start any token`,
	"a: b: c\n":                                       `it is not YAML: mapping values are not allowed in this context`,
	"users: [{name: admin, user: {token: *hunter2}}]": `it is not YAML: an alias (*name) has no anchor (&name), or contains itself`,
	"users: {? [hunter2] : hunter2}":                  `it is not YAML: a key is not a string`,
	"users: [{user: {token: !!int hunter2}}]":         `it is not YAML: a value is not what its tag says`,
	"hunter2":   `it is not a kubeconfig: it holds a string, want fields with values`,
	"4711":      `it is not a kubeconfig: it holds a number, want fields with values`,
	"- hunter2": `it is not a kubeconfig: it holds a list, want fields with values`,

	"kind: Pod\napiVersion: v1":              `it is not a kubeconfig: apiVersion "v1", kind "Pod"; want "v1", "Config"`,
	"kind: Config\napiVersion: v2":           `it is not a kubeconfig: apiVersion "v2", kind "Config"; want "v1", "Config"`,
	"kind: Deployment\napiVersion: apps/v1":  `it is not a kubeconfig: apiVersion "apps/v1", kind "Deployment"; want "v1", "Config"`,
	"kind: Config\napiVersion: __internal":   `it is not a kubeconfig: apiVersion "__internal", kind "Config"; want "v1", "Config"`,
	"kind: 7":                                `kind is a number, want a string`,
	"current-context: [a]":                   `current-context is a list, want a string`,
	"clusters: {a: {server: https://a}}":     `clusters is a map, want a list`,
	"clusters: [https://a]":                  `clusters[0] is a string, want fields with values`,
	"clusters: [{cluster: {server: 1}}]":     `clusters[0].cluster.server is a number, want a string`,
	"users: [{name: admin, user: {as: {}}}]": `users["admin"].user.as is a map, want a string`,
	"contexts: [{name: a, context: 5}]":      `contexts["a"].context is a number, want fields with values`,

	"clusters: [{name: a, cluster: {certificate-authority-data: '-----BEGIN'}}]":  `clusters["a"].cluster.certificate-authority-data is not base64: illegal base64 data at input byte 0`,
	"clusters: [{name: a, cluster: {certificate-authority-data: 4711}}]":          `clusters["a"].cluster.certificate-authority-data is a number, want base64`,
	"users: [{name: admin, user: {client-key-data: hunter2}}]":                    `users["admin"].user.client-key-data is not base64: illegal base64 data at input byte 4`,
	"users: [{name: admin, user: {token: 4711}}]":                                 `users["admin"].user.token is a number, want a string`,
	"users: [{name: admin, user: {password: true}}]":                              `users["admin"].user.password is true or false, want a string`,
	"users: [{name: admin, user: {exec: {env: [{name: E, value: 4711}]}}}]":       `users["admin"].user.exec.env["E"].value is a number, want a string`,
	"users: [{name: admin, user: {auth-provider: {config: {id-token: 4711}}}}]":   `users["admin"].user.auth-provider.config["id-token"] is a number, want a string`,
	"users: [{name: admin, user: {as-user-extra: {scopes: hunter2}}}]":            `users["admin"].user.as-user-extra["scopes"] is a string, want a list`,
	"users: [{name: admin, user: {as-user-extra: [hunter2]}}]":                    `users["admin"].user.as-user-extra is a list, want names with values`,
	"clusters: [{name: a, cluster: {insecure-skip-tls-verify: 'hunter2'}}]":       `clusters["a"].cluster.insecure-skip-tls-verify is a string, want true or false`,
	"users: [{name: a, user: {token: hunter2}}, {name: a, user: {token: other}}]": `users: duplicate name "a"`,
	"clusters: [{name: a}, {name: a}]":                                            `clusters: duplicate name "a"`,
	"contexts: [{name: a}, {name: a}]":                                            `contexts: duplicate name "a"`,
	"extensions: [{name: x}, {name: x}]":                                          `extensions: duplicate name "x"`,
}

func TestABrokenFileSaysWhatIsWrong(t *testing.T) {
	for content, want := range broken {
		t.Run(want, func(t *testing.T) {
			file := write(t, content)
			_, err := clientcmd.LoadFromFile(file)
			require.EqualError(t, err, "load kubeconfig "+file+": "+want, "%s", content)
			_, err = clientcmd.Load([]byte(content))
			require.EqualError(t, err, "read kubeconfig: "+want, "%s", content)
			require.NotContains(t, err.Error(), "hunter2")
			require.NotContains(t, err.Error(), "4711")
		})
	}
}

func TestAFileThatCannotBeReadIsNamedOnce(t *testing.T) {
	dir := t.TempDir()
	_, err := clientcmd.LoadFromFile(filepath.Join(dir, "nope"))
	require.EqualError(t, err, "load kubeconfig "+dir+"/nope: no such file or directory")
	require.True(t, os.IsNotExist(err))
	require.ErrorIs(t, err, fs.ErrNotExist)

	_, err = clientcmd.LoadFromFile(dir)
	require.EqualError(t, err, "load kubeconfig "+dir+": is a directory")
}

// The file below is cut, joined and peppered at random. Most results are no kubeconfigs any more, and none may
// be described by quoting it.
func TestNoErrorQuotesACredential(t *testing.T) {
	const file = `apiVersion: v1
kind: Config
clusters:
- name: a
  cluster:
    server: https://a
    certificate-authority-data: UEVN
users:
- name: admin
  user:
    token: hunter2
    password: "hunter2"
    client-key-data: hunter2hunter2==
    exec:
      command: c
      args: [hunter2, 'hunter2']
      env:
      - {name: E, value: hunter2}
`
	pepper := []string{"*", "&", "!", "!!int ", "? ", "[", "]", "{", "}", "'", `"`, "\t", "\n", ": ", "- ", "|", "%", "@", "`", "\x00", "\\"}
	refused := 0
	for seed := range uint64(3000) {
		rng := rand.New(rand.NewPCG(seed, 0))
		content := []byte(file)
		for range 1 + rng.IntN(3) {
			at := rng.IntN(len(content))
			if rng.IntN(2) == 0 {
				content = append(content[:at], content[at+1:]...)
			} else {
				content = append(content[:at:at], append([]byte(pepper[rng.IntN(len(pepper))]), content[at:]...)...)
			}
		}
		_, err := clientcmd.Load(content)
		if err != nil {
			refused++
			require.NotContains(t, err.Error(), "hunter2", "seed %d:\n%s", seed, content)
		}
	}
	require.Greater(t, refused, 500, "the damage is too small to mean anything")
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	for seed := range uint64(500) {
		config := randomConfig(seed)
		data, err := clientcmd.Write(*config)
		require.NoError(t, err, "seed %d", seed)
		back, err := clientcmd.Load(data)
		require.NoError(t, err, "seed %d:\n%s", seed, data)
		require.Equal(t, config, back, "seed %d:\n%s", seed, data)
	}
}

// randomConfig returns what a file can hold: without run-time fields, and with maps that are there.
func randomConfig(seed uint64) *api.Config {
	config := &api.Config{}
	arbitrary.Fill(rand.New(rand.NewPCG(seed, 0)), config)
	config.Kind, config.APIVersion = "", ""
	config.Clusters, config.AuthInfos, config.Contexts = present(config.Clusters), present(config.AuthInfos), present(config.Contexts)
	config.Extensions = present(config.Extensions)
	for _, cluster := range config.Clusters {
		cluster.LocationOfOrigin, cluster.Extensions = "", present(cluster.Extensions)
	}
	for _, context := range config.Contexts {
		context.LocationOfOrigin, context.Extensions = "", present(context.Extensions)
	}
	for _, user := range config.AuthInfos {
		user.LocationOfOrigin, user.Extensions = "", present(user.Extensions)
		if e := user.Exec; e != nil {
			e.Config, e.StdinUnavailable, e.StdinUnavailableMessage, e.PluginPolicy = nil, false, "", api.PluginPolicy{}
		}
	}
	return config
}

func present[V any](m map[string]V) map[string]V {
	if m == nil {
		return map[string]V{}
	}
	return m
}

func FuzzLoad(f *testing.F) {
	for content := range broken {
		f.Add([]byte(content))
	}
	for seed := range uint64(20) {
		data, err := clientcmd.Write(*randomConfig(seed))
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		config, err := clientcmd.Load(content)
		if err != nil {
			return
		}
		_ = clientcmd.Validate(*config)
		data, err := clientcmd.Write(*config)
		require.NoError(t, err)
		back, err := clientcmd.Load(data)
		require.NoError(t, err, "%s", data)
		again, err := clientcmd.Write(*back)
		require.NoError(t, err)
		require.Equal(t, string(data), string(again))
	})
}

func TestWriteRefusesNil(t *testing.T) {
	_, err := clientcmd.Write(api.Config{AuthInfos: map[string]*api.AuthInfo{"admin": nil}})
	require.EqualError(t, err, `write kubeconfig: users: "admin": is nil`)
}

func TestWriteToFile(t *testing.T) {
	config := api.Config{CurrentContext: "dev"}
	mode := func(file string) fs.FileMode {
		info, err := os.Lstat(file)
		require.NoError(t, err)
		return info.Mode()
	}
	requireOnly := func(dir string, names ...string) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, len(names), "nothing is left behind")
	}

	t.Run("a new file is its owner's alone", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "deep", "er")
		file := filepath.Join(dir, "config")
		require.NoError(t, clientcmd.WriteToFile(config, file))
		require.Equal(t, fs.FileMode(0o600), mode(file))
		requireOnly(dir, "config")
		got, err := clientcmd.LoadFromFile(file)
		require.NoError(t, err)
		require.Equal(t, "dev", got.CurrentContext)
	})
	t.Run("an existing file keeps its mode", func(t *testing.T) {
		file := write(t, "current-context: a-very-long-name-that-must-not-stay-behind-the-new-content")
		require.NoError(t, os.Chmod(file, 0o640))
		require.NoError(t, clientcmd.WriteToFile(config, file))
		require.Equal(t, fs.FileMode(0o640), mode(file))
		got, err := clientcmd.LoadFromFile(file)
		require.NoError(t, err)
		require.Equal(t, "dev", got.CurrentContext)
	})
	t.Run("a link stays a link", func(t *testing.T) {
		file := write(t, "")
		link := filepath.Join(t.TempDir(), "link")
		require.NoError(t, os.Symlink(file, link))
		require.NoError(t, clientcmd.WriteToFile(config, link))
		require.Equal(t, fs.ModeSymlink, mode(link).Type())
		got, err := clientcmd.LoadFromFile(file)
		require.NoError(t, err)
		require.Equal(t, "dev", got.CurrentContext)
	})
	t.Run("who reads the old file goes on reading the old file", func(t *testing.T) {
		file := write(t, "current-context: old")
		reader, err := os.Open(file)
		require.NoError(t, err)
		defer reader.Close()
		require.NoError(t, clientcmd.WriteToFile(config, file))
		old := make([]byte, 100)
		n, err := reader.Read(old)
		require.NoError(t, err)
		require.Equal(t, "current-context: old", string(old[:n]))
	})
	t.Run("a failure leaves nothing behind", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, "config"), 0o755))
		require.Error(t, clientcmd.WriteToFile(config, filepath.Join(dir, "config")))
		requireOnly(dir, "config")
	})
	t.Run("no socket", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "s")
		listener, err := net.Listen("unix", file)
		require.NoError(t, err)
		defer listener.Close()
		require.Error(t, clientcmd.WriteToFile(config, file))
		require.Equal(t, fs.ModeSocket, mode(file).Type(), "only files are replaced")
	})
	t.Run("what can't be encoded harms no file", func(t *testing.T) {
		file := write(t, "current-context: old")
		bad := api.Config{Extensions: map[string]runtime.Object{"x": &unencodable{}}}
		require.Error(t, clientcmd.WriteToFile(bad, file))
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, "current-context: old", string(content))
	})
}

// unencodable is an extension that JSON refuses.
type unencodable struct{ runtime.Unknown }

func (*unencodable) DeepCopyObject() runtime.Object { return &unencodable{} }
func (*unencodable) MarshalJSON() ([]byte, error)   { return nil, errors.New("no") }

// No other name fits beside this one, as no other file can take the place of one that is mounted into a container.
func TestAFileThatCannotBeReplacedIsWrittenInPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), strings.Repeat("k", 255))
	for _, server := range []string{"https://a", "https://b"} {
		require.NoError(t, clientcmd.WriteToFile(api.Config{Clusters: map[string]*api.Cluster{"a": {Server: server}}}, file))
		config, err := clientcmd.LoadFromFile(file)
		require.NoError(t, err)
		require.Equal(t, server, config.Clusters["a"].Server)
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode())
	}
}
