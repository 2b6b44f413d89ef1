package scan

import (
	"go/ast"
	"go/token"
	"regexp"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

const (
	groupName   = "groupName"
	groupGoName = "groupGoName"
)

// readGroup names the group: by tags, or else by the path.
func (r *reader) readGroup() {
	group, tagged := r.only(groupName)
	r.pkg.Group = group.Value
	if !tagged {
		r.pkg.Group = r.pkg.GroupPackage
	}
	first, _, _ := strings.Cut(r.pkg.Group, ".")
	if r.pkg.Group == "" {
		first = "core"
	}
	r.pkg.GroupGoName = model.Exported(first)
	if goName, ok := r.only(groupGoName); ok {
		r.pkg.GroupGoName = model.Exported(goName.Value)
	}
}

// only finds a tag of the package, and reports others that say something else.
func (r *reader) only(name string) (model.Tag, bool) {
	var found *model.Tag
	for i := range r.pkg.Tags {
		tag := &r.pkg.Tags[i]
		switch {
		case tag.Name != name:
		case found == nil:
			found = tag
		case tag.Value != found.Value:
			r.at(tag.Pos, "+%s=%s, but +%s=%s in %s:%d", name, tag.Value, name, found.Value, found.Pos.Filename, found.Pos.Line).instead("one of them")
		}
	}
	if found == nil {
		return model.Tag{}, false
	}
	return *found, true
}

var group = regexp.MustCompile(`^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)?$`)

// checkPackage reports what a package of an API cannot be called.
func (r *reader) checkPackage() {
	name, isAPI := r.only(groupName)
	if register, _ := r.only("k8s:register-gen"); !isAPI && register.Value == "true" {
		name, isAPI = register, true
	}
	clients := r.pkg.Clients()
	if !isAPI && len(clients) > 0 {
		name.Pos, isAPI = clients[0].Pos, true
	}
	if isAPI && !group.MatchString(r.pkg.Group) {
		r.at(name.Pos, "%q is no name of a group", r.pkg.Group).instead("+groupName= with a DNS name in lower case, such as +groupName=shop.example.com")
	}
	if len(clients) > 0 {
		r.checkGoNames(clients)
	}
}

// checkGoNames reports what clients would be called in Go, and in folders, and cannot be.
func (r *reader) checkGoNames(clients []*model.Type) {
	pos := clients[0].Pos
	if goName, ok := r.only(groupGoName); ok {
		pos = goName.Pos
	} else if name, ok := r.only(groupName); ok {
		pos = name.Pos
	}
	if !token.IsIdentifier(r.pkg.GroupGoName) || !ast.IsExported(r.pkg.GroupGoName) {
		r.at(pos, "group %q is %q in Go, which is no exported name", r.pkg.Group, r.pkg.GroupGoName).instead("// +groupGoName=Shop, or the like, above the package clause in doc.go")
	}
	if r.pkg.Name == "main" {
		r.at(clients[0].Pos, "package main has clients, and is a program that nobody can import").instead("package %s", r.pkg.Version)
	}
	if !r.pkg.HasVersion() {
		r.at(pos, "package %s has clients, but its path does not end in a version", r.pkg.Path).instead("them in a folder such as %s/v1", r.pkg.Path)
	}
	if folder := strings.ToLower(r.pkg.GroupPackage); folder == "internal" || folder == "vendor" {
		r.at(clients[0].Pos, "the clients of %s would be in a folder %s, from which nobody can import them", r.pkg.Path, folder).
			instead("the types in another folder, and the group's name in +groupName=")
	}
	r.checkFiles(clients)
}

// checkFiles reports types that differ in nothing but capitals: what is generated for each is in a file with its name in lower case.
func (r *reader) checkFiles(clients []*model.Type) {
	files := map[string]*model.Type{}
	for _, t := range clients {
		file := strings.ToLower(t.Name)
		if other := files[file]; other != nil {
			r.at(t.Pos, "the clients of %s and of %s would both be in %s.go", other.Name, t.Name, file).instead("another name for one of them")
		}
		files[file] = t
	}
}

// checkTogether reports packages whose generated code would have the same place or name.
func checkTogether(packages []*model.Package, all *problems) {
	folders, names := map[string]*model.Package{}, map[string]*model.Package{}
	for _, p := range packages {
		clients := p.Clients()
		if len(clients) == 0 {
			continue
		}
		pos := clients[0].Pos
		if other := folders[p.Folder()]; other != nil {
			all.at(pos, "the clients of %s and of %s would both be in %s", other.Path, p.Path, p.Folder()).instead("one of them in another folder, or generate them in two runs")
		} else if other := names[p.GoName()]; other != nil {
			all.at(pos, "%s and %s would both be %s", other.Path, p.Path, p.GoName()).instead("// +groupGoName=%s2, or a better name, above a package clause in doc.go", p.GroupGoName)
		}
		folders[p.Folder()], names[p.GoName()] = p, p
	}
}
