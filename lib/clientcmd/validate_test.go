package clientcmd_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
)

// sound returns a config with nothing wrong in it.
func sound() *api.Config {
	return &api.Config{
		CurrentContext: "dev",
		Contexts:       map[string]*api.Context{"dev": {Cluster: "a", AuthInfo: "admin", Namespace: "shop"}},
		Clusters:       map[string]*api.Cluster{"a": {Server: "https://a"}},
		AuthInfos:      map[string]*api.AuthInfo{"admin": {Token: "hunter2"}},
	}
}

// plugin returns an exec plugin with nothing wrong in it.
func plugin() *api.ExecConfig {
	return &api.ExecConfig{
		Command:         "get-token",
		APIVersion:      "client.authentication.k8s.io/v1",
		InteractiveMode: api.NeverExecInteractiveMode,
	}
}

func TestSoundConfigsAreValid(t *testing.T) {
	for name, alter := range map[string]func(*api.Config){
		"token":               func(*api.Config) {},
		"no current context":  func(c *api.Config) { c.CurrentContext = "" },
		"exec":                func(c *api.Config) { c.AuthInfos["admin"] = &api.AuthInfo{Exec: plugin()} },
		"exec beside a token": func(c *api.Config) { c.AuthInfos["admin"].Exec = plugin() },
		"basic":               func(c *api.Config) { c.AuthInfos["admin"] = &api.AuthInfo{Username: "u", Password: "p"} },
		"certificate as data": func(c *api.Config) {
			c.AuthInfos["admin"] = &api.AuthInfo{ClientCertificateData: []byte("c"), ClientKeyData: []byte("k")}
		},
		"certificate beside a token": func(c *api.Config) {
			c.AuthInfos["admin"].ClientCertificateData, c.AuthInfos["admin"].ClientKeyData = []byte("c"), []byte("k")
		},
		"files": func(c *api.Config) {
			file := write(t, "")
			c.AuthInfos["admin"] = &api.AuthInfo{ClientCertificate: file, ClientKey: file}
			c.Clusters["a"].CertificateAuthority = file
		},
		"proxy": func(c *api.Config) { c.Clusters["a"].ProxyURL = "socks5://user:hunter2@proxy:1080" },
		"impersonation": func(c *api.Config) {
			c.AuthInfos["admin"].Impersonate, c.AuthInfos["admin"].ImpersonateUID = "eve", "1"
		},
	} {
		config := sound()
		alter(config)
		require.NoError(t, clientcmd.Validate(*config), name)
		if config.CurrentContext != "" {
			require.NoError(t, clientcmd.ConfirmUsable(*config, ""), name)
		}
		require.NoError(t, clientcmd.ConfirmUsable(*config, "dev"), name)
	}
}

