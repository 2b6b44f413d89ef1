package clientgen

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// group is one version of an API group, and the data of the templates for it.
type group struct {
	*model.Package
	Run     *run
	Clients []*client // in the order of the types' names
}

func newGroup(r *run, names model.Names, p *model.Package) *group {
	g := &group{Package: p, Run: r}
	for _, t := range p.Clients() {
		g.Clients = append(g.Clients, newClient(g, names, t))
	}
	return g
}

// What a group's parts are called: AppsV1Interface, AppsV1Client, FakeAppsV1, and the clientset's field appsV1.
func (g *group) Interface() string { return g.GoName() + "Interface" }
func (g *group) Client() string    { return g.GoName() + "Client" }
func (g *group) Fake() string      { return "Fake" + g.GoName() }
func (g *group) Field() string     { return model.Unexported(g.GoName()) }

// Typed and TypedFake are the import paths of the clients and their fakes.
func (g *group) Typed() string     { return g.folder().pkg() }
func (g *group) TypedFake() string { return g.folder().sub("fake").pkg() }

// FakeAlias is the name for TypedFake where several groups' fakes are imported.
func (g *group) FakeAlias() string { return "fake" + g.Alias() }

// GroupVersion is what people call it: "apps/v1", and "core/v1" for the group without a name.
func (g *group) GroupVersion() string {
	if g.Group == "" {
		return "core/" + g.Version
	}
	return g.Group + "/" + g.Version
}

// APIPath is where the server serves the group.
func (g *group) APIPath() string {
	if g.Group == "" {
		return "/api"
	}
	return g.Run.APIPath
}

// URL is where the server serves this version.
func (g *group) URL() string { return path.Join(g.APIPath(), g.Group, g.Version) }

func (g *group) folder() folder {
	return folder{g.Run, "typed/" + g.Folder(), strings.ToLower(g.Version)}
}

func (g *group) render() error {
	folder := g.folder()
	errs := []error{
		folder.doc("group.tmpl", g),
		folder.file(g.GroupPackage+"_client.go", "group.tmpl", g),
		folder.file("generated_expansion.go", "expansion.tmpl", g),
	}
	names := g.names()
	for _, c := range g.Clients {
		errs = append(errs, folder.file(strings.ToLower(c.Name)+".go", "client.tmpl", c, names...))
	}
	if g.Run.NoFakes {
		return errors.Join(errs...)
	}
	fakes := folder.sub("fake")
	errs = append(errs,
		fakes.doc("fake_group.tmpl", g),
		fakes.file("fake_"+g.GroupPackage+"_client.go", "fake_group.tmpl", g))
	for _, c := range g.Clients {
		errs = append(errs, fakes.file(everywhere("fake_"+strings.ToLower(c.Name)+".go"), "fake_client.tmpl", c, names...))
	}
	return errors.Join(errs...)
}

// names are those in the files of clients that are not packages.
func (g *group) names() []string {
	all := slices.Clone(locals)
	for _, c := range g.Clients {
		all = append(all, c.names()...)
	}
	return all
}

// Unexpanded returns the names of the types whose expansion nobody has written. (That of a type Generated is a file of ours.)
func (g *group) Unexpanded() []string {
	var names []string
	for _, c := range g.Clients {
		if !g.folder().isOthers(strings.ToLower(c.Name + "_expansion.go")) {
			names = append(names, c.Name)
		}
	}
	return names
}

// Picture is what the package has, one line a type:
//
//	├─ Deployments(namespace)  namespaces/{namespace}/deployments  GetScale UpdateScale
//	└─ Nodes()                 nodes
func (g *group) Picture() string {
	rows := [][3]string{}
	for _, c := range g.Clients {
		rows = append(rows, c.picture())
	}
	var width [3]int
	for _, row := range rows {
		for i, cell := range row {
			width[i] = max(width[i], utf8.RuneCountInString(cell))
		}
	}
	var lines []string
	for i, row := range rows {
		branch := "├─"
		if i == len(rows)-1 {
			branch = "└─"
		}
		lines = append(lines, strings.TrimRight(fmt.Sprintf("\t  %s %-*s  %-*s  %s", branch, width[0], row[0], width[1], row[1], row[2]), " "))
	}
	return strings.Join(lines, "\n")
}

// check reports what cannot be generated from the tags, though each of them is right.
func (r *run) check() error {
	var errs []error
	for _, g := range r.Groups {
		for _, c := range g.Clients {
			errs = append(errs, c.check())
			for _, m := range c.Methods {
				errs = append(errs, m.check())
			}
		}
	}
	return scan.Join(errs)
}

// declares says whether the API package has a type.
func (g *group) declares(name string) bool {
	return slices.ContainsFunc(g.Types, func(t *model.Type) bool { return t.Name == name })
}
