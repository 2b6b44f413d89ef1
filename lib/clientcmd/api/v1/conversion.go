package v1

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"

	"client-go-workbook/lib/clientcmd/api"
)

// A list becomes a map, so a name may stand in it once. All else is field by field.
// The two forms share slices and maps afterwards, as is usual for conversions.

// toMap turns a list into a map; split takes an entry apart.
func toMap[E, V any](list string, entries []E, split func(*E) (string, V, error)) (map[string]V, error) {
	m := make(map[string]V, len(entries))
	for i := range entries {
		name, v, err := split(&entries[i])
		if err != nil {
			return nil, fmt.Errorf("%s: %q: %w", list, name, err)
		}
		if _, ok := m[name]; ok {
			return nil, fmt.Errorf("%s: duplicate name %q", list, name)
		}
		m[name] = v
	}
	return m, nil
}

// toList turns a map into a list in the order of names, nil if there are none; join fills an entry.
func toList[E, V any](list string, m map[string]V, join func(e *E, name string, v V) error) ([]E, error) {
	if len(m) == 0 {
		return nil, nil
	}
	entries := make([]E, len(m))
	for i, name := range slices.Sorted(maps.Keys(m)) {
		if err := join(&entries[i], name, m[name]); err != nil {
			return nil, fmt.Errorf("%s: %q: %w", list, name, err)
		}
	}
	return entries, nil
}

func (c *Config) into(out *api.Config) error {
	var errs [5]error
	out.Preferences = api.Preferences{Colors: c.Preferences.Colors}
	if len(c.Preferences.Extensions) > 0 {
		out.Preferences.Extensions, errs[0] = extensionMap(c.Preferences.Extensions)
	}
	out.Clusters, errs[1] = toMap("clusters", c.Clusters, func(e *NamedCluster) (string, *api.Cluster, error) {
		v, err := e.Cluster.internal()
		return e.Name, v, err
	})
	out.AuthInfos, errs[2] = toMap("users", c.AuthInfos, func(e *NamedAuthInfo) (string, *api.AuthInfo, error) {
		v, err := e.AuthInfo.internal()
		return e.Name, v, err
	})
	out.Contexts, errs[3] = toMap("contexts", c.Contexts, func(e *NamedContext) (string, *api.Context, error) {
		v, err := e.Context.internal()
		return e.Name, v, err
	})
	out.CurrentContext = c.CurrentContext
	out.Extensions, errs[4] = extensionMap(c.Extensions)
	return utilerrors.NewAggregate(errs[:])
}

func (c *Config) from(in *api.Config) error {
	var errs [5]error
	c.Preferences.Colors = in.Preferences.Colors
	c.Preferences.Extensions, errs[0] = extensionList(in.Preferences.Extensions)
	c.Clusters, errs[1] = toList("clusters", in.Clusters, func(e *NamedCluster, name string, v *api.Cluster) error {
		e.Name = name
		return e.Cluster.from(v)
	})
	c.AuthInfos, errs[2] = toList("users", in.AuthInfos, func(e *NamedAuthInfo, name string, v *api.AuthInfo) error {
		e.Name = name
		return e.AuthInfo.from(v)
	})
	c.Contexts, errs[3] = toList("contexts", in.Contexts, func(e *NamedContext, name string, v *api.Context) error {
		e.Name = name
		return e.Context.from(v)
	})
	c.CurrentContext = in.CurrentContext
	c.Extensions, errs[4] = extensionList(in.Extensions)
	return utilerrors.NewAggregate(errs[:])
}

// errNil is for a name that code put into a map with nothing behind it.
var errNil = errors.New("is nil")

func (c *Cluster) internal() (*api.Cluster, error) {
	extensions, err := extensionMap(c.Extensions)
	return &api.Cluster{
		Server:                   c.Server,
		ProxyURL:                 c.ProxyURL,
		DisableCompression:       c.DisableCompression,
		TLSServerName:            c.TLSServerName,
		InsecureSkipTLSVerify:    c.InsecureSkipTLSVerify,
		CertificateAuthority:     c.CertificateAuthority,
		CertificateAuthorityData: c.CertificateAuthorityData,
		Extensions:               extensions,
	}, err
}