// What can be wrong with a config, in words that its owner understands.
var wrong = map[string]func(*api.Config){
	`user was not specified for context "dev"`:                         func(c *api.Config) { c.Contexts["dev"].AuthInfo = "" },
	`user "eve" was not found for context "dev"`:                       func(c *api.Config) { c.Contexts["dev"].AuthInfo = "eve" },
	`cluster was not specified for context "dev"`:                      func(c *api.Config) { c.Contexts["dev"].Cluster = "" },
	`cluster "b" was not found for context "dev"`:                      func(c *api.Config) { c.Contexts["dev"].Cluster = "b" },
	`cluster has no server defined: "a"`:                               func(c *api.Config) { *c.Clusters["a"] = *api.NewCluster() },
	`cluster "a": proxy-url has no scheme, want http, https or socks5`: func(c *api.Config) { c.Clusters["a"].ProxyURL = "proxy/hunter2" },
	`cluster "a": proxy-url has scheme "ftp", want http, https or socks5`: func(c *api.Config) {
		c.Clusters["a"].ProxyURL = "ftp://user:hunter2@proxy"
	},
	`cluster "a": proxy-url is not a URL`: func(c *api.Config) { c.Clusters["a"].ProxyURL = "http://user:hunter2@proxy:port" },
	`unable to read certificate-authority of cluster "a": open /nowhere/ca: no such file or directory`: func(c *api.Config) {
		c.Clusters["a"].CertificateAuthority = "/nowhere/ca"
	},
	`user "admin" has more than one authentication method: token and basicAuth`: func(c *api.Config) {
		c.AuthInfos["admin"].Password = "hunter2"
	},
	`user "admin" has a client certificate, but neither client-key nor client-key-data`: func(c *api.Config) {
		c.AuthInfos["admin"].ClientCertificateData = []byte("c")
	},
	`unable to read client-key of user "admin": open /nowhere/key: no such file or directory`: func(c *api.Config) {
		c.AuthInfos["admin"].ClientCertificateData, c.AuthInfos["admin"].ClientKey = []byte("c"), "/nowhere/key"
	},
	`unable to read client-certificate of user "admin": open /nowhere/crt: no such file or directory`: func(c *api.Config) {
		c.AuthInfos["admin"].ClientCertificate, c.AuthInfos["admin"].ClientKeyData = "/nowhere/crt", []byte("hunter2")
	},
	`user "admin" impersonates a uid, groups or extra without a user name`: func(c *api.Config) {
		c.AuthInfos["admin"].ImpersonateGroups = []string{"ops"}
	},
	`user "admin" has both an auth-provider and an exec plugin`: func(c *api.Config) {
		c.AuthInfos["admin"] = &api.AuthInfo{Exec: plugin(), AuthProvider: &api.AuthProviderConfig{}}
	},
	`exec plugin of user "admin" has no command`:         breakPlugin(func(e *api.ExecConfig) { e.Command = "" }),
	`exec plugin of user "admin" has no apiVersion`:      breakPlugin(func(e *api.ExecConfig) { e.APIVersion = "" }),
	`exec plugin of user "admin" has no interactiveMode`: breakPlugin(func(e *api.ExecConfig) { e.InteractiveMode = "" }),
	`exec plugin of user "admin" has interactiveMode "Sometimes", want Never, IfAvailable or Always`: breakPlugin(func(e *api.ExecConfig) {
		e.InteractiveMode = "Sometimes"
	}),
	`exec plugin of user "admin" has an env variable without a name`: breakPlugin(func(e *api.ExecConfig) {
		e.Env = []api.ExecEnvVar{{Name: "A"}, {Value: "hunter2"}}
	}),
	`exec plugin of user "admin": unknown plugin policy: "Maybe"`: breakPlugin(func(e *api.ExecConfig) {
		e.PluginPolicy.PolicyType = "Maybe"
	}),
	`namespace "Shop" of context "dev" is not a DNS label (lower case letters, digits and dashes)`: func(c *api.Config) {
		c.Contexts["dev"].Namespace = "Shop"
	},
}

func breakPlugin(how func(*api.ExecConfig)) func(*api.Config) {
	return func(c *api.Config) {
		c.AuthInfos["admin"] = &api.AuthInfo{Exec: plugin()}
		how(c.AuthInfos["admin"].Exec)
	}
}

func TestValidateSaysWhatIsWrong(t *testing.T) {
	for want, spoil := range wrong {
		t.Run(want, func(t *testing.T) {
			config := sound()
			spoil(config)
			for _, err := range []error{clientcmd.Validate(*config), clientcmd.ConfirmUsable(*config, "dev")} {
				require.EqualError(t, err, "invalid configuration: "+want)
				require.True(t, clientcmd.IsConfigurationInvalid(err))
				require.False(t, clientcmd.IsEmptyConfig(err))
				require.NotContains(t, err.Error(), "hunter2")
			}
		})
	}
}

