package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Names says what a type is called where it stands in code, in a file's name or in a URL.
// The zero value has no exceptions and is ready to use.
//
//	               Deployment     NetworkPolicy     Endpoints with the exception Endpoints:Endpoints
//	Public         Deployment     NetworkPolicy     Endpoints
//	Private        deployment     networkPolicy     endpoints
//	Lower          deployment     networkpolicy     endpoints
//	PublicPlural   Deployments    NetworkPolicies   Endpoints
//	PrivatePlural  deployments    networkPolicies   endpoints
//	LowerPlural    deployments    networkpolicies   endpoints
//	Resource       deployments    networkpolicies   endpoints, or what +resourceName= says
//
// Upstream: gengo's public, private and plural namers, pkg/namer in code-generator.
type Names struct {
	exceptions map[string]string // type name → plural
}

// NewNames takes exceptions to the rules of plurals as --plural-exceptions has them: "Endpoints:Endpoints".
// It reports each one that is not of this form, and each type that has two different plurals.
func NewNames(pluralExceptions ...string) (Names, error) {
	n := Names{exceptions: map[string]string{}}
	var wrong []string
	for _, e := range pluralExceptions {
		name, plural, _ := strings.Cut(e, ":")
		if !isName(name) || !isName(plural) || n.exceptions[name] != "" && n.exceptions[name] != plural {
			wrong = append(wrong, fmt.Sprintf("%q", e))
			continue
		}
		n.exceptions[name] = plural
	}
	if len(wrong) > 0 {
		return Names{}, fmt.Errorf("plural exceptions %s: write Type:Plural, as in Endpoints:Endpoints, and each type once", strings.Join(wrong, ", "))
	}
	return n, nil
}

func isName(s string) bool {
	for i, r := range s {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// String prints the exceptions as the flag takes them, sorted.
func (n Names) String() string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(n.exceptions)) {
		all = append(all, name+":"+n.exceptions[name])
	}
	return strings.Join(all, ",")
}

func (n Names) Public(t *Type) string        { return Exported(t.Name) }
func (n Names) Private(t *Type) string       { return Unexported(t.Name) }
func (n Names) Lower(t *Type) string         { return strings.ToLower(t.Name) }
func (n Names) PublicPlural(t *Type) string  { return Exported(n.Plural(t.Name)) }
func (n Names) PrivatePlural(t *Type) string { return Unexported(n.Plural(t.Name)) }
func (n Names) LowerPlural(t *Type) string   { return strings.ToLower(n.Plural(t.Name)) }

// Resource is the last part of the type's URLs.
func (n Names) Resource(t *Type) string {
	if t.Client != nil && t.Client.Resource != "" {
		return t.Client.Resource
	}
	return n.LowerPlural(t)
}

// Plural is the exception for a name if it has one, and else follows English as far as its last two letters tell:
// Ingress → Ingresses, Policy → Policies, Gateway → Gateways, Leaf → Leaves. A name of one letter stays as it is.
func (n Names) Plural(name string) string {
	if plural := n.exceptions[name]; plural != "" {
		return plural
	}
	if len(name) < 2 {
		return name
	}
	last, before := name[len(name)-1], name[len(name)-2]
	switch {
	case strings.IndexByte("sxz", last) >= 0, last == 'h' && (before == 'c' || before == 's'):
		return name + "es"
	case last == 'y' && strings.IndexByte("bcdfghjklmnpqrstvwxyz", before) >= 0:
		return name[:len(name)-1] + "ies"
	case last == 'f':
		return name[:len(name)-1] + "ves"
	case last == 'e' && before == 'f':
		return name[:len(name)-2] + "ves"
	}
	return name + "s"
}

// Exported is the name with an upper-case first letter: "apps" → "Apps".
func Exported(name string) string { return withFirst(name, unicode.ToUpper) }

// Unexported is the name with a lower-case first letter: "Apps" → "apps".
func Unexported(name string) string { return withFirst(name, unicode.ToLower) }

func withFirst(name string, to func(rune) rune) string {
	first, size := utf8.DecodeRuneInString(name)
	if size == 0 {
		return ""
	}
	return string(to(first)) + name[size:]
}

// GoName is the group version as in AppsV1(): "AppsV1".
func (p *Package) GoName() string { return p.GroupGoName + Exported(p.Version) }

// Alias is the name under which generated code imports the group version's packages: "appsv1".
func (p *Package) Alias() string { return strings.ToLower(p.GroupGoName + p.Version) }

// Folder is where a group version's generated packages are, beneath the generator's output: "apps/v1".
func (p *Package) Folder() string { return strings.ToLower(p.GroupPackage + "/" + p.Version) }
