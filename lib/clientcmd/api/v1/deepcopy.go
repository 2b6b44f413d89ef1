package v1

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
)

// DeepCopyObject makes Config a runtime.Object.
func (c *Config) DeepCopyObject() runtime.Object {
	if c == nil {
		return nil
	}
	return c.DeepCopy()
}

// DeepCopy returns a copy that shares nothing with c; nil for nil.
func (c *Config) DeepCopy() *Config {
	if c == nil {
		return nil
	}
	out := new(Config)
	c.DeepCopyInto(out)
	return out
}

// DeepCopyInto makes out a copy that shares nothing with c.
func (c *Config) DeepCopyInto(out *Config) {
	*out = *c
	out.Preferences.Extensions = copyExtensions(c.Preferences.Extensions)
	out.Extensions = copyExtensions(c.Extensions)
	out.Clusters = slices.Clone(c.Clusters)
	for i := range out.Clusters {
		out.Clusters[i].Cluster.unshare()
	}
	out.AuthInfos = slices.Clone(c.AuthInfos)
	for i := range out.AuthInfos {
		out.AuthInfos[i].AuthInfo.unshare()
	}
	out.Contexts = slices.Clone(c.Contexts)
	for i := range out.Contexts {
		context := &out.Contexts[i].Context
		context.Extensions = copyExtensions(context.Extensions)
	}
}

// unshare replaces what c points to by copies.
func (c *Cluster) unshare() {
	c.CertificateAuthorityData = slices.Clone(c.CertificateAuthorityData)
	c.Extensions = copyExtensions(c.Extensions)
}

// unshare replaces what a points to by copies.
func (a *AuthInfo) unshare() {
	a.ClientCertificateData = slices.Clone(a.ClientCertificateData)
	a.ClientKeyData = slices.Clone(a.ClientKeyData)
	a.ImpersonateGroups = slices.Clone(a.ImpersonateGroups)
	a.ImpersonateUserExtra = maps.Clone(a.ImpersonateUserExtra)
	for k, v := range a.ImpersonateUserExtra {
		a.ImpersonateUserExtra[k] = slices.Clone(v)
	}
	if a.AuthProvider != nil {
		a.AuthProvider = &AuthProviderConfig{Name: a.AuthProvider.Name, Config: maps.Clone(a.AuthProvider.Config)}
	}
	if a.Exec != nil {
		exec := *a.Exec
		exec.Args, exec.Env = slices.Clone(exec.Args), slices.Clone(exec.Env)
		a.Exec = &exec
	}
	a.Extensions = copyExtensions(a.Extensions)
}

func copyExtensions(in []NamedExtension) []NamedExtension {
	out := slices.Clone(in)
	for i := range out {
		in[i].Extension.DeepCopyInto(&out[i].Extension)
	}
	return out
}
