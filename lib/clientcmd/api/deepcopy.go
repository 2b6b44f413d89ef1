package api

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/runtime"
)

// mapEach returns a map with each value copied; nil stays nil.
func mapEach[K comparable, V any](in map[K]V, dup func(V) V) map[K]V {
	out := maps.Clone(in)
	for k, v := range out {
		out[k] = dup(v)
	}
	return out
}

func copyObject(o runtime.Object) runtime.Object {
	if o == nil {
		return nil
	}
	return o.DeepCopyObject()
}

func copyExtensions(in map[string]runtime.Object) map[string]runtime.Object {
	return mapEach(in, copyObject)
}

// DeepCopyObject makes Config a runtime.Object.
func (c *Config) DeepCopyObject() runtime.Object {
	if c == nil {
		return nil
	}
	return c.DeepCopy()
}

// DeepCopyInto makes out a copy that shares nothing with c.
func (c *Config) DeepCopyInto(out *Config) {
	*out = *c
	c.Preferences.DeepCopyInto(&out.Preferences)
	out.Clusters = mapEach(c.Clusters, (*Cluster).DeepCopy)
	out.AuthInfos = mapEach(c.AuthInfos, (*AuthInfo).DeepCopy)
	out.Contexts = mapEach(c.Contexts, (*Context).DeepCopy)
	out.Extensions = copyExtensions(c.Extensions)
}

// DeepCopyInto makes out a copy that shares nothing with p.
func (p *Preferences) DeepCopyInto(out *Preferences) {
	*out = *p
	out.Extensions = copyExtensions(p.Extensions)
}

// DeepCopyInto makes out a copy that shares nothing with c.
func (c *Cluster) DeepCopyInto(out *Cluster) {
	*out = *c
	out.CertificateAuthorityData = slices.Clone(c.CertificateAuthorityData)
	out.Extensions = copyExtensions(c.Extensions)
}

// DeepCopyInto makes out a copy that shares nothing with a.
func (a *AuthInfo) DeepCopyInto(out *AuthInfo) {
	*out = *a
	out.ClientCertificateData = slices.Clone(a.ClientCertificateData)
	out.ClientKeyData = slices.Clone(a.ClientKeyData)
	out.ImpersonateGroups = slices.Clone(a.ImpersonateGroups)
	out.ImpersonateUserExtra = mapEach(a.ImpersonateUserExtra, slices.Clone[[]string])
	out.AuthProvider = a.AuthProvider.DeepCopy()
	out.Exec = a.Exec.DeepCopy()
	out.Extensions = copyExtensions(a.Extensions)
}

// DeepCopyInto makes out a copy that shares nothing with c.
func (c *Context) DeepCopyInto(out *Context) {
	*out = *c
	out.Extensions = copyExtensions(c.Extensions)
}

// DeepCopyInto makes out a copy that shares nothing with p.
func (p *AuthProviderConfig) DeepCopyInto(out *AuthProviderConfig) {
	*out = *p
	out.Config = maps.Clone(p.Config)
}

// DeepCopyInto makes out a copy that shares nothing with e.
func (e *ExecConfig) DeepCopyInto(out *ExecConfig) {
	*out = *e
	out.Args = slices.Clone(e.Args)
	out.Env = slices.Clone(e.Env)
	out.Config = copyObject(e.Config)
	e.PluginPolicy.DeepCopyInto(&out.PluginPolicy)
}

// DeepCopyInto makes out a copy that shares nothing with p.
func (p *PluginPolicy) DeepCopyInto(out *PluginPolicy) {
	*out = *p
	out.Allowlist = slices.Clone(p.Allowlist)
}

// copied is every DeepCopy: a new T filled by into, or nil for nil.
func copied[T any](in *T, into func(in, out *T)) *T {
	if in == nil {
		return nil
	}
	out := new(T)
	into(in, out)
	return out
}

// DeepCopy returns a copy that shares nothing with c; nil for nil.
func (c *Config) DeepCopy() *Config { return copied(c, (*Config).DeepCopyInto) }

// DeepCopy returns a copy that shares nothing with p; nil for nil.
func (p *Preferences) DeepCopy() *Preferences { return copied(p, (*Preferences).DeepCopyInto) }

// DeepCopy returns a copy that shares nothing with c; nil for nil.
func (c *Cluster) DeepCopy() *Cluster { return copied(c, (*Cluster).DeepCopyInto) }

// DeepCopy returns a copy that shares nothing with a; nil for nil.
func (a *AuthInfo) DeepCopy() *AuthInfo { return copied(a, (*AuthInfo).DeepCopyInto) }

// DeepCopy returns a copy that shares nothing with c; nil for nil.
func (c *Context) DeepCopy() *Context { return copied(c, (*Context).DeepCopyInto) }

// DeepCopy returns a copy that shares nothing with p; nil for nil.
func (p *AuthProviderConfig) DeepCopy() *AuthProviderConfig {
	return copied(p, (*AuthProviderConfig).DeepCopyInto)
}

// DeepCopy returns a copy that shares nothing with e; nil for nil.
func (e *ExecConfig) DeepCopy() *ExecConfig { return copied(e, (*ExecConfig).DeepCopyInto) }

// DeepCopy returns a copy that shares nothing with p; nil for nil.
func (p *PluginPolicy) DeepCopy() *PluginPolicy { return copied(p, (*PluginPolicy).DeepCopyInto) }
