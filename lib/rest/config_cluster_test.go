package rest_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/cluster"
	"client-go-workbook/lib/rest"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// post sends a JSON object to the cluster and reads what comes back into answer.
func post(t *testing.T, config *rest.Config, path, object string, answer any) error {
	t.Helper()
	config = rest.CopyConfig(config)
	config.NegotiatedSerializer = codecs.WithoutConversion()
	client, err := rest.UnversionedRESTClientFor(config)
	require.NoError(t, err)
	t.Cleanup(client.Client.CloseIdleConnections)
	body, err := client.Post().AbsPath(path).SetHeader("Content-Type", jsonType).Body([]byte(object)).DoRaw(t.Context())
	if err != nil {
		return err
	}
	return json.Unmarshal(body, answer)
}

// whoAmI asks the API server whom it takes config for.
func whoAmI(t *testing.T, config *rest.Config) (authenticationv1.UserInfo, error) {
	t.Helper()
	var review authenticationv1.SelfSubjectReview
	err := post(t, config, "/apis/authentication.k8s.io/v1/selfsubjectreviews",
		`{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}`, &review)
	return review.Status.UserInfo, err
}

// serviceAccountToken makes an account and a token for it.
func serviceAccountToken(t *testing.T, admin *rest.Config) (name, token string) {
	ns := cluster.NamespaceForTest(t, admin)
	accounts := "/api/v1/namespaces/" + ns + "/serviceaccounts"
	var ignored any
	require.NoError(t, post(t, admin, accounts, `{"kind":"ServiceAccount","apiVersion":"v1","metadata":{"name":"cook"}}`, &ignored))
	var request authenticationv1.TokenRequest
	require.NoError(t, post(t, admin, accounts+"/cook/token",
		`{"kind":"TokenRequest","apiVersion":"authentication.k8s.io/v1","spec":{"expirationSeconds":600}}`, &request))
	return "system:serviceaccount:" + ns + ":cook", request.Status.Token
}

// Each way to say who one is, and whom the real server takes one for.
func TestIdentitiesOnTheCluster(t *testing.T) {
	admin := cluster.ForTest(t)
	account, token := serviceAccountToken(t, admin)
	adminUser, err := whoAmI(t, admin)
	require.NoError(t, err)
	require.NoError(t, rest.LoadTLSFiles(admin))
	dir := t.TempDir()
	file := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		return path
	}
	const credential = `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":%s}`
	certificate, err := json.Marshal(map[string]string{"clientCertificateData": string(admin.CertData), "clientKeyData": string(admin.KeyData)})
	require.NoError(t, err)
	plugin := func(status string) *api.ExecConfig {
		return shellPlugin("cat " + file(fmt.Sprint(len(status)), fmt.Appendf(nil, credential, status)))
	}

	for _, test := range []struct {
		name   string
		config func(c *rest.Config) // from nobody's config
		want   string               // a user name
	}{
		{"certificate in files", func(c *rest.Config) {
			c.CAFile, c.CAData = file("ca", c.CAData), nil
			c.CertFile, c.KeyFile = file("cert", admin.CertData), file("key", admin.KeyData)
		}, adminUser.Username},
		{"token", func(c *rest.Config) { c.BearerToken = token }, account},
		{"token in a file", func(c *rest.Config) { c.BearerTokenFile = file("token", []byte(token+"\n")) }, account},
		{"plugin's token", func(c *rest.Config) { c.ExecProvider = plugin(fmt.Sprintf(`{"token":%q}`, token)) }, account},
		{"plugin's certificate", func(c *rest.Config) { c.ExecProvider = plugin(string(certificate)) }, adminUser.Username},
		{"insecure", func(c *rest.Config) { c.CAData, c.Insecure, c.BearerToken = nil, true, token }, account},
	} {
		t.Run(test.name, func(t *testing.T) {
			config := rest.AnonymousClientConfig(admin)
			test.config(config)
			user, err := whoAmI(t, config)
			require.NoError(t, err)
			require.Equal(t, test.want, user.Username)
		})
	}
	t.Run("nobody", func(t *testing.T) {
		_, err := whoAmI(t, rest.AnonymousClientConfig(admin))
		require.True(t, apierrors.IsUnauthorized(err) || apierrors.IsForbidden(err), "%v", err)
	})
	t.Run("a token that is none", func(t *testing.T) {
		config := rest.AnonymousClientConfig(admin)
		config.BearerToken = "TOKEN-1"
		_, err := whoAmI(t, config)
		require.True(t, apierrors.IsUnauthorized(err), "%v", err)
		requireNoSecret(t, err.Error())
	})
	t.Run("impersonation", func(t *testing.T) {
		config := rest.CopyConfig(admin)
		config.Impersonate = rest.ImpersonationConfig{
			UserName: "jane", UID: "7", Groups: []string{"cooks"}, Extra: map[string][]string{"example.com/role %": {"a", "b"}},
		}
		user, err := whoAmI(t, config)
		require.NoError(t, err)
		require.Equal(t, "jane", user.Username)
		require.Equal(t, "7", user.UID)
		require.Contains(t, user.Groups, "cooks")
		require.Equal(t, authenticationv1.ExtraValue{"a", "b"}, user.Extra["example.com/role %"])
	})
	t.Run("a CA that doesn't know the server", func(t *testing.T) {
		config := rest.AnonymousClientConfig(admin)
		config.CAData = nil
		_, err := whoAmI(t, config)
		require.ErrorContains(t, err, "signed by unknown authority")
	})
}
