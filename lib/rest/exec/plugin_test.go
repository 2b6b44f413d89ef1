package exec_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest/exec"
	"client-go-workbook/lib/rest/exec/clientauthentication"
	v1 "client-go-workbook/lib/rest/exec/clientauthentication/v1"
	"client-go-workbook/lib/rest/transport"
	"client-go-workbook/lib/rest/transport/transporttest"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
)

func TestWhatThePluginIsTold(t *testing.T) {
	t.Setenv("EXEC_TEST_VALUE", "the client's")
	cluster := &clientauthentication.Cluster{
		Server: "https://api:6443", TLSServerName: "api.example.com", InsecureSkipTLSVerify: true, CertificateAuthorityData: []byte("ca"),
		ProxyURL: "http://proxy", DisableCompression: true, Config: &runtime.Unknown{Raw: []byte(`{"audience":"a"}`)},
	}
	const all = `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false,"cluster":{
		"server":"https://api:6443","tls-server-name":"api.example.com","insecure-skip-tls-verify":true,"certificate-authority-data":"Y2E=",
		"proxy-url":"http://proxy","disable-compression":true,"config":{"audience":"a"}}}}`
	for _, test := range []struct {
		name   string
		change func(*plugin)
		info   string
		value  string
	}{
		{"little", func(*plugin) {}, `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}`, "the client's"},
		{"about the cluster", func(p *plugin) { p.ProvideClusterInfo = true }, all, "the client's"},
		{"in an older version", func(p *plugin) {
			p.APIVersion = "client.authentication.k8s.io/v1beta1"
			p.ProvideClusterInfo = true
			p.status(`{"token":"one"}`)
		}, strings.Replace(all, "k8s.io/v1", "k8s.io/v1beta1", 1), "the client's"},
		{"with a variable of its own", func(p *plugin) { p.setenv("EXEC_TEST_VALUE", "the plugin's") },
			`{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","spec":{"interactive":false}}`, "the plugin's"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlugin(t, `{"token":"one"}`)
			p.Args = []string{"--role", "a b"}
			test.change(p)
			authenticator, err := exec.GetAuthenticator(&p.ExecConfig, cluster)
			require.NoError(t, err)
			config := transport.Config{}
			require.NoError(t, authenticator.UpdateTransportConfig(&config))
			_, err = config.TLS.GetCertHolder.GetCert()
			require.NoError(t, err)
			runs := p.runs()
			require.Len(t, runs, 1)
			require.JSONEq(t, test.info, runs[0].Info)
			require.Equal(t, test.value, runs[0].Value)
			require.Equal(t, []string{"--role", "a b"}, runs[0].Args)
		})
	}
}

// replaceStdin makes path the process's standard input.
func replaceStdin(t *testing.T, path string) {
	file, err := os.Open(path)
	require.NoError(t, err)
	old := os.Stdin
	os.Stdin = file
	t.Cleanup(func() { os.Stdin = old; file.Close() })
}

