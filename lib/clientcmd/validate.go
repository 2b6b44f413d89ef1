package clientcmd

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"

	"k8s.io/apimachinery/pkg/util/validation"

	"client-go-workbook/lib/clientcmd/api"
	"client-go-workbook/lib/rest/exec"
)

// problems collects what is wrong, so that a user can mend it all at once.
type problems []error

func (p *problems) add(format string, args ...any) { *p = append(*p, fmt.Errorf(format, args...)) }

// readable adds a problem if file, which field of owner names, can't be opened.
func (p *problems) readable(field, file, owner string) {
	if file == "" {
		return
	}
	f, err := os.Open(file)
	if err != nil {
		p.add("unable to read %s of %s: %w", field, owner, err)
		return
	}
	f.Close()
}

// Validate looks for errors anywhere in config and lists them all. IsConfigurationInvalid is true of the error,
// and IsEmptyConfig if config is empty.
func Validate(config api.Config) error {
	if api.IsConfigEmpty(&config) {
		return invalid([]error{ErrEmptyConfig})
	}
	var p problems
	if name := config.CurrentContext; name != "" && config.Contexts[name] == nil {
		p = append(p, &contextNotFound{name})
	}
	for _, name := range slices.Sorted(maps.Keys(config.Contexts)) {
		p.context(name, &config)
	}
	for _, name := range slices.Sorted(maps.Keys(config.AuthInfos)) {
		p.user(name, config.AuthInfos[name])
	}
	for _, name := range slices.Sorted(maps.Keys(config.Clusters)) {
		p.cluster(name, config.Clusters[name])
	}
	return invalid(p)
}

// ConfirmUsable looks for errors in one context, its cluster and its user; an empty name means the current context.
// Errors elsewhere in config don't count.
func ConfirmUsable(config api.Config, passedContextName string) error {
	if api.IsConfigEmpty(&config) {
		return invalid([]error{ErrEmptyConfig})
	}
	name := passedContextName
	if name == "" {
		name = config.CurrentContext
	}
	if name == "" {
		return ErrNoContext
	}
	context := config.Contexts[name]
	if context == nil {
		return invalid([]error{&contextNotFound{name}})
	}
	var p problems
	p.context(name, &config)
	if user := config.AuthInfos[context.AuthInfo]; user != nil {
		p.user(context.AuthInfo, user)
	}
	if cluster := config.Clusters[context.Cluster]; cluster != nil {
		p.cluster(context.Cluster, cluster)
	}
	return invalid(p)
}

// ConfirmUsable looks for errors in the chosen context with its overrides. IsContextNotFound is true of the error if
// the context is missing, and IsEmptyConfig if all is well but for a cluster of which nothing is known.
// A user that the context names and the config lacks is no error: the client goes on without credentials.
func (c *DirectClientConfig) ConfirmUsable() error { return c.confirm(c.choose()) }

func (c *DirectClientConfig) confirm(chosen choice) error {
	var p problems
	switch context := chosen.contextName; {
	case context != "" && c.config.Contexts[context] == nil:
		p = append(p, &contextNotFound{context})
	case chosen.missing != nil:
		p = append(p, chosen.missing)
	}
	p.user(chosen.context.AuthInfo, &chosen.user)
	switch cluster := chosen.context.Cluster; {
	case !reflect.DeepEqual(&chosen.cluster, api.NewCluster()):
		p.cluster(cluster, &chosen.cluster)
	case len(p) > 0:
		p = append(p, ErrEmptyCluster)
	case cluster == "":
		p = append(p, ErrEmptyConfig)
	default:
		p.add("nothing is known of cluster %q in context %q: %w", cluster, chosen.contextName, ErrEmptyConfig)
	}
	return invalid(p)
}

