package exec_test

import (
	"os"
	"path/filepath"
	"testing"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest/exec"

	"github.com/stretchr/testify/require"
)

func allow(commands ...string) api.PluginPolicy {
	policy := api.PluginPolicy{PolicyType: api.PluginPolicyAllowlist, Allowlist: []api.AllowlistEntry{}}
	for _, command := range commands {
		policy.Allowlist = append(policy.Allowlist, api.AllowlistEntry{Command: command})
	}
	return policy
}

func TestValidatePluginPolicy(t *testing.T) {
	for _, test := range []struct {
		name   string
		policy api.PluginPolicy
		err    string
	}{
		{"none", api.PluginPolicy{}, ""},
		{"all", api.PluginPolicy{PolicyType: api.PluginPolicyAllowAll}, ""},
		{"nothing", api.PluginPolicy{PolicyType: api.PluginPolicyDenyAll}, ""},
		{"some", allow("aws", "/usr/bin/gke"), ""},
		{"a list that nobody reads", api.PluginPolicy{Allowlist: []api.AllowlistEntry{}}, `plugin policy is "" but allowlist is non-nil`},
		{"no list", api.PluginPolicy{PolicyType: api.PluginPolicyAllowlist}, "allowlist is unspecified"},
		{"an empty list", allow(), `allowlist is empty; "DenyAll" allows nothing`},
		{"an empty entry", allow("aws", ""), "allowlist entry #2 is empty"},
		{"a path with detours", allow("/usr/bin/../bin/aws"), `path "/usr/bin/../bin/aws" isn't in its shortest form "/usr/bin/aws"`},
		{"something else", api.PluginPolicy{PolicyType: "Maybe"}, `unknown plugin policy: "Maybe"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := exec.ValidatePluginPolicy(test.policy)
			if test.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.err)
		})
	}
}

func TestPolicyDecidesWhatRuns(t *testing.T) {
	// Two programs of one name: the one in PATH, and one in the working directory.
	executable, err := os.Executable()
	require.NoError(t, err)
	bin, work := t.TempDir(), t.TempDir()
	for _, dir := range []string{bin, work} {
		require.NoError(t, os.Symlink(executable, filepath.Join(dir, "aws")))
	}
	require.NoError(t, os.Symlink(executable, filepath.Join(bin, "other")))
	t.Setenv("PATH", bin)
	t.Chdir(work)
	absolute := filepath.Join(bin, "aws")

	for _, test := range []struct {
		name, command string
		policy        api.PluginPolicy
		err           string
	}{
		{"all", "aws", api.PluginPolicy{PolicyType: api.PluginPolicyAllowAll}, ""},
		{"nothing", "aws", api.PluginPolicy{PolicyType: api.PluginPolicyDenyAll}, `plugin "aws" not allowed: policy set to "DenyAll"`},
		{"name by name", "aws", allow("aws"), ""},
		{"name by path", "aws", allow("other", absolute), ""},
		{"path by name", absolute, allow("aws"), ""},
		{"path by path", absolute, allow(absolute), ""},
		{"path with detours by name", bin + "/./aws", allow("aws"), ""},
		{"another", "aws", allow("other"), `plugin path "` + absolute + `" is not permitted`},
		{"a namesake in the working directory", "./aws", allow("aws"), `plugin path "./aws" is not permitted`},
		{"one that isn't there", "gke", allow("aws"), `plugin path "gke" cannot be resolved`},
		{"one that is listed and isn't there", "gke", allow("gke"), "executable gke not found"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPlugin(t, `{"token":"one"}`)
			p.Command, p.PluginPolicy = test.command, test.policy
			_, err := get(t, p.plainClient(nil), "http://api")
			if test.err == "" {
				require.NoError(t, err)
				require.Len(t, p.runs(), 1)
				return
			}
			require.ErrorContains(t, err, test.err)
			require.Empty(t, p.runs())
		})
	}
}
