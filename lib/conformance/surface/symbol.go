package main

import (
	"cmp"
	"go/types"
	"slices"
	"strings"

	"client-go-workbook/lib/conformance/surface/generators"
)

// symbol is something that users can name, with all of it that they can rely on.
type symbol struct {
	name string // "kubernetes/typed/apps/v1.DeploymentInterface.Get"
	is   string // "method(context.Context, string) error"
}

func (s symbol) String() string { return s.name + " " + s.is }

func compareSymbols(a, b symbol) int {
	return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.is, b.is))
}

// surface is a set of symbols.
type surface map[symbol]bool

// surfaceOf is all that the tree's packages in the generators' folders export to users.
func surfaceOf(t *tree) surface {
	s := surface{}
	for path, p := range t.checked {
		w := &walker{tree: t, to: s, in: strings.TrimPrefix(path, t.module+"/")}
		if steps := strings.Split(w.in, "/"); !slices.Contains(generators.Folders, steps[0]) || slices.Contains(steps, "internal") {
			continue
		}
		for _, name := range p.Scope().Names() {
			if o := p.Scope().Lookup(name); o.Exported() {
				w.object(o)
			}
		}
	}
	return s
}

// walker adds the symbols of one package.
type walker struct {
	tree *tree
	to   surface
	in   string // the package
}

func (w *walker) add(name, is string) { w.to[symbol{w.in + "." + name, is}] = true }

func (w *walker) object(o types.Object) {
	switch o := o.(type) {
	case *types.Const:
		w.add(o.Name(), "const "+printed(o.Type())+" = "+o.Val().ExactString())
	case *types.Var:
		w.add(o.Name(), "var "+printed(o.Type()))
	case *types.Func:
		w.add(o.Name(), printed(o.Type()))
	case *types.TypeName:
		w.typeName(o)
	}
}

func (w *walker) typeName(o *types.TypeName) {
	if o.IsAlias() {
		w.add(o.Name(), "type = "+printed(types.Unalias(o.Type())))
		return
	}
	named := o.Type().(*types.Named)
	parameters := typeParameters(named.TypeParams())
	switch u := named.Underlying().(type) {
	case *types.Struct:
		w.add(o.Name(), "type"+parameters+" struct")
		w.fields(o.Name(), u)
	case *types.Interface:
		w.add(o.Name(), "type"+parameters+" interface")
		w.interfaceMethods(o.Name(), u)
		return
	default:
		w.add(o.Name(), "type"+parameters+" "+printed(u))
	}
	w.methods(o.Name(), named)
}

// fields are the struct's own. Generated code has no exported fields in structs that are not exported and embedded.
func (w *walker) fields(of string, s *types.Struct) {
	for f := range s.Fields() {
		switch {
		case f.Exported() && f.Embedded():
			w.add(of+"."+f.Name(), "embedded "+printed(f.Type()))
		case f.Exported():
			w.add(of+"."+f.Name(), "field "+printed(f.Type()))
		}
	}
}

// interfaceMethods are all that an implementation needs. A library's interface that is embedded is that library's surface.
func (w *walker) interfaceMethods(of string, i *types.Interface) {
	libraries := map[string]bool{} // methods that come with embedded interfaces
	for _, named := range w.embeddedLibraries(i) {
		w.add(of+"."+named.Obj().Name(), "embedded "+printed(named))
		for m := range named.Underlying().(*types.Interface).Methods() {
			libraries[m.Id()] = true
		}
	}
	for m := range i.Methods() {
		is := "method" + strings.TrimPrefix(printed(m.Type()), "func")
		if !m.Exported() {
			is = "hidden " + is // nobody else can implement it
		}
		if !libraries[m.Id()] {
			w.add(of+"."+m.Name(), is)
		}
	}
}

// embeddedLibraries are the interfaces from outside the tree that i embeds, or that one embeds which it embeds.
func (w *walker) embeddedLibraries(i *types.Interface) (all []*types.Named) {
	for t := range i.EmbeddedTypes() {
		switch named, is := types.Unalias(t).(*types.Named); {
		case !is || !types.IsInterface(named):
		case w.inTree(named.Obj()):
			all = append(all, w.embeddedLibraries(named.Underlying().(*types.Interface))...)
		default:
			all = append(all, named)
		}
	}
	return all
}

// methods are those of the type and its pointer. What comes from an embedded type of a library is that type's surface.
func (w *walker) methods(of string, named *types.Named) {
	values := types.NewMethodSet(named)
	set := types.NewMethodSet(types.NewPointer(named))
	for m := range set.Methods() {
		if !m.Obj().Exported() || !w.inTree(m.Obj()) {
			continue
		}
		is := "method" + strings.TrimPrefix(printed(m.Type()), "func")
		if values.Lookup(m.Obj().Pkg(), m.Obj().Name()) == nil {
			is = "pointer " + is
		}
		w.add(of+"."+m.Obj().Name(), is)
	}
}

func (w *walker) inTree(o types.Object) bool {
	return o.Pkg() != nil && w.tree.files[o.Pkg().Path()] != nil
}