func (c *Cluster) from(in *api.Cluster) error {
	if in == nil {
		return errNil
	}
	extensions, err := extensionList(in.Extensions)
	*c = Cluster{
		Server:                   in.Server,
		ProxyURL:                 in.ProxyURL,
		DisableCompression:       in.DisableCompression,
		TLSServerName:            in.TLSServerName,
		InsecureSkipTLSVerify:    in.InsecureSkipTLSVerify,
		CertificateAuthority:     in.CertificateAuthority,
		CertificateAuthorityData: in.CertificateAuthorityData,
		Extensions:               extensions,
	}
	return err
}

func (a *AuthInfo) internal() (*api.AuthInfo, error) {
	extensions, err := extensionMap(a.Extensions)
	return &api.AuthInfo{
		Username:              a.Username,
		Password:              a.Password,
		Token:                 a.Token,
		TokenFile:             a.TokenFile,
		ClientCertificate:     a.ClientCertificate,
		ClientCertificateData: a.ClientCertificateData,
		ClientKey:             a.ClientKey,
		ClientKeyData:         a.ClientKeyData,
		AuthProvider:          (*api.AuthProviderConfig)(a.AuthProvider),
		Exec:                  a.Exec.internal(),
		Impersonate:           a.Impersonate,
		ImpersonateUID:        a.ImpersonateUID,
		ImpersonateGroups:     a.ImpersonateGroups,
		ImpersonateUserExtra:  a.ImpersonateUserExtra,
		Extensions:            extensions,
	}, err
}

func (a *AuthInfo) from(in *api.AuthInfo) error {
	if in == nil {
		return errNil
	}
	extensions, err := extensionList(in.Extensions)
	*a = AuthInfo{
		Username:              in.Username,
		Password:              in.Password,
		Token:                 in.Token,
		TokenFile:             in.TokenFile,
		ClientCertificate:     in.ClientCertificate,
		ClientCertificateData: in.ClientCertificateData,
		ClientKey:             in.ClientKey,
		ClientKeyData:         in.ClientKeyData,
		AuthProvider:          (*AuthProviderConfig)(in.AuthProvider),
		Exec:                  execFrom(in.Exec),
		Impersonate:           in.Impersonate,
		ImpersonateUID:        in.ImpersonateUID,
		ImpersonateGroups:     in.ImpersonateGroups,
		ImpersonateUserExtra:  in.ImpersonateUserExtra,
		Extensions:            extensions,
	}
	return err
}

func (c *Context) internal() (*api.Context, error) {
	extensions, err := extensionMap(c.Extensions)
	return &api.Context{Cluster: c.Cluster, AuthInfo: c.AuthInfo, Namespace: c.Namespace, Extensions: extensions}, err
}

func (c *Context) from(in *api.Context) error {
	if in == nil {
		return errNil
	}
	extensions, err := extensionList(in.Extensions)
	*c = Context{Cluster: in.Cluster, AuthInfo: in.AuthInfo, Namespace: in.Namespace, Extensions: extensions}
	return err
}

func (e *ExecConfig) internal() *api.ExecConfig {
	if e == nil {
		return nil
	}
	return &api.ExecConfig{
		APIVersion:         e.APIVersion,
		Command:            e.Command,
		Args:               e.Args,
		Env:                e.Env,
		InstallHint:        e.InstallHint,
		InteractiveMode:    e.InteractiveMode,
		ProvideClusterInfo: e.ProvideClusterInfo,
	}
}

func execFrom(in *api.ExecConfig) *ExecConfig {
	if in == nil {
		return nil
	}
	return &ExecConfig{
		APIVersion:         in.APIVersion,
		Command:            in.Command,
		Args:               in.Args,
		Env:                in.Env,
		InstallHint:        in.InstallHint,
		InteractiveMode:    in.InteractiveMode,
		ProvideClusterInfo: in.ProvideClusterInfo,
	}
}

// An extension stays the bytes that it was: only its owner knows its type.

func extensionMap(entries []NamedExtension) (map[string]runtime.Object, error) {
	return toMap("extensions", entries, func(e *NamedExtension) (string, runtime.Object, error) {
		var o runtime.Object
		err := runtime.Convert_runtime_RawExtension_To_runtime_Object(&e.Extension, &o, nil)
		return e.Name, o, err
	})
}

func extensionList(m map[string]runtime.Object) ([]NamedExtension, error) {
	return toList("extensions", m, func(e *NamedExtension, name string, o runtime.Object) error {
		e.Name = name
		return runtime.Convert_runtime_Object_To_runtime_RawExtension(&o, &e.Extension, nil)
	})
}
