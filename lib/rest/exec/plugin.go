package exec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"time"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest/exec/clientauthentication"
	v1 "client-go-workbook/lib/rest/exec/clientauthentication/v1"
	"client-go-workbook/lib/rest/exec/clientauthentication/v1beta1"

	"golang.org/x/time/rate"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// infoEnv is the variable that carries the request to the plugin.
const infoEnv = "KUBERNETES_EXEC_INFO"

const missingPluginHelp = "\n\n" +
	"The client's configuration names a credential plugin that isn't installed. What that is:\n" +
	"https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"

// plugin is a program and what it is told.
type plugin struct {
	config  *api.ExecConfig
	cluster *clientauthentication.Cluster
	// hints keeps a controller that tries for days from filling its log with help for people.
	hints *rate.Sometimes
}

func newPlugin(config *api.ExecConfig, cluster *clientauthentication.Cluster) plugin {
	return plugin{config: config, cluster: cluster, hints: &rate.Sometimes{First: 10, Interval: time.Hour}}
}

func validate(config *api.ExecConfig) error {
	switch config.APIVersion {
	case v1.SchemeGroupVersion.String(), v1beta1.SchemeGroupVersion.String():
	default:
		return fmt.Errorf("exec plugin: invalid apiVersion %q", config.APIVersion)
	}
	switch config.InteractiveMode {
	case api.NeverExecInteractiveMode, api.IfAvailableExecInteractiveMode, api.AlwaysExecInteractiveMode:
	default:
		return fmt.Errorf("exec plugin: unknown interactiveMode: %q", config.InteractiveMode)
	}
	if config.Command == "" {
		return errors.New("exec plugin: command is empty")
	}
	if err := ValidatePluginPolicy(config.PluginPolicy); err != nil {
		return fmt.Errorf("exec plugin: invalid plugin policy: %w", err)
	}
	return nil
}

// run runs the plugin once and returns what it answered. The plugin's standard error is the client's.
func (p *plugin) run() (*credentials, error) {
	interactive, err := wantsStdin(p.config, os.Stdin)
	if err != nil {
		return nil, fmt.Errorf("exec plugin cannot support interactive mode: %w", err)
	}
	request, err := p.request(interactive)
	if err != nil {
		return nil, fmt.Errorf("exec plugin: encode request: %w", err)
	}
	var stdout bytes.Buffer
	cmd := exec.Command(p.config.Command, p.config.Args...)
	cmd.Stdout, cmd.Stderr = &stdout, os.Stderr
	if interactive {
		cmd.Stdin = os.Stdin
	}
	cmd.Env = os.Environ() // of two variables with one name, the last counts
	for _, v := range p.config.Env {
		cmd.Env = append(cmd.Env, v.Name+"="+v.Value)
	}
	cmd.Env = append(cmd.Env, infoEnv+"="+string(request))

	if err := permit(p.config, cmd); err != nil {
		return nil, err
	}
	if err := cmd.Run(); err != nil {
		return nil, p.explain(err)
	}
	return parseAnswer(stdout.Bytes(), p.config.APIVersion)
}

// request is what the plugin is told.
func (p *plugin) request(interactive bool) ([]byte, error) {
	credential := v1.ExecCredential{
		TypeMeta: metav1.TypeMeta{Kind: credentialKind, APIVersion: p.config.APIVersion},
		Spec:     v1.ExecCredentialSpec{Interactive: interactive},
	}
	if c := p.cluster; c != nil && p.config.ProvideClusterInfo {
		credential.Spec.Cluster = &v1.Cluster{
			Server:                   c.Server,
			TLSServerName:            c.TLSServerName,
			InsecureSkipTLSVerify:    c.InsecureSkipTLSVerify,
			CertificateAuthorityData: c.CertificateAuthorityData,
			ProxyURL:                 c.ProxyURL,
			DisableCompression:       c.DisableCompression,
			Config:                   runtime.RawExtension{Object: c.Config},
		}
	}
	return json.Marshal(credential)
}

// explain says why the plugin didn't run, or that it failed. What it printed isn't repeated: standard output may hold a
// credential, and standard error went to the user.
func (p *plugin) explain(err error) error {
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return fmt.Errorf("exec: executable %s failed with exit code %d", p.config.Command, exit.ExitCode())
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("exec: executable %s not found%s", p.config.Command, p.installHint())
	}
	return fmt.Errorf("exec: %w", err)
}

func (p *plugin) installHint() (hint string) {
	p.hints.Do(func() {
		hint = missingPluginHelp
		if p.config.InstallHint != "" {
			hint += "\n\n" + p.config.InstallHint
		}
	})
	return hint
}