func TestValidateListsEverything(t *testing.T) {
	config := sound()
	config.CurrentContext = "prod"
	config.Contexts[""] = config.Contexts["dev"]
	config.AuthInfos["nil"] = nil
	config.Clusters["nil"] = nil
	config.Contexts["nil"] = nil
	config.Clusters["both"] = &api.Cluster{Server: "https://b", CertificateAuthority: "/dev/null", CertificateAuthorityData: []byte("c")}
	config.AuthInfos["both"] = &api.AuthInfo{
		ClientCertificate: "/dev/null", ClientCertificateData: []byte("c"), ClientKey: "/dev/null", ClientKeyData: []byte("hunter2"),
	}
	err := clientcmd.Validate(*config)
	require.EqualError(t, err, "invalid configuration: ["+strings.Join([]string{
		`context was not found for specified context: prod`,
		`a context has an empty name: api.Context{Cluster: "a", AuthInfo: "admin", Namespace: "shop"}`,
		`context "nil" is nil`,
		`user "both" has both client-certificate and client-certificate-data`,
		`user "both" has both client-key and client-key-data`,
		`user "nil" is nil`,
		`cluster "both" has both certificate-authority and certificate-authority-data`,
		`cluster "nil" is nil`,
	}, ", ")+"]")
	require.True(t, clientcmd.IsContextNotFound(err))
	require.True(t, clientcmd.IsConfigurationInvalid(err))
}

func TestConfirmUsableLooksOnlyAtOneContext(t *testing.T) {
	config := sound()
	config.Contexts["prod"] = &api.Context{Cluster: "nope", AuthInfo: "nobody"}
	config.AuthInfos["broken"] = &api.AuthInfo{Exec: &api.ExecConfig{}}
	require.NoError(t, clientcmd.ConfirmUsable(*config, ""))
	require.NoError(t, clientcmd.ConfirmUsable(*config, "dev"))
	require.EqualError(t, clientcmd.ConfirmUsable(*config, "prod"),
		`invalid configuration: [user "nobody" was not found for context "prod", cluster "nope" was not found for context "prod"]`)
	require.EqualError(t, clientcmd.ConfirmUsable(*config, "nope"),
		`invalid configuration: context was not found for specified context: nope`)

	config.CurrentContext = ""
	require.ErrorIs(t, clientcmd.ConfirmUsable(*config, ""), clientcmd.ErrNoContext)
}

func TestErrorsCanBeToldApart(t *testing.T) {
	empty := clientcmd.Validate(api.Config{})
	require.EqualError(t, empty,
		"invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable")
	nowhere := clientcmd.ConfirmUsable(*sound(), "nope")
	other := clientcmd.Validate(api.Config{Clusters: map[string]*api.Cluster{"a": api.NewCluster()}})

	for name, c := range map[string]struct {
		err                           error
		isEmpty, isInvalid, noContext bool
	}{
		"nil":               {nil, false, false, false},
		"an empty config":   {empty, true, true, false},
		"the same, wrapped": {fmt.Errorf("start: %w", empty), true, true, false},
		"one's own":         {clientcmd.NewEmptyConfigError("nothing"), true, false, false},
		"itself":            {clientcmd.ErrEmptyConfig, true, false, false},
		"no such context":   {nowhere, false, true, true},
		"no context":        {clientcmd.ErrNoContext, false, true, true},
		"another problem":   {other, false, true, false},
		"something else":    {fmt.Errorf("context not found"), false, false, false},
	} {
		require.Equal(t, c.isEmpty, clientcmd.IsEmptyConfig(c.err), name)
		require.Equal(t, c.isInvalid, clientcmd.IsConfigurationInvalid(c.err), name)
		require.Equal(t, c.noContext, clientcmd.IsContextNotFound(c.err), name)
	}
	require.NotErrorIs(t, other, nowhere, "two invalid configs compare, and differ")
	require.ErrorIs(t, other, clientcmd.ErrEmptyCluster)
	require.ErrorIs(t, empty, clientcmd.ErrEmptyConfig)
	require.EqualError(t, clientcmd.ConfirmUsable(api.Config{}, "dev"), empty.Error())
}