func TestStandardInput(t *testing.T) {
	const terminal, none = "/dev/zero", os.DevNull // what is a character device counts as a terminal
	for _, test := range []struct {
		name        string
		stdin       string
		mode        api.ExecInteractiveMode
		unavailable bool
		message     string
		interactive bool
		err         string
	}{
		{name: "never", stdin: terminal, mode: api.NeverExecInteractiveMode},
		{name: "if available, and it is", stdin: terminal, mode: api.IfAvailableExecInteractiveMode, interactive: true},
		{name: "if available, but nobody types", stdin: none, mode: api.IfAvailableExecInteractiveMode},
		{name: "if available, but in use", stdin: terminal, mode: api.IfAvailableExecInteractiveMode, unavailable: true},
		{name: "always", stdin: terminal, mode: api.AlwaysExecInteractiveMode, interactive: true},
		{name: "always, but nobody types", stdin: none, mode: api.AlwaysExecInteractiveMode, err: "standard input is not a terminal"},
		{name: "always, but it is a file", stdin: os.Args[0], mode: api.AlwaysExecInteractiveMode, err: "standard input is not a terminal"},
		{name: "always, but in use", stdin: terminal, mode: api.AlwaysExecInteractiveMode, unavailable: true, err: "standard input is unavailable"},
		{name: "always, but in use for something", stdin: terminal, mode: api.AlwaysExecInteractiveMode, unavailable: true, message: "apply -f -",
			err: "standard input is unavailable: apply -f -"},
	} {
		t.Run(test.name, func(t *testing.T) {
			replaceStdin(t, test.stdin)
			p := newPlugin(t, `{"token":"one"}`)
			p.InteractiveMode, p.StdinUnavailable, p.StdinUnavailableMessage = test.mode, test.unavailable, test.message
			_, err := get(t, p.plainClient(nil), "http://api")
			if test.err != "" {
				require.ErrorContains(t, err, "exec plugin cannot support interactive mode: "+test.err)
				require.Empty(t, p.runs())
				return
			}
			require.NoError(t, err)
			require.Len(t, p.runs(), 1)
			require.Contains(t, p.runs()[0].Info, fmt.Sprintf(`"interactive":%t`, test.interactive))
			require.Equal(t, test.interactive && test.stdin == terminal, p.runs()[0].Stdin && test.interactive)
		})
	}
}

func TestBadAnswers(t *testing.T) {
	ca := transporttest.NewCA(t, "our CA")
	alice, bob := ca.Issue(t, "alice"), ca.Issue(t, "bob")
	wrap := func(status string) string {
		return `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":` + status + `}`
	}
	for _, test := range []struct{ name, answer, err string }{
		{"nothing", " \n", "decoding stdout: it is empty"},
		{"not JSON", `{"status":{"token":"SECRET"}`, "decoding stdout: not JSON at byte 28"},
		{"only a token", "SECRET", "decoding stdout: not an ExecCredential"},
		{"broken YAML", "status:\n\ttoken: SECRET", "decoding stdout: neither JSON nor YAML"},
		{"a number as token", wrap(`{"token":12345}`), "field status.token has the wrong type, expected string"},
		{"a time that isn't one", wrap(`{"token":"SECRET","expirationTimestamp":"SECRET"}`), "field status.expirationTimestamp isn't an RFC 3339 time"},
		{"another kind", `{"kind":"Status","apiVersion":"client.authentication.k8s.io/v1"}`, `returned kind "Status", expected "ExecCredential"`},
		{"another version", `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1beta1","status":{"token":"SECRET"}}`,
			"configured to use API version client.authentication.k8s.io/v1, plugin returned version client.authentication.k8s.io/v1beta1"},
		{"no status", `{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1"}`, "didn't return a status field"},
		{"empty status", wrap(`{}`), "didn't return a token or cert/key pair"},
		{"no key", wrap(`{"clientCertificateData":"c"}`), "returned only certificate or key, not both"},
		{"no certificate", wrap(`{"token":"SECRET","clientKeyData":"SECRET"}`), "returned only certificate or key, not both"},
		{"not a certificate", wrap(`{"clientCertificateData":"SECRET","clientKeyData":"SECRET"}`), "failed parsing client key/certificate"},
		{"another's key", wrap(certificate(transporttest.Pair{Cert: alice.Cert, Key: bob.Key})), "private key does not match public key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlugin(t, "{}")
			p.answers(test.answer)
			_, err := get(t, p.plainClient(nil), "http://api")
			require.ErrorContains(t, err, "getting credentials: ")
			require.ErrorContains(t, err, test.err)
			for _, secret := range []string{"SECRET", "12345", string(bob.Key)} {
				require.NotContains(t, err.Error(), secret)
			}
		})
	}
}

func TestAnswerInYAML(t *testing.T) {
	p := newPlugin(t, "{}")
	p.answers("apiVersion: client.authentication.k8s.io/v1\nkind: ExecCredential\nstatus:\n  token: one\n")
	require.Equal(t, "Bearer one", mustGet(t, p.plainClient(nil), "http://api"))
}

