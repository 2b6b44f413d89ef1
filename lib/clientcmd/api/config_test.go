package api_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"client-go-workbook/lib/clientcmd/api"
)

func TestIsConfigEmpty(t *testing.T) {
	require.True(t, api.IsConfigEmpty(&api.Config{}))
	require.True(t, api.IsConfigEmpty(api.NewConfig()))
	require.True(t, api.IsConfigEmpty(&api.Config{Kind: "Config", APIVersion: "v1"}), "says nothing of clusters")

	ext := map[string]runtime.Object{"a": nil}
	for _, config := range []api.Config{
		{CurrentContext: "dev"},
		{Clusters: map[string]*api.Cluster{"a": {}}},
		{AuthInfos: map[string]*api.AuthInfo{"a": {}}},
		{Contexts: map[string]*api.Context{"a": {}}},
		{Extensions: ext},
		{Preferences: api.Preferences{Colors: true}},
		{Preferences: api.Preferences{Extensions: ext}},
	} {
		require.False(t, api.IsConfigEmpty(&config), "%v", config)
	}
}

func TestNewValuesHaveMapsToWriteTo(t *testing.T) {
	config, user := api.NewConfig(), api.NewAuthInfo()
	require.NotPanics(t, func() {
		config.Clusters["a"] = api.NewCluster()
		config.Clusters["a"].Extensions["x"] = nil
		config.Contexts["a"] = api.NewContext()
		config.Contexts["a"].Extensions["x"] = nil
		config.AuthInfos["a"] = user
		config.Extensions["x"] = nil
		user.Extensions["x"] = nil
		user.ImpersonateUserExtra["x"] = nil
	})
}

func TestConfigKnowsItsKind(t *testing.T) {
	config := &api.Config{}
	gvk := schema.GroupVersionKind{Version: "v1", Kind: "Config"}
	config.GetObjectKind().SetGroupVersionKind(gvk)
	require.Equal(t, gvk, config.GetObjectKind().GroupVersionKind())
	require.Equal(t, "v1", config.APIVersion)
}

func TestShortenConfigReadsWellAsJSON(t *testing.T) {
	config := &api.Config{
		Clusters: map[string]*api.Cluster{"a": {Server: "https://a", CertificateAuthorityData: []byte("PEM")}, "b": {}},
		AuthInfos: map[string]*api.AuthInfo{
			"admin":  {Token: "hunter2", ClientKeyData: []byte("KEY"), ClientCertificateData: []byte("PEM")},
			"nobody": {},
		},
	}
	api.ShortenConfig(config)

	shown, err := json.Marshal(config.AuthInfos)
	require.NoError(t, err)
	require.JSONEq(t, `{
		"admin":  {"token": "REDACTED", "client-key-data": "DATA+OMITTED", "client-certificate-data": "DATA+OMITTED"},
		"nobody": {}
	}`, string(shown))
	shown, err = json.Marshal(config.Clusters)
	require.NoError(t, err)
	require.JSONEq(t, `{
		"a": {"server": "https://a", "certificate-authority-data": "DATA+OMITTED"},
		"b": {"server": ""}
	}`, string(shown))
}
