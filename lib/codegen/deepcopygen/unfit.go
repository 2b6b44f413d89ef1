package deepcopygen

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
)

// noMethods reports a struct that cannot be copied, as nothing generates methods for it.
func (b *body) noMethods(t *types.Named) {
	what := fmt.Sprintf("is %s, which refers to other memory and has no DeepCopyInto", b.shortName(t))
	o := t.Obj()
	switch {
	case o.Pkg() != nil && o.Pkg().Path() == "time" && o.Name() == "Time":
		b.unfit(what, "metav1.Time")
	case t.TypeArgs() != nil:
		b.unfit(what, "DeepCopyInto for "+o.Name()+" by hand: none is generated for generic types")
	case o.Pkg() == nil || o.Pkg().Path() != b.of.ImportPath:
		b.unfit(what, "// +k8s:deepcopy-gen=true above "+o.Name()+" and generate for its package too, or wrap it in a type with DeepCopyInto by hand")
	case !ast.IsExported(o.Name()):
		b.unfit(what, "it with an upper-case first letter, or DeepCopyInto for it by hand: none is generated for types that are not exported")
	default:
		b.unfit(what, "// +k8s:deepcopy-gen=true above "+o.Name()+", or DeepCopyInto for it by hand")
	}
}

// cannot reports what has no copy.
func (b *body) cannot(t types.Type) {
	kind := "a value"
	switch under := t.Underlying().(type) {
	case *types.Chan:
		kind = "a channel"
	case *types.Signature:
		kind = "a function"
	case *types.Basic:
		if under.Kind() == types.Invalid {
			return // the compiler's error says it
		}
		kind = "a pointer that only its owner understands"
	}
	if _, ok := t.(*types.TypeParam); ok {
		kind = "a type parameter"
	}
	b.unfit(fmt.Sprintf("is %s, and that has no copy", kind), "// +k8s:deepcopy-gen=false above the type that has it, and DeepCopyInto by hand where it is needed")
}

// unfit reports the field or type that is being copied.
func (b *body) unfit(what, instead string) {
	name := b.where.Name()
	if v, ok := b.where.(*types.Var); ok && v.IsField() {
		name = b.path[0].Obj().Name() + "." + name
	}
	b.of.wrong(b.position(b.where.Pos()), instead, "%s %s", name, what)
}

// shortName is a type as a message has it.
func (b *body) shortName(t types.Type) string {
	return types.TypeString(t, func(p *types.Package) string {
		if p.Path() == b.of.ImportPath {
			return ""
		}
		return p.Name()
	})
}

// checkName reports names that mean nothing, or something else, where they would be written.
func (b *body) checkName(t types.Type) {
	switch t := t.(type) {
	case *types.Named:
		b.checkObject(t.Obj())
		for arg := range t.TypeArgs().Types() {
			b.checkName(arg)
		}
	case *types.Alias:
		b.checkObject(t.Obj())
	case *types.Pointer:
		b.checkName(t.Elem())
	case *types.Slice:
		b.checkName(t.Elem())
	case *types.Array:
		b.checkName(t.Elem())
	case *types.Map:
		b.checkName(t.Key())
		b.checkName(t.Elem())
	}
}

func (b *body) checkObject(o *types.TypeName) {
	switch {
	case o.Pkg() == nil:
	case o.Pkg().Path() != b.of.ImportPath && !o.Exported():
		b.unfit(fmt.Sprintf("needs the type %s.%s, which cannot be named here", o.Pkg().Name(), o.Name()), "an exported type")
	case o.Pkg().Path() == b.of.ImportPath && slices.Contains(locals, o.Name()):
		b.unfit(fmt.Sprintf("needs the type %s, and a variable of the generated code is called so", o.Name()), "another name for the type")
	}
}