func TestPluginFails(t *testing.T) {
	t.Run("with an exit code", func(t *testing.T) {
		p := newPlugin(t, `{"token":"SECRET"}`)
		p.setenv(exitEnv, "7")
		_, err := get(t, p.plainClient(nil), "http://api")
		require.ErrorContains(t, err, "exec: executable "+p.Command+" failed with exit code 7")
		require.NotContains(t, err.Error(), "SECRET")
		_, err = get(t, p.plainClient(nil), "http://api")
		require.Error(t, err)
		require.Len(t, p.runs(), 2, "a failure isn't remembered")
	})
	t.Run("because it can't be run", func(t *testing.T) {
		p := newPlugin(t, "{}")
		p.Command = filepath.Join(p.dir, "answer")
		_, err := get(t, p.plainClient(nil), "http://api")
		require.ErrorContains(t, err, "exec: fork/exec "+p.Command+": permission denied")
	})
	for _, command := range []string{"no-such-plugin", "/no/such/plugin"} {
		t.Run("because it isn't there: "+command, func(t *testing.T) {
			p := newPlugin(t, "{}")
			p.Command, p.InstallHint = command, "apt install it"
			client := p.plainClient(nil)
			for i := range 12 {
				_, err := get(t, client, "http://api")
				require.ErrorContains(t, err, "exec: executable "+command+" not found")
				require.Equal(t, i < 10, strings.Contains(err.Error(), "apt install it"), "run %d: whoever tries for days knows by then", i)
				require.Equal(t, i < 10, strings.Contains(err.Error(), "credential plugin that isn't installed"))
			}
		})
	}
}

func TestBadConfigs(t *testing.T) {
	for _, test := range []struct {
		change func(*api.ExecConfig)
		err    string
	}{
		{func(c *api.ExecConfig) { c.APIVersion = "" }, `exec plugin: invalid apiVersion ""`},
		{func(c *api.ExecConfig) { c.APIVersion = "client.authentication.k8s.io/v1alpha1" }, "invalid apiVersion"},
		{func(c *api.ExecConfig) { c.InteractiveMode = "Sometimes" }, `unknown interactiveMode: "Sometimes"`},
		{func(c *api.ExecConfig) { c.InteractiveMode = "" }, `unknown interactiveMode: ""`},
		{func(c *api.ExecConfig) { c.Command = "" }, "command is empty"},
		{func(c *api.ExecConfig) { c.PluginPolicy.PolicyType = "Maybe" }, `invalid plugin policy: unknown plugin policy: "Maybe"`},
	} {
		p := newPlugin(t, "{}")
		test.change(&p.ExecConfig)
		_, err := exec.GetAuthenticator(&p.ExecConfig, nil)
		require.ErrorContains(t, err, test.err)
	}
}

func TestNoCredentialIsPrinted(t *testing.T) {
	p := newPlugin(t, `{"token":"SECRET"}`)
	p.setenv("PASSWORD", "SECRET")
	p.Args = []string{"SECRET"}
	authenticator, err := exec.GetAuthenticator(&p.ExecConfig, nil)
	require.NoError(t, err)
	config := transport.Config{}
	require.NoError(t, authenticator.UpdateTransportConfig(&config))
	client := newClient(t, &config)
	_, err = config.TLS.GetCertHolder.GetCert()
	require.NoError(t, err)
	answer := v1.ExecCredential{Status: &v1.ExecCredentialStatus{Token: "SECRET", ClientKeyData: "SECRET"}}
	for _, value := range []any{
		answer, &answer, *answer.Status, answer.Status,
		authenticator, *config.TLS.GetCertHolder, config, client.Transport, p.ExecConfig,
	} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			require.NotContains(t, fmt.Sprintf(verb, value), "SECRET")
		}
	}
}