func (p *problems) context(name string, config *api.Config) {
	context := config.Contexts[name]
	if context == nil {
		p.add("context %q is nil", name)
		return
	}
	if name == "" {
		p.add("a context has an empty name: %v", context)
	}
	switch user := context.AuthInfo; {
	case user == "":
		p.add("user was not specified for context %q", name)
	case config.AuthInfos[user] == nil:
		p.add("user %q was not found for context %q", user, name)
	}
	switch cluster := context.Cluster; {
	case cluster == "":
		p.add("cluster was not specified for context %q", name)
	case config.Clusters[cluster] == nil:
		p.add("cluster %q was not found for context %q", cluster, name)
	}
	if ns := context.Namespace; ns != "" && len(validation.IsDNS1123Label(ns)) > 0 {
		p.add("namespace %q of context %q is not a DNS label (lower case letters, digits and dashes)", ns, name)
	}
}

func (p *problems) cluster(name string, cluster *api.Cluster) {
	switch {
	case cluster == nil:
		p.add("cluster %q is nil", name)
		return
	case reflect.DeepEqual(cluster, api.NewCluster()) && name == "":
		*p = append(*p, ErrEmptyCluster)
		return
	case cluster.Server == "" && name == "":
		p.add("the default cluster has no server")
	case cluster.Server == "":
		p.add("%w: %q", ErrEmptyCluster, name)
	}
	if cluster.ProxyURL != "" {
		if _, err := parseProxyURL(cluster.ProxyURL); err != nil {
			p.add("cluster %q: %w", name, err)
		}
	}
	if cluster.CertificateAuthority != "" && len(cluster.CertificateAuthorityData) > 0 {
		p.add("cluster %q has both certificate-authority and certificate-authority-data", name)
	}
	p.readable("certificate-authority", cluster.CertificateAuthority, fmt.Sprintf("cluster %q", name))
}

func (p *problems) user(name string, user *api.AuthInfo) {
	if user == nil {
		p.add("user %q is nil", name)
		return
	}
	// An exec plugin beside these is allowed: it is asked last. So is a certificate: it works on another layer.
	if user.Token != "" && (user.Username != "" || user.Password != "") {
		p.add("user %q has more than one authentication method: token and basicAuth", name)
	}
	if user.ClientCertificate != "" || len(user.ClientCertificateData) > 0 {
		p.certificate(name, user)
	}
	if user.Exec != nil {
		p.plugin(name, user)
	}
	impersonating := user.ImpersonateUID != "" || len(user.ImpersonateGroups) > 0 || len(user.ImpersonateUserExtra) > 0
	if impersonating && user.Impersonate == "" {
		p.add("user %q impersonates a uid, groups or extra without a user name", name)
	}
}

func (p *problems) certificate(name string, user *api.AuthInfo) {
	if user.ClientCertificate != "" && len(user.ClientCertificateData) > 0 {
		p.add("user %q has both client-certificate and client-certificate-data", name)
	}
	key, keyData := user.ClientKey != "", len(user.ClientKeyData) > 0
	switch {
	case key && keyData:
		p.add("user %q has both client-key and client-key-data", name)
	case !key && !keyData:
		p.add("user %q has a client certificate, but neither client-key nor client-key-data", name)
	}
	p.readable("client-certificate", user.ClientCertificate, fmt.Sprintf("user %q", name))
	p.readable("client-key", user.ClientKey, fmt.Sprintf("user %q", name))
}

func (p *problems) plugin(name string, user *api.AuthInfo) {
	plugin := user.Exec
	if user.AuthProvider != nil {
		p.add("user %q has both an auth-provider and an exec plugin", name)
	}
	if plugin.Command == "" {
		p.add("exec plugin of user %q has no command", name)
	}
	if plugin.APIVersion == "" {
		p.add("exec plugin of user %q has no apiVersion", name)
	}
	if slices.ContainsFunc(plugin.Env, func(v api.ExecEnvVar) bool { return v.Name == "" }) {
		p.add("exec plugin of user %q has an env variable without a name", name)
	}
	switch plugin.InteractiveMode {
	case api.NeverExecInteractiveMode, api.IfAvailableExecInteractiveMode, api.AlwaysExecInteractiveMode:
	case "":
		p.add("exec plugin of user %q has no interactiveMode", name)
	default:
		p.add("exec plugin of user %q has interactiveMode %q, want Never, IfAvailable or Always", name, plugin.InteractiveMode)
	}
	if err := exec.ValidatePluginPolicy(plugin.PluginPolicy); err != nil {
		p.add("exec plugin of user %q: %w", name, err)
	}
}
