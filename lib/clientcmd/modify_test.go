package clientcmd_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
)

// access is a user's KUBECONFIG=mine:theirs. Loading is from scratch each time, as in another process.
type access struct {
	t            *testing.T
	dir          string
	mine, theirs string
	*clientcmd.PathOptions
}

func newAccess(t *testing.T) *access {
	a := &access{t: t, dir: t.TempDir()}
	a.mine = writeAs(t, a.dir, "mine", `
current-context: dev
contexts: [{name: dev, context: {cluster: a, user: admin}}]
users: [{name: admin, user: {token: hunter2, client-key: u.key}}]
`)
	a.theirs = writeAs(t, a.dir, "theirs", `
current-context: prod
clusters: [{name: a, cluster: {server: https://a, certificate-authority: pki/ca.crt}}]
contexts: [{name: prod, context: {cluster: a, user: admin}}]
`)
	t.Setenv("TEST_KUBECONFIG", a.mine+":"+a.theirs)
	a.PathOptions = &clientcmd.PathOptions{
		EnvVar:       "TEST_KUBECONFIG",
		GlobalFile:   filepath.Join(a.dir, "global"),
		LoadingRules: &clientcmd.ClientConfigLoadingRules{DoNotResolvePaths: true},
	}
	return a
}

func (a *access) modify(how func(*api.Config)) {
	a.t.Helper()
	config, err := a.GetStartingConfig()
	require.NoError(a.t, err)
	how(config)
	require.NoError(a.t, clientcmd.ModifyConfig(a, *config, false))
	locks, err := filepath.Glob(filepath.Join(a.dir, "*.lock"))
	require.NoError(a.t, err)
	require.Empty(a.t, locks, "the locks are released")
}

func (a *access) load(file string) *api.Config {
	a.t.Helper()
	config, err := clientcmd.LoadFromFile(file)
	require.NoError(a.t, err)
	return config
}

func TestAChangeGoesToTheFileThatHoldsIt(t *testing.T) {
	a := newAccess(t)
	a.modify(func(c *api.Config) {
		c.Clusters["a"].Server = "https://b"
		c.Contexts["dev"].Namespace = "shop"
	})
	require.Equal(t, "https://b", a.load(a.theirs).Clusters["a"].Server)
	require.Equal(t, "pki/ca.crt", a.load(a.theirs).Clusters["a"].CertificateAuthority)
	require.Empty(t, a.load(a.mine).Clusters)
	require.Equal(t, "shop", a.load(a.mine).Contexts["dev"].Namespace)
	require.Equal(t, "hunter2", a.load(a.mine).AuthInfos["admin"].Token, "the rest stays")
	require.Equal(t, "prod", a.load(a.theirs).CurrentContext)
	require.NotContains(t, a.load(a.theirs).Contexts, "dev")
}

func TestNewEntriesGoToTheFirstFile(t *testing.T) {
	a := newAccess(t)
	a.modify(func(c *api.Config) {
		c.Clusters["new"] = &api.Cluster{Server: "https://new"}
		c.AuthInfos["new"] = &api.AuthInfo{Token: "hunter2"}
		c.Contexts["new"] = &api.Context{Cluster: "new", AuthInfo: "new"}
	})
	mine := a.load(a.mine)
	require.Equal(t, "https://new", mine.Clusters["new"].Server)
	require.Equal(t, "hunter2", mine.AuthInfos["new"].Token)
	require.Equal(t, "new", mine.Contexts["new"].Cluster)
	require.NotContains(t, a.load(a.theirs).Clusters, "new")
}

func TestDeletedEntriesLeaveTheirFile(t *testing.T) {
	a := newAccess(t)
	a.modify(func(c *api.Config) {
		delete(c.Clusters, "a")
		delete(c.AuthInfos, "admin")
		delete(c.Contexts, "prod")
	})
	require.Empty(t, a.load(a.theirs).Clusters)
	require.Empty(t, a.load(a.theirs).Contexts)
	require.Empty(t, a.load(a.mine).AuthInfos)
	require.Contains(t, a.load(a.mine).Contexts, "dev")
}

func TestTheCurrentContextIsSetInTheFirstFileAndClearedWhereItIs(t *testing.T) {
	a := newAccess(t)
	a.modify(func(c *api.Config) { c.CurrentContext = "prod" })
	require.Equal(t, "prod", a.load(a.mine).CurrentContext)

	a.modify(func(c *api.Config) { c.CurrentContext = "" })
	require.Equal(t, "", a.load(a.mine).CurrentContext)
	require.Equal(t, "prod", a.load(a.theirs).CurrentContext, "the next file's is seen now")

	a.modify(func(c *api.Config) { c.CurrentContext = "" })
	require.Equal(t, "", a.load(a.theirs).CurrentContext)
}

func TestPreferencesChange(t *testing.T) {
	a := newAccess(t)
	a.modify(func(c *api.Config) { c.Preferences.Colors = true })
	require.True(t, a.load(a.mine).Preferences.Colors)
	require.False(t, a.load(a.theirs).Preferences.Colors)
}

func TestAnExplicitFileTakesEverything(t *testing.T) {
	a := newAccess(t)
	file := filepath.Join(a.dir, "sub", "explicit")
	a.LoadingRules.ExplicitPath = file
	a.modify(func(c *api.Config) {
		c.CurrentContext = "new"
		c.Preferences.Colors = true
		c.Contexts["new"] = &api.Context{Cluster: "a"}
	})
	got := a.load(file)
	require.Equal(t, "new", got.CurrentContext)
	require.True(t, got.Preferences.Colors)
	require.Equal(t, "a", got.Contexts["new"].Cluster)
	require.Equal(t, "dev", a.load(a.mine).CurrentContext)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode())
}

