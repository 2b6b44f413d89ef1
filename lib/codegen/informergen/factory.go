package informergen

import (
	"errors"
	"fmt"
	"path"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// factory is what the templates know: the groups that it has, their versions, and the informers of each.
type factory struct {
	Library
	PackageName string
	Package     string // import path, as the next two are
	Clientset   string
	Interfaces  string // package internalinterfaces
	Groups      []*group
}

// group is one API group.
type group struct {
	*factory
	GoName, Folder string // "Apps", "apps"
	Versions       []*version
}

// version is one version of a group.
type version struct {
	*group
	Of        *model.Package
	GoName    string // as in Apps().V1(): "V1"
	Folder    string
	Listers   string // import path
	Informers []*informer
}

// informer is that of one type.
type informer struct {
	*version
	Type                         *model.Type
	Name, Plural, Private, Lower string
	Resource                     string // the last part of its URLs
	Namespaced                   bool
}

func newFactory(packages []*model.Package, o Options, names model.Names) (*factory, error) {
	f := &factory{
		Library:     o.Library,
		PackageName: packageName(o.pkg()),
		Package:     o.pkg(),
		Clientset:   o.ClientsetPackage,
		Interfaces:  o.pkg() + "/internalinterfaces",
	}
	var wrong []error
	for _, of := range model.Groups(packages) {
		g := &group{factory: f}
		for _, p := range of.Versions {
			if v := newVersion(g, p, names); len(v.Informers) > 0 {
				v.Listers = path.Join(o.ListersPackage, v.Folder)
				wrong = append(wrong, g.add(v))
			}
		}
		if len(g.Versions) > 0 {
			f.Groups = append(f.Groups, g)
		}
	}
	return f, errors.Join(wrong...)
}

// add refuses a version whose group only shares the folder: it has one Interface, and one method of the factory.
func (g *group) add(v *version) error {
	if len(g.Versions) == 0 {
		g.GoName, g.Folder = v.Of.GroupGoName, path.Dir(v.Folder)
	} else if first := g.Versions[0].Of; first.Group != v.Of.Group || first.GroupGoName != v.Of.GroupGoName {
		return &scan.Error{
			Pos: v.Informers[0].Type.Pos,
			What: fmt.Sprintf("%s is in group %q, in Go %s, and shares the folder %s with %s, which is in %q, in Go %s",
				v.Of.Path, v.Of.Group, v.Of.GroupGoName, g.Folder, first.Path, first.Group, first.GroupGoName),
			Instead: "the same +groupName and +groupGoName above both package clauses, or generate them in two runs",
		}
	}
	g.Versions = append(g.Versions, v)
	return nil
}

func newVersion(g *group, p *model.Package, names model.Names) *version {
	v := &version{group: g, Of: p, GoName: model.Exported(p.Version), Folder: p.Folder()}
	if !p.Wants(name) {
		return v
	}
	for _, t := range p.Clients() {
		if t.Client.Has(model.List) && t.Client.Has(model.Watch) {
			v.Informers = append(v.Informers, &informer{
				v, t, names.Public(t), names.PublicPlural(t), names.Private(t), names.Lower(t), names.Resource(t), !t.Client.NonNamespaced,
			})
		}
	}
	return v
}

// Method is the unexported one of the factory that finds a resource of the version: "appsV1".
func (v *version) Method() string { return model.Unexported(v.Of.GoName()) }

// Client is the clientset's method for the version: "AppsV1".
func (v *version) Client() string { return v.Of.GoName() }
