package v1_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	v1 "client-go-workbook/lib/clientcmd/api/v1"
	"client-go-workbook/lib/clientcmd/internal/arbitrary"
)

func TestOlderExecVersionsNeedNoInteractiveMode(t *testing.T) {
	const group = "client.authentication.k8s.io/"
	for _, c := range []struct{ version, mode, want v1.ExecInteractiveMode }{
		{group + "v1alpha1", "", "IfAvailable"},
		{group + "v1beta1", "", "IfAvailable"},
		{group + "v1beta1", "Never", "Never"},
		{group + "v1", "", ""},
		{"", "", ""},
	} {
		exec := &v1.ExecConfig{APIVersion: string(c.version), InteractiveMode: c.mode}
		v1.SetDefaults_ExecConfig(exec)
		require.Equal(t, c.want, exec.InteractiveMode, "%s %q", c.version, c.mode)
	}
}

func TestSchemeSetsDefaultsOfEveryUser(t *testing.T) {
	scheme := runtime.NewScheme()
	require.NoError(t, v1.AddToScheme(scheme))
	config := &v1.Config{AuthInfos: []v1.NamedAuthInfo{
		{Name: "plain"},
		{Name: "old", AuthInfo: v1.AuthInfo{Exec: &v1.ExecConfig{APIVersion: "client.authentication.k8s.io/v1beta1"}}},
	}}
	scheme.Default(config)
	require.Nil(t, config.AuthInfos[0].AuthInfo.Exec)
	require.Equal(t, v1.IfAvailableExecInteractiveMode, config.AuthInfos[1].AuthInfo.Exec.InteractiveMode)
}

func TestPrintingShowsNoCredential(t *testing.T) {
	ext := []v1.NamedExtension{{Name: "ext", Extension: runtime.RawExtension{Raw: []byte(`"hunter2"`)}}}
	config := &v1.Config{
		Extensions: ext,
		Clusters:   []v1.NamedCluster{{Name: "a", Cluster: v1.Cluster{ProxyURL: "http://u:hunter2@proxy", Extensions: ext}}},
		AuthInfos: []v1.NamedAuthInfo{{Name: "admin", AuthInfo: v1.AuthInfo{
			Username:     "root",
			Token:        "hunter2",
			Password:     "hunter2",
			AuthProvider: &v1.AuthProviderConfig{Name: "oidc", Config: map[string]string{"a": "hunter2"}},
			Exec:         &v1.ExecConfig{Command: "c", Args: []string{"hunter2"}, Env: []v1.ExecEnvVar{{Name: "E", Value: "hunter2"}}},
			Extensions:   ext,
		}}},
	}
	user := config.AuthInfos[0].AuthInfo
	for _, v := range []any{config, *config, config.AuthInfos, user, &user, user.Exec, *user.AuthProvider, config.Clusters, ext} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			text := fmt.Sprintf(verb, v)
			require.NotContains(t, text, "hunter2", "%T under %s", v, verb)
			require.NotContains(t, text, "104 117 110", "%T under %s: as bytes", v, verb)
			require.NotContains(t, text, "0x68, 0x75", "%T under %s: as bytes", v, verb)
		}
	}
	require.Contains(t, fmt.Sprint(config), `[{admin v1.AuthInfo{Token: --- REDACTED ---, Username: "root"`)
}

func TestDeepCopyIsEqualAndApart(t *testing.T) {
	for seed := range uint64(200) {
		var config, same v1.Config
		arbitrary.Fill(rand.New(rand.NewPCG(seed, 0)), &config)
		arbitrary.Fill(rand.New(rand.NewPCG(seed, 0)), &same)

		dup := config.DeepCopyObject().(*v1.Config)
		require.Equal(t, &config, dup, "seed %d", seed)
		scribble(dup)
		require.Equal(t, same, config, "seed %d: a change of the copy shows in the original", seed)
	}
	require.Nil(t, (*v1.Config)(nil).DeepCopyObject())
}

// scribble changes everything that a shallow copy would share.
func scribble(c *v1.Config) {
	flip := func(data []byte) {
		for i := range data {
			data[i]++
		}
	}
	extensions := func(list []v1.NamedExtension) {
		for i := range list {
			list[i].Name += "!"
			flip(list[i].Extension.Raw)
		}
	}
	extensions(c.Extensions)
	extensions(c.Preferences.Extensions)
	for i := range c.Clusters {
		flip(c.Clusters[i].Cluster.CertificateAuthorityData)
		extensions(c.Clusters[i].Cluster.Extensions)
		c.Clusters[i].Name += "!"
	}
	for i := range c.Contexts {
		extensions(c.Contexts[i].Context.Extensions)
		c.Contexts[i].Name += "!"
	}
	for i := range c.AuthInfos {
		user := &c.AuthInfos[i].AuthInfo
		flip(user.ClientCertificateData)
		flip(user.ClientKeyData)
		extensions(user.Extensions)
		for j := range user.ImpersonateGroups {
			user.ImpersonateGroups[j] += "!"
		}
		for k, values := range user.ImpersonateUserExtra {
			for j := range values {
				values[j] += "!"
			}
			user.ImpersonateUserExtra[k] = append(values, "!")
		}
		if user.AuthProvider != nil {
			user.AuthProvider.Name += "!"
			for k := range user.AuthProvider.Config {
				user.AuthProvider.Config[k] += "!"
			}
		}
		if user.Exec != nil {
			user.Exec.Command += "!"
			for j := range user.Exec.Args {
				user.Exec.Args[j] += "!"
			}
			for j := range user.Exec.Env {
				user.Exec.Env[j].Value += "!"
			}
		}
		c.AuthInfos[i].Name += "!"
	}
}
