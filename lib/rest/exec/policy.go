package exec

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"

	"client-go-workbook/lib/clientcmd/api"
)

// ValidatePluginPolicy says what is wrong with policy. An allowlist where none is used is an error, too: whoever wrote
// it believes that it is in force.
func ValidatePluginPolicy(policy api.PluginPolicy) error {
	switch policy.PolicyType {
	case "", api.PluginPolicyAllowAll, api.PluginPolicyDenyAll:
		if policy.Allowlist != nil {
			return fmt.Errorf("plugin policy is %q but allowlist is non-nil", policy.PolicyType)
		}
		return nil
	case api.PluginPolicyAllowlist:
		return validateAllowlist(policy.Allowlist)
	}
	return fmt.Errorf("unknown plugin policy: %q", policy.PolicyType)
}

func validateAllowlist(list []api.AllowlistEntry) error {
	switch {
	case list == nil:
		return fmt.Errorf("plugin policy is %q but allowlist is unspecified", api.PluginPolicyAllowlist)
	case len(list) == 0:
		return fmt.Errorf("plugin policy is %q but allowlist is empty; %q allows nothing",
			api.PluginPolicyAllowlist, api.PluginPolicyDenyAll)
	}
	for i, entry := range list {
		if entry.Command == "" {
			return fmt.Errorf("allowlist entry #%d is empty", i+1)
		}
		if clean := filepath.Clean(entry.Command); clean != entry.Command {
			return fmt.Errorf("allowlist entry #%d: path %q isn't in its shortest form %q", i+1, entry.Command, clean)
		}
	}
	return nil
}

// permit says whether config's policy lets cmd run.
func permit(config *api.ExecConfig, cmd *exec.Cmd) error {
	switch policy := config.PluginPolicy; policy.PolicyType {
	case api.PluginPolicyDenyAll:
		return fmt.Errorf("plugin %q not allowed: policy set to %q", config.Command, policy.PolicyType)
	case api.PluginPolicyAllowlist:
		return permitListed(config, cmd)
	}
	return nil
}

// permitListed compares what the names lead to: "aws" and "/usr/bin/aws" may be the same program, and "./aws" another.
// It puts the path that it compared into cmd, so that this is what runs.
func permitListed(config *api.ExecConfig, cmd *exec.Cmd) error {
	list := config.PluginPolicy.Allowlist
	if slices.Contains(list, api.AllowlistEntry{Command: config.Command}) {
		return nil
	}
	err := cmd.Err
	if err == nil {
		cmd.Path, err = exec.LookPath(cmd.Path)
	}
	if err != nil {
		return fmt.Errorf("plugin path %q cannot be resolved for credential plugin allowlist check: %w",
			config.Command, err)
	}
	for _, entry := range list {
		if path, err := exec.LookPath(entry.Command); err == nil && filepath.Clean(path) == filepath.Clean(cmd.Path) {
			return nil
		}
	}
	return fmt.Errorf("plugin path %q is not permitted by the credential plugin allowlist", cmd.Path)
}
