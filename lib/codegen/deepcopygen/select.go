package deepcopygen

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

const optOut = "// +k8s:deepcopy-gen=false above it, and DeepCopyInto by hand where it is needed"

// choose gives a wanted type its object, and says whether methods are generated for it.
// What cannot have any is an error if its own tag wants them, and passed over if it is only one of a whole package.
func (u *universe) choose(w *wanted) bool {
	pos := u.position(w.spec.Name.Pos())
	reject := func(why string) bool {
		switch {
		case w.on:
			w.of.wrong(pos, "the tag above a struct, map, slice or array that is exported", "%s %s", w.spec.Name.Name, why)
		case w.interfaces != nil:
			w.of.wrong(pos, "the tag above a struct", "%s %s, and is to be copied as an interface", w.spec.Name.Name, why)
		}
		return false
	}
	name, _ := u.checked[w.of.ImportPath].Scope().Lookup(w.spec.Name.Name).(*types.TypeName)
	switch {
	case name == nil: // an error elsewhere
		return false
	case w.spec.Assign.IsValid():
		return w.on && reject("is an alias") // what it stands for has the methods
	case !ast.IsExported(w.spec.Name.Name):
		return reject("is not exported")
	case w.spec.TypeParams != nil:
		w.of.wrong(pos, optOut, "%s is generic, and how to copy a type parameter nobody knows", name.Name())
		return false
	}
	named := name.Type().(*types.Named)
	m := u.declared(named)
	if m.problem != "" {
		w.of.wrong(u.position(m.pos), m.problem+", or another name", "a method with this name is to copy %s, and cannot as it is declared", name.Name())
		return false
	}
	switch named.Underlying().(type) {
	case *types.Struct, *types.Map, *types.Slice, *types.Array:
	case *types.Basic:
		if !m.any() {
			return reject("is copied by an assignment, and needs no methods")
		}
	default:
		return reject("is of a kind that has no deepcopy methods")
	}
	w.name = name
	return true
}

// promise is a method that copies a type for those who know it as an interface.
type promise struct {
	Method, Name, Type string // DeepCopyObject, Object, runtime.Object
}

// promises checks the interfaces of a wanted type, and returns the methods that are not there already.
func (b *body) promises(w *wanted) []promise {
	var all []promise
	interfaces := compact(w.interfaces)
	for n, ref := range interfaces {
		method := "DeepCopy" + ref.name
		if n > 0 && slices.ContainsFunc(interfaces[:n], func(o reference) bool { return o.name == ref.name }) {
			b.of.wrong(ref.pos, "one of them", "two interfaces ask for a method %s", method)
			continue
		}
		if named := b.lookup(w, ref); named != nil && b.declares(w, method) == nil {
			all = append(all, promise{method, ref.name, b.name(named)})
		}
	}
	return all
}

// lookup finds an interface, and reports one that the type cannot implement.
func (b *body) lookup(w *wanted, ref reference) *types.Named {
	p, err := b.check(ref.path)
	if err != nil {
		b.of.wrong(ref.pos, "the import path of a package in the module's reach", "%s: %s", ref, err)
		return nil
	}
	name, _ := p.Scope().Lookup(ref.name).(*types.TypeName)
	if name == nil {
		b.of.wrong(ref.pos, "another name", "package %s has no type %s", ref.path, ref.name)
		return nil
	}
	named, _ := types.Unalias(name.Type()).(*types.Named)
	under, isInterface := name.Type().Underlying().(*types.Interface)
	if named == nil || !isInterface {
		b.of.wrong(ref.pos, "an interface", "%s is none", ref)
		return nil
	}
	if _, isStruct := w.name.Type().Underlying().(*types.Struct); !isStruct {
		b.of.wrong(ref.pos, "the tag above a struct", "%s is none", w.name.Name())
		return nil
	}
	for m := range under.Methods() {
		if !b.willHave(w, m) {
			b.of.wrong(ref.pos, instead(ref, m), "%s is no %s: it has no method %s", w.name.Name(), ref, m.Name())
		}
	}
	return named
}

func instead(ref reference, m *types.Func) string {
	if m.Name() == "GetObjectKind" {
		return "metav1.TypeMeta `json:\",inline\"` in it"
	}
	if strings.HasPrefix(m.Name(), "DeepCopy") {
		return "a tag for that interface, too"
	}
	return "that method, or leave " + ref.name + " out of the tag"
}

// willHave says whether a type has a method, after this run at the latest. Where files have not been parsed, a look must do.
func (b *body) willHave(w *wanted, m *types.Func) bool {
	if slices.ContainsFunc(w.interfaces, func(r reference) bool { return "DeepCopy"+r.name == m.Name() }) {
		return true
	}
	var receiver types.Type = w.name.Type()
	if !w.nonPointer {
		receiver = types.NewPointer(receiver)
	}
	if o, _, _ := types.LookupFieldOrMethod(receiver, !w.nonPointer, w.name.Pkg(), m.Name()); o != nil {
		return true
	}
	return slices.ContainsFunc(b.of.skipped, func(text []byte) bool { return strings.Contains(string(text), ") "+m.Name()+"(") })
}

// declares finds a method that a hand has written for a type.
func (b *body) declares(w *wanted, method string) *types.Func {
	for m := range w.name.Type().(*types.Named).Methods() {
		if m.Name() == method {
			return m
		}
	}
	return nil
}
