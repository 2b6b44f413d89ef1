package api

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
)

const (
	hidden   = "--- REDACTED ---"
	redacted = "REDACTED"
)

// dataOmitted comes out as DATA+OMITTED wherever bytes are written as base64, as in JSON and YAML.
var dataOmitted, _ = base64.StdEncoding.DecodeString("DATA+OMITTED")

// ShortenConfig replaces certificates, keys and tokens in c with short words, for showing c to a person.
// Passwords are left to RedactSecrets.
func ShortenConfig(c *Config) {
	omit := func(data *[]byte) {
		if len(*data) > 0 {
			*data = slices.Clone(dataOmitted)
		}
	}
	for _, user := range c.AuthInfos {
		omit(&user.ClientCertificateData)
		omit(&user.ClientKeyData)
		if user.Token != "" {
			user.Token = redacted
		}
	}
	for _, cluster := range c.Clusters {
		omit(&cluster.CertificateAuthorityData)
	}
}

// RedactSecrets replaces each field of c that has a datapolicy tag and a value: keys, tokens, passwords.
// It never fails; the error is upstream's signature.
func RedactSecrets(c *Config) error {
	for _, user := range c.AuthInfos {
		if user.ClientKeyData != nil {
			user.ClientKeyData = []byte(redacted)
		}
		for _, secret := range []*string{&user.Token, &user.Password} {
			if *secret != "" {
				*secret = redacted
			}
		}
	}
	return nil
}

// line prints a value as one line of its set fields, secrets masked.
type line struct {
	name   string
	fields []string
}

// add shows a field, or leaves it out if it has its zero value.
func (l *line) add(name string, value any) {
	if v := reflect.ValueOf(value); v.IsValid() && !v.IsZero() {
		l.fields = append(l.fields, fmt.Sprintf("%s: %#v", name, value))
	}
}

// hide shows that a field is set, not what to.
func (l *line) hide(name string, set bool) {
	if set {
		l.fields = append(l.fields, name+": "+hidden)
	}
}

// address shows a URL without the password that it may hold.
func (l *line) address(name, address string) {
	if !strings.Contains(address, "@") {
		l.add(name, address)
		return
	}
	u, err := url.Parse(address)
	if err != nil || u.User == nil {
		l.hide(name, true)
		return
	}
	l.add(name, u.Redacted())
}

// extensions shows only how many there are: other programs decide what is in them.
func (l *line) extensions(of map[string]runtime.Object) {
	if len(of) > 0 {
		l.fields = append(l.fields, fmt.Sprintf("Extensions: %d", len(of)))
	}
}

func (l *line) String() string { return "api." + l.name + "{" + strings.Join(l.fields, ", ") + "}" }

// String shows c without credentials.
func (c Config) String() string {
	l := line{name: "Config"}
	l.add("CurrentContext", c.CurrentContext)
	for _, m := range []struct {
		name    string
		entries any
	}{{"Contexts", c.Contexts}, {"Clusters", c.Clusters}, {"AuthInfos", c.AuthInfos}} {
		if reflect.ValueOf(m.entries).Len() > 0 {
			l.fields = append(l.fields, fmt.Sprintf("%s: %v", m.name, m.entries))
		}
	}
	l.extensions(c.Extensions)
	return l.String()
}

// String shows c without a password in its URLs, and certificates only as set or not.
func (c Cluster) String() string {
	l := line{name: "Cluster"}
	l.add("LocationOfOrigin", c.LocationOfOrigin)
	l.address("Server", c.Server)
	l.add("TLSServerName", c.TLSServerName)
	l.add("InsecureSkipTLSVerify", c.InsecureSkipTLSVerify)
	l.add("CertificateAuthority", c.CertificateAuthority)
	l.hide("CertificateAuthorityData", len(c.CertificateAuthorityData) > 0)
	l.address("ProxyURL", c.ProxyURL)
	l.add("DisableCompression", c.DisableCompression)
	l.extensions(c.Extensions)
	return l.String()
}

// String shows a without credentials.
func (a AuthInfo) String() string {
	l := line{name: "AuthInfo"}
	l.add("LocationOfOrigin", a.LocationOfOrigin)
	l.add("ClientCertificate", a.ClientCertificate)
	l.hide("ClientCertificateData", len(a.ClientCertificateData) > 0)
	l.add("ClientKey", a.ClientKey)
	l.hide("ClientKeyData", len(a.ClientKeyData) > 0)
	l.hide("Token", a.Token != "")
	l.add("TokenFile", a.TokenFile)
	l.add("Impersonate", a.Impersonate)
	l.add("ImpersonateUID", a.ImpersonateUID)
	l.add("ImpersonateGroups", a.ImpersonateGroups)
	l.hide("ImpersonateUserExtra", len(a.ImpersonateUserExtra) > 0)
	l.add("Username", a.Username)
	l.hide("Password", a.Password != "")
	l.add("AuthProvider", a.AuthProvider)
	l.add("Exec", a.Exec)
	l.extensions(a.Extensions)
	return l.String()
}

// String shows c; it holds no credential outside its extensions.
func (c Context) String() string {
	l := line{name: "Context"}
	l.add("LocationOfOrigin", c.LocationOfOrigin)
	l.add("Cluster", c.Cluster)
	l.add("AuthInfo", c.AuthInfo)
	l.add("Namespace", c.Namespace)
	l.extensions(c.Extensions)
	return l.String()
}

// String shows p without its settings.
func (p AuthProviderConfig) String() string {
	l := line{name: "AuthProviderConfig"}
	l.add("Name", p.Name)
	l.hide("Config", len(p.Config) > 0)
	return l.String()
}

// String shows e without arguments, environment and the cluster's setting.
func (e ExecConfig) String() string {
	l := line{name: "ExecConfig"}
	l.add("Command", e.Command)
	l.hide("Args", len(e.Args) > 0)
	l.hide("Env", len(e.Env) > 0)
	l.add("APIVersion", e.APIVersion)
	l.add("InteractiveMode", e.InteractiveMode)
	l.add("ProvideClusterInfo", e.ProvideClusterInfo)
	l.hide("Config", e.Config != nil)
	l.add("StdinUnavailable", e.StdinUnavailable)
	l.add("PluginPolicy", e.PluginPolicy.PolicyType)
	return l.String()
}

// String shows v without its value.
func (v ExecEnvVar) String() string {
	l := line{name: "ExecEnvVar"}
	l.add("Name", v.Name)
	l.hide("Value", v.Value != "")
	return l.String()
}

// GoString is String, because %#v would show the fields.
func (c Config) GoString() string { return c.String() }

// GoString is String, because %#v would show the fields.
func (c Cluster) GoString() string { return c.String() }

// GoString is String, because %#v would show the fields.
func (a AuthInfo) GoString() string { return a.String() }

// GoString is String, because %#v would show the fields.
func (c Context) GoString() string { return c.String() }

// GoString is String, because %#v would show the fields.
func (p AuthProviderConfig) GoString() string { return p.String() }

// GoString is String, because %#v would show the fields.
func (e ExecConfig) GoString() string { return e.String() }

// GoString is String, because %#v would show the fields.
func (v ExecEnvVar) GoString() string { return v.String() }
