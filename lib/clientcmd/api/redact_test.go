package api_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"

	"client-go-workbook/lib/clientcmd/api"
)

// secretive returns a config with a secret wherever one can be.
func secretive() *api.Config {
	const secret = "hunter2"
	ext := map[string]runtime.Object{"ext": &runtime.Unknown{Raw: []byte(`"hunter2"`)}}
	return &api.Config{
		CurrentContext: "dev",
		Preferences:    api.Preferences{Extensions: ext},
		Extensions:     ext,
		Contexts:       map[string]*api.Context{"dev": {Cluster: "a", AuthInfo: "admin", Namespace: "shop", Extensions: ext}},
		Clusters: map[string]*api.Cluster{"a": {
			Server:     "https://user:hunter2@10.0.0.1:6443",
			ProxyURL:   "http://user:hunter2@proxy:3128",
			Extensions: ext,
		}},
		AuthInfos: map[string]*api.AuthInfo{"admin": {
			ClientCertificate: "/pki/admin.crt",
			ClientKeyData:     []byte(secret),
			Token:             secret,
			Username:          "root",
			Password:          secret,
			AuthProvider:      &api.AuthProviderConfig{Name: "oidc", Config: map[string]string{"id-token": secret}},
			Exec: &api.ExecConfig{
				Command: "get-token",
				Args:    []string{"--password", secret},
				Env:     []api.ExecEnvVar{{Name: "PASSWORD", Value: secret}},
				Config:  ext["ext"],
			},
			Extensions: ext,
		}},
	}
}

func TestPrintingShowsNoCredential(t *testing.T) {
	config := secretive()
	user, cluster := config.AuthInfos["admin"], config.Clusters["a"]
	values := map[string]any{
		"config":           config,
		"config value":     *config,
		"clusters":         config.Clusters,
		"cluster value":    *cluster,
		"context":          config.Contexts["dev"],
		"users":            config.AuthInfos,
		"user value":       *user,
		"user in a struct": struct{ User api.AuthInfo }{*user},
		"provider":         user.AuthProvider,
		"exec":             user.Exec,
		"exec value":       *user.Exec,
		"env":              user.Exec.Env,
	}
	for name, v := range values {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
			text := fmt.Sprintf(verb, v)
			require.NotContains(t, text, "hunter2", "%s under %s", name, verb)
			require.NotContains(t, text, "104, 117, 110, 116", "%s under %s: as bytes", name, verb)
			require.NotContains(t, text, "0x68, 0x75, 0x6e", "%s under %s: as bytes", name, verb)
			require.NotContains(t, text, "68756e74657232", "%s under %s: as hex", name, verb)
		}
	}
}

func TestPrintingShowsTheRest(t *testing.T) {
	config := secretive()
	for want, v := range map[string]any{
		`api.Cluster{Server: "https://user:xxxxx@10.0.0.1:6443", ProxyURL: "http://user:xxxxx@proxy:3128", Extensions: 1}`: config.Clusters["a"],
		`api.Cluster{Server: --- REDACTED ---}`:                                                                         api.Cluster{Server: "%zz hunter2@host"},
		`api.Context{Cluster: "a", AuthInfo: "admin", Namespace: "shop", Extensions: 1}`:                                config.Contexts["dev"],
		`api.AuthProviderConfig{Name: "oidc", Config: --- REDACTED ---}`:                                                config.AuthInfos["admin"].AuthProvider,
		`api.ExecConfig{Command: "get-token", Args: --- REDACTED ---, Env: --- REDACTED ---, Config: --- REDACTED ---}`: config.AuthInfos["admin"].Exec,
		`api.AuthInfo{TokenFile: "/token", Impersonate: "eve", ImpersonateGroups: []string{"ops"}}`: api.AuthInfo{
			TokenFile: "/token", Impersonate: "eve", ImpersonateGroups: []string{"ops"},
		},
		`api.Config{CurrentContext: "dev", Clusters: map[a:api.Cluster{Server: "https://a"}]}`: api.Config{
			CurrentContext: "dev", Clusters: map[string]*api.Cluster{"a": {Server: "https://a"}},
		},
	} {
		require.Equal(t, want, fmt.Sprint(v))
	}
}

// Fields with a datapolicy tag are what RedactSecrets is about. A new one must not be forgotten.
func TestRedactSecretsReplacesTaggedFields(t *testing.T) {
	user := &api.AuthInfo{Username: "root"}
	tagged := 0
	eachTagged(user, func(field reflect.Value) {
		tagged++
		switch field.Kind() {
		case reflect.String:
			field.SetString("hunter2")
		case reflect.Slice:
			field.SetBytes([]byte("hunter2"))
		}
	})
	require.Equal(t, 3, tagged)

	require.NoError(t, api.RedactSecrets(&api.Config{AuthInfos: map[string]*api.AuthInfo{"admin": user, "nobody": {}}}))

	eachTagged(user, func(field reflect.Value) {
		require.Equal(t, "REDACTED", fmt.Sprintf("%s", field.Interface()))
	})
	require.Equal(t, "root", user.Username)
}

func eachTagged(user *api.AuthInfo, visit func(reflect.Value)) {
	v := reflect.ValueOf(user).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("datapolicy") != "" {
			visit(v.Field(i))
		}
	}
}

func TestRedactSecretsLeavesEmptyFieldsEmpty(t *testing.T) {
	config := &api.Config{AuthInfos: map[string]*api.AuthInfo{"nobody": {}}}
	require.NoError(t, api.RedactSecrets(config))
	require.Equal(t, api.AuthInfo{}, *config.AuthInfos["nobody"])
}
