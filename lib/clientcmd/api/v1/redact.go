package v1

import (
	"strings"

	"client-go-workbook/lib/clientcmd/api"
)

// Printing goes through package api, which knows what to hide. Extensions are dropped before:
// they are not shown anyway, and a list of them may be broken.

func shown(internal interface{ String() string }) string {
	return "v1." + strings.TrimPrefix(internal.String(), "api.")
}

// String shows c without a password in its URLs.
func (c Cluster) String() string {
	c.Extensions = nil
	internal, _ := c.internal()
	return shown(internal)
}

// String shows a without credentials.
func (a AuthInfo) String() string {
	a.Extensions = nil
	internal, _ := a.internal()
	return shown(internal)
}

// String shows p without its settings.
func (p AuthProviderConfig) String() string {
	return shown(api.AuthProviderConfig(p))
}

// String shows e without arguments and environment.
func (e ExecConfig) String() string { return shown(e.internal()) }

// String shows only e's name: its content is another program's.
func (e NamedExtension) String() string { return "v1.NamedExtension{Name: \"" + e.Name + "\"}" }

// GoString is String, because %#v would show the fields.
func (c Cluster) GoString() string { return c.String() }

// GoString is String, because %#v would show the fields.
func (a AuthInfo) GoString() string { return a.String() }

// GoString is String, because %#v would show the fields.
func (p AuthProviderConfig) GoString() string { return p.String() }

// GoString is String, because %#v would show the fields.
func (e ExecConfig) GoString() string { return e.String() }

// GoString is String, because %#v would show the fields.
func (e NamedExtension) GoString() string { return e.String() }
