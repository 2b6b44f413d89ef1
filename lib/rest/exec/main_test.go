package exec_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest/exec"
	"client-go-workbook/lib/rest/transport"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"k8s.io/klog/v2"
)

// The plugin of these tests is the test binary itself, told by its environment to be one.
const (
	dirEnv    = "EXEC_TEST_DIR"    // run as a plugin with the files in this folder
	gateEnv   = "EXEC_TEST_GATE"   // don't answer before a connection to this address is closed
	exitEnv   = "EXEC_TEST_EXIT"   // exit with this code
	stderrEnv = "EXEC_TEST_STDERR" // print this to standard error
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(dirEnv); dir != "" {
		os.Exit(actAsPlugin(dir))
	}
	klog.SetLogger(klog.Logger{}) // which drops everything
	goleak.VerifyTestMain(m)
}

// record is what a plugin was told. Each run appends one to the file "runs".
type record struct {
	Args  []string
	Info  string
	Value string // of the variable EXEC_TEST_VALUE
	Stdin bool
}

func actAsPlugin(dir string) int {
	if address := os.Getenv(gateEnv); address != "" {
		if gate, err := net.Dial("tcp", address); err == nil {
			_, _ = io.Copy(io.Discard, gate)
		}
	}
	stdin, err := os.Stdin.Stat()
	line, _ := json.Marshal(record{
		Args: os.Args[1:], Info: os.Getenv("KUBERNETES_EXEC_INFO"), Value: os.Getenv("EXEC_TEST_VALUE"),
		Stdin: err == nil && stdin.Mode()&os.ModeCharDevice != 0,
	})
	runs, err := os.OpenFile(filepath.Join(dir, "runs"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return 99
	}
	fmt.Fprintf(runs, "%s\n", line)
	answer, _ := os.ReadFile(filepath.Join(dir, "answer"))
	_, _ = os.Stdout.Write(answer)
	fmt.Fprint(os.Stderr, os.Getenv(stderrEnv))
	code, _ := strconv.Atoi(os.Getenv(exitEnv))
	return code
}

// plugin is a plugin's config, and the folder with what it answers and was told.
type plugin struct {
	api.ExecConfig
	t   testing.TB
	dir string
}

func newPlugin(t testing.TB, status string) *plugin {
	executable, err := os.Executable()
	require.NoError(t, err)
	dir := t.TempDir()
	p := &plugin{t: t, dir: dir, ExecConfig: api.ExecConfig{
		Command:         executable,
		APIVersion:      "client.authentication.k8s.io/v1",
		InteractiveMode: api.NeverExecInteractiveMode,
		Env:             []api.ExecEnvVar{{Name: dirEnv, Value: dir}, {Name: "GORACE", Value: "atexit_sleep_ms=0"}},
	}}
	p.status(status)
	return p
}

func (p *plugin) setenv(name, value string) {
	p.Env = append(p.Env, api.ExecEnvVar{Name: name, Value: value})
}

// answers makes the plugin print text from now on.
func (p *plugin) answers(text string) {
	require.NoError(p.t, os.WriteFile(filepath.Join(p.dir, "answer"), []byte(text), 0o600))
}

// status makes the plugin print a credential with the status, which is JSON.
func (p *plugin) status(status string) {
	p.answers(fmt.Sprintf(`{"kind":"ExecCredential","apiVersion":%q,"status":%s}`, p.APIVersion, status))
}

// runs is what the plugin was told, one record for each run.
func (p *plugin) runs() []record {
	content, err := os.ReadFile(filepath.Join(p.dir, "runs"))
	if os.IsNotExist(err) {
		return nil
	}
	require.NoError(p.t, err)
	var records []record
	for line := range strings.Lines(string(content)) {
		var r record
		require.NoError(p.t, json.Unmarshal([]byte(line), &r))
		records = append(records, r)
	}
	return records
}

// client returns a client of config with the plugin's credentials.
func (p *plugin) client(config transport.Config) *http.Client {
	authenticator, err := exec.GetAuthenticator(&p.ExecConfig, nil)
	require.NoError(p.t, err)
	require.NoError(p.t, authenticator.UpdateTransportConfig(&config))
	return newClient(p.t, &config)
}

func newClient(t testing.TB, config *transport.Config) *http.Client {
	rt, err := transport.New(config)
	require.NoError(t, err)
	client := &http.Client{Transport: rt}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// plainClient returns a client whose server answers with the Authorization header, and 401 if refuse says so.
func (p *plugin) plainClient(refuse func(authorization string) bool) *http.Client {
	config := transport.Config{}
	authenticator, err := exec.GetAuthenticator(&p.ExecConfig, nil)
	require.NoError(p.t, err)
	require.NoError(p.t, authenticator.UpdateTransportConfig(&config))
	return &http.Client{Transport: config.WrapTransport(roundTripper(func(req *http.Request) (*http.Response, error) {
		authorization, status := req.Header.Get("Authorization"), http.StatusOK
		if refuse != nil && refuse(authorization) {
			status = http.StatusUnauthorized
		}
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(authorization))}, nil
	}))}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func get(t testing.TB, client *http.Client, url string) (string, error) {
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

func mustGet(t testing.TB, client *http.Client, url string) string {
	t.Helper()
	body, err := get(t, client, url)
	require.NoError(t, err)
	return body
}