func TestNothingToDoTouchesNothing(t *testing.T) {
	a := newAccess(t)
	before, err := os.Stat(a.mine)
	require.NoError(t, err)
	a.modify(func(*api.Config) {})
	after, err := os.Stat(a.mine)
	require.NoError(t, err)
	require.True(t, os.SameFile(before, after), "it would be another file if it had been replaced")
}

func TestNewPathsBecomeRelative(t *testing.T) {
	a := newAccess(t)
	config, err := a.GetStartingConfig()
	require.NoError(t, err)
	config.Clusters["a"].CertificateAuthority = filepath.Join(a.dir, "other", "ca.crt")
	config.AuthInfos["admin"].ClientKey = "/etc/u.key"
	config.AuthInfos["new"] = &api.AuthInfo{TokenFile: filepath.Join(a.dir, "token")}
	require.NoError(t, clientcmd.ModifyConfig(a, *config, true))

	require.Equal(t, "other/ca.crt", a.load(a.theirs).Clusters["a"].CertificateAuthority)
	require.Equal(t, "/etc/u.key", a.load(a.mine).AuthInfos["admin"].ClientKey)
	require.Equal(t, "token", a.load(a.mine).AuthInfos["new"].TokenFile)
	require.Equal(t, filepath.Join(a.dir, "other", "ca.crt"), config.Clusters["a"].CertificateAuthority, "the caller's stays")
	require.Equal(t, "", config.AuthInfos["new"].LocationOfOrigin)
}

func TestALockedFileIsLeftAlone(t *testing.T) {
	a := newAccess(t)
	lock := writeAs(t, a.dir, "theirs.lock", "")
	config, err := a.GetStartingConfig()
	require.NoError(t, err)
	config.CurrentContext = "prod"

	err = clientcmd.ModifyConfig(a, *config, false)
	require.ErrorIs(t, err, fs.ErrExist)
	require.EqualError(t, err, "lock kubeconfig "+a.theirs+": another process is changing it, or one crashed and left the lock: "+
		"open "+lock+": file exists")
	require.Equal(t, "dev", a.load(a.mine).CurrentContext)
	require.FileExists(t, lock, "somebody else's")
	require.NoFileExists(t, a.mine+".lock", "ours")

	clientcmd.UseModifyConfigLock = false
	defer func() { clientcmd.UseModifyConfigLock = true }()
	require.NoError(t, clientcmd.ModifyConfig(a, *config, false))
	require.Equal(t, "prod", a.load(a.mine).CurrentContext)
}

func TestModifyErrors(t *testing.T) {
	a := newAccess(t)
	config, err := a.GetStartingConfig()
	require.NoError(t, err)
	config.Clusters["x"] = nil
	require.EqualError(t, clientcmd.ModifyConfig(a, *config, false), `modify kubeconfig: cluster "x" is nil`)

	require.NoError(t, os.WriteFile(a.theirs, []byte("["), 0o600))
	require.ErrorContains(t, clientcmd.ModifyConfig(a, *config, false), "load kubeconfig "+a.theirs+": it is not YAML")
	require.NoFileExists(t, a.theirs+".lock")

	nowhere := &clientcmd.ClientConfigLoadingRules{}
	for want, config := range map[string]api.Config{
		"modify kubeconfig: there is no file to write to":        {CurrentContext: "a"},
		"modify kubeconfig: no file holds what is to be changed": {Preferences: api.Preferences{Colors: true}},
	} {
		require.EqualError(t, clientcmd.ModifyConfig(nowhere, config, false), want)
	}
}

func TestPathOptions(t *testing.T) {
	a := newAccess(t)
	require.Equal(t, []string{a.mine, a.theirs}, a.GetLoadingPrecedence())
	require.Equal(t, a.mine, a.GetDefaultFilename())

	require.NoError(t, os.Remove(a.mine))
	require.Equal(t, a.theirs, a.GetDefaultFilename(), "the first that exists")
	require.NoError(t, os.Remove(a.theirs))
	require.Equal(t, a.theirs, a.GetDefaultFilename(), "or else the last")
	config, err := a.GetStartingConfig()
	require.NoError(t, err)
	require.Equal(t, api.NewConfig(), config)

	t.Setenv("TEST_KUBECONFIG", "")
	require.Equal(t, []string{a.GlobalFile}, a.GetLoadingPrecedence())
	require.Equal(t, a.GlobalFile, a.GetDefaultFilename())
	a.EnvVar = ""
	require.Empty(t, a.GetEnvVarFiles())

	a.LoadingRules.ExplicitPath = "/explicit"
	require.Equal(t, []string{"/explicit"}, a.GetLoadingPrecedence())
	require.Equal(t, "/explicit", a.GetDefaultFilename())
	require.True(t, a.IsExplicitFile())
}

func TestDefaultPathOptions(t *testing.T) {
	t.Setenv("KUBECONFIG", "/a:/b:/a")
	o := clientcmd.NewDefaultPathOptions()
	require.Equal(t, []string{"/a", "/b"}, o.GetEnvVarFiles())
	require.Equal(t, clientcmd.RecommendedHomeFile, o.GlobalFile)
	require.Equal(t, ".kube/config", o.GlobalFileSubpath)
	require.Equal(t, "kubeconfig", o.ExplicitFileFlag)
	require.False(t, o.LoadingRules.ResolvePaths(), "paths are written back as they were")
}
