package api

import "k8s.io/apimachinery/pkg/runtime"

// ExecConfig describes a program that prints credentials: the client starts it with an ExecCredential
// request in its environment and reads an ExecCredential answer from its standard output.
type ExecConfig struct {
	// Command is looked up in PATH if it has no folder; a relative path is relative to the kubeconfig's folder.
	Command string   `json:"command"`
	Args    []string `json:"args"`
	// Env is added to the process's own environment. Values may be secrets.
	Env []ExecEnvVar `json:"env"`
	// APIVersion of client.authentication.k8s.io that request and answer are in.
	APIVersion string `json:"apiVersion,omitempty"`
	// InstallHint is shown to the user when Command isn't there.
	InstallHint string `json:"installHint,omitempty"`
	// ProvideClusterInfo passes the cluster's address, CA and Config to the program.
	ProvideClusterInfo bool `json:"provideClusterInfo"`
	// Config is the cluster's own setting for the program, such as an audience. It isn't written with the user:
	// it comes from the cluster's extension "client.authentication.k8s.io/exec".
	Config runtime.Object `json:"-"`
	// InteractiveMode says what the program wants from standard input. Required from client.authentication.k8s.io/v1
	// on; older versions default to IfAvailable.
	InteractiveMode ExecInteractiveMode `json:"interactiveMode,omitempty"`
	// StdinUnavailable says that something else reads standard input; the message says what. Never written.
	StdinUnavailable        bool   `json:"-"`
	StdinUnavailableMessage string `json:"-"`
	// PluginPolicy decides whether Command may run at all. It belongs to the user's machine, so it is never written.
	PluginPolicy PluginPolicy `json:"-"`
}

// ExecEnvVar is one environment variable of an exec plugin.
type ExecEnvVar struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ExecInteractiveMode says how an exec plugin uses standard input.
type ExecInteractiveMode string

const (
	// NeverExecInteractiveMode: the plugin never reads standard input.
	NeverExecInteractiveMode ExecInteractiveMode = "Never"
	// IfAvailableExecInteractiveMode: the plugin reads standard input if it can, and manages without.
	IfAvailableExecInteractiveMode ExecInteractiveMode = "IfAvailable"
	// AlwaysExecInteractiveMode: the plugin can't work without standard input, and isn't started without it.
	AlwaysExecInteractiveMode ExecInteractiveMode = "Always"
)

// PluginPolicy says which exec plugins may run.
type PluginPolicy struct {
	// PolicyType is one of the constants below; empty means PluginPolicyAllowAll.
	PolicyType PolicyType `json:"-"`
	// Allowlist is set if and only if PolicyType is PluginPolicyAllowlist. One matching entry is enough.
	Allowlist []AllowlistEntry `json:"-"`
}

// PolicyType is a kind of plugin policy.
type PolicyType string

const (
	// PluginPolicyAllowAll lets every plugin run.
	PluginPolicyAllowAll PolicyType = "AllowAll"
	// PluginPolicyDenyAll lets none run.
	PluginPolicyDenyAll PolicyType = "DenyAll"
	// PluginPolicyAllowlist lets the listed ones run.
	PluginPolicyAllowlist PolicyType = "Allowlist"
)

// AllowlistEntry matches a plugin if every field that is set matches. An entry with no field set is an error.
type AllowlistEntry struct {
	// Command matches if it and the plugin's command, both looked up in PATH, are the same path.
	Command string `json:"-"`
}
