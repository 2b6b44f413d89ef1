package informergen

import (
	"errors"
	"fmt"
	"path"
	"slices"

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

// What no group can have: the folder of package internalinterfaces, and the factory's other methods.
const interfaces = "internalinterfaces"

var methods = []string{"InformerFor", "StartWithContext", "WaitForCacheSyncWithContext", "Shutdown", "ForResource"}

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
		Interfaces:  o.pkg() + "/" + interfaces,
	}
	var wrong []error
	for _, of := range model.Groups(packages) {
		for _, p := range of.Versions {
			if v := newVersion(p, o, names); len(v.Informers) > 0 {
				wrong = append(wrong, f.add(v))
			}
		}
	}
	return f, errors.Join(wrong...)
}

// add refuses a version whose group would share with something else what only one can have: the folder, or the factory's method.
func (f *factory) add(v *version) error {
	folder, method := path.Dir(v.Folder), v.Of.GroupGoName
	if folder == interfaces || slices.Contains(methods, method) {
		return &scan.Error{
			Pos:     v.Informers[0].Type.Pos,
			What:    fmt.Sprintf("the informers of %s would be in folder %s and in Go %s, and the factory has one of these for itself", v.Of.Path, folder, method),
			Instead: "another +groupGoName above the package clause, or the types in another folder",
		}
	}
	for _, g := range f.Groups {
		other := g.Versions[0].Of
		if same := v.Of.Group == other.Group && v.Of.GroupGoName == other.GroupGoName; folder == g.Folder && same {
			v.group = g
			g.Versions = append(g.Versions, v)
			return nil
		} else if folder == g.Folder || method == g.GoName {
			return &scan.Error{
				Pos: v.Informers[0].Type.Pos,
				What: fmt.Sprintf("the informers of %s, group %q, would be in folder %s and in Go %s, but those of %s, group %q, are in %s and %s",
					v.Of.Path, v.Of.Group, folder, method, other.Path, other.Group, g.Folder, g.GoName),
				Instead: "the same +groupName and +groupGoName above both package clauses if it is one group, and different +groupGoName and folders if not, or generate in two runs",
			}
		}
	}
	v.group = &group{factory: f, GoName: method, Folder: folder, Versions: []*version{v}}
	f.Groups = append(f.Groups, v.group)
	return nil
}

func newVersion(p *model.Package, o Options, names model.Names) *version {
	v := &version{Of: p, GoName: model.Exported(p.Version), Folder: p.Folder(), Listers: path.Join(o.ListersPackage, p.Folder())}
	if !p.Wants(generator) {
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

// Resources are the informers that ForResource can find: the first of each resource.
func (v *version) Resources() []*informer {
	seen := map[string]bool{}
	return slices.DeleteFunc(slices.Clone(v.Informers), func(i *informer) bool {
		again := seen[i.Resource]
		seen[i.Resource] = true
		return again
	})
}

// Method is the unexported one of the factory that finds a resource of the version: "appsV1".
func (v *version) Method() string { return model.Unexported(v.Of.GoName()) }

// Client is the clientset's method for the version: "AppsV1".
func (v *version) Client() string { return v.Of.GoName() }
