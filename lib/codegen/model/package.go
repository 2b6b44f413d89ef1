package model

import (
	"cmp"
	"go/token"
	"regexp"
	"slices"
)

// Package is a Go package that has one version of one API group.
type Package struct {
	Path string // import path: "k8s.io/api/core/v1"
	Dir  string // where its files are
	Name string // as its package clause says: "v1"

	Group        string // as in apiVersion, from +groupName or else the path: "apps", "rbac.authorization.k8s.io"; "" for the core group
	GroupPackage string // the path's last element but one, which names folders: "apps", "rbac", "core"
	GroupGoName  string // as in AppsV1(), from +groupGoName or else the group's first label: "Apps", "Rbac", "Core"
	Version      string // the path's last element: "v1"

	Tags  []Tag   // of the package's comments
	Types []*Type // sorted by name
}

// Tag is one line of a comment that asks a generator for something: +name, +name=value or +name:arg=value.
type Tag struct {
	Name  string // without "+": "genclient:method"
	Value string // behind the first "=", trimmed; empty if there is none
	Pos   token.Position
}

// Clients returns the types with a client.
func (p *Package) Clients() []*Type {
	return slices.DeleteFunc(slices.Clone(p.Types), func(t *Type) bool { return t.Client == nil })
}

// Group is the versions of one group, in the order of their names.
type Group struct {
	Name, Package, GoName string
	Versions              []*Package
}

// Groups sorts packages into groups, in the order of the groups' package names.
func Groups(packages []*Package) []Group {
	sorted := slices.Clone(packages)
	slices.SortFunc(sorted, func(a, b *Package) int {
		return cmp.Or(cmp.Compare(a.GroupPackage, b.GroupPackage), cmp.Compare(a.Version, b.Version))
	})
	var groups []Group
	for _, p := range sorted {
		if n := len(groups); n == 0 || groups[n-1].Package != p.GroupPackage {
			groups = append(groups, Group{Name: p.Group, Package: p.GroupPackage, GoName: p.GroupGoName})
		}
		g := &groups[len(groups)-1]
		g.Versions = append(g.Versions, p)
	}
	return groups
}

var version = regexp.MustCompile(`^v[0-9]+[a-z0-9]*$`)

// HasVersion says whether the path ends in what can be a version: "v1", "v1beta2".
func (p *Package) HasVersion() bool { return version.MatchString(p.Version) }

// Wants says whether a generator may work on the package: unless +k8s:lister-gen=false says no, with its name.
func (p *Package) Wants(generator string) bool {
	return !slices.ContainsFunc(p.Tags, func(t Tag) bool { return t.Name == "k8s:"+generator && t.Value == "false" })
}
