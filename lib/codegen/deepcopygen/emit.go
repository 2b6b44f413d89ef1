package deepcopygen

import (
	"bytes"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/render"
)

// body writes the statements that copy a value of one type.
//
// They always copy from *in to *out: each block declares its own in and out, pointers to the part that it is about.
// The code is so the same at every depth, and a short assignment is all that joins the levels.
type body struct {
	*universe
	of    *source
	file  *render.File
	where types.Object   // the type or field that is being copied, which errors are about
	path  []*types.Named // types that are being written out, outermost first
	bytes.Buffer
}

// locals are the names that the statements use. No type that they have to name can be called so.
var locals = []string{"in", "out", "i", "key", "val", "outVal", "x", "c"}

func (b *body) line(format string, args ...any) { fmt.Fprintf(b, format+"\n", args...) }

// whole copies a declared type: the body of its DeepCopyInto, but for what brings in and out there.
func (b *body) whole(t *types.Named) {
	b.path = []*types.Named{t}
	switch under := t.Underlying().(type) {
	case *types.Slice, *types.Map:
		b.refill(t)
	case *types.Struct:
		b.line("*out = *in")
		b.fields(under)
	default:
		b.line("*out = *in")
		if !b.isFlatWithin(t) {
			b.insides(t, "*in", "*out")
		}
	}
}

// fields copies what an assignment of the whole struct has not.
func (b *body) fields(t *types.Struct) {
	outer := b.where
	defer func() { b.where = outer }()
	for f := range t.Fields() {
		if f.Name() == "_" || b.isFlat(f.Type()) {
			continue
		}
		b.where = f
		if !f.Exported() && f.Pkg().Path() != b.of.ImportPath {
			b.unfit("is a field of another package that cannot be seen from here", "DeepCopyInto for the type that has it")
			continue
		}
		b.part(f.Type(), "in."+f.Name(), "out."+f.Name(), true)
	}
}

// part copies a part of something. Unless it is assigned, what it goes to has nothing of it yet.
func (b *body) part(t types.Type, in, out string, assigned bool) {
	methods := b.methodsOf(t)
	_, isStruct := t.Underlying().(*types.Struct)
	_, isInterface := t.Underlying().(*types.Interface)
	switch {
	case b.isFlat(t):
		if !assigned {
			b.line("%s = %s", out, in)
		}
	case methods.byHand, methods.any() && (isStruct || b.isOpen(t)):
		b.call(methods, in, out)
	case isNilable(t):
		if b.canRefill(t) {
			b.line("if %s != nil {", in)
			b.line("in, out := %s, %s", address(in), address(out))
			b.refill(t)
			b.line("}")
		}
	default:
		if !assigned && !isInterface {
			b.line("%s = %s", out, in)
		}
		b.insides(t, in, out)
	}
}

// call has a method copy.
func (b *body) call(m methods, in, out string) {
	switch {
	case m.copy && m.value:
		b.line("%s = %s.DeepCopy()", out, operand(in))
	case m.into:
		b.line("%s.DeepCopyInto(%s)", receiver(in), address(out))
	default:
		b.line("%s = *%s.DeepCopy()", out, receiver(in))
	}
}

// insides copies what is in an array, in an interface or in a struct without a name, after it was assigned.
func (b *body) insides(t types.Type, in, out string) {
	switch under := t.Underlying().(type) {
	case *types.Interface:
		if method := b.interfaceMethod(t, under); method != "" {
			b.line("if %s != nil {", in)
			b.line("%s = %s.%s()", out, operand(in), method)
			b.line("}")
		}
	case *types.Array:
		b.block(in, out, func() {
			b.line("for i := range in {")
			b.part(under.Elem(), "in[i]", "out[i]", true)
			b.line("}")
		})
	case *types.Struct:
		if named, ok := types.Unalias(t).(*types.Named); ok {
			b.noMethods(named)
			return
		}
		b.block(in, out, func() { b.fields(under) })
	default:
		b.cannot(t)
	}
}

// block has in and out point to a part, for as long as copy writes.
func (b *body) block(in, out string, copy func()) {
	if in == "*in" && out == "*out" {
		copy()
		return
	}
	b.line("{")
	b.line("in, out := %s, %s", address(in), address(out))
	copy()
	b.line("}")
}

// refill makes *out new, and copies into it what *in refers to. That is not nil.
func (b *body) refill(t types.Type) {
	if named, ok := types.Unalias(t).(*types.Named); ok && !b.isOpen(t) {
		b.path = append(b.path, named)
		defer func() { b.path = b.path[:len(b.path)-1] }()
	}
	switch under := t.Underlying().(type) {
	case *types.Slice:
		b.line("*out = make(%s, len(*in))", b.name(t))
		b.elements(under.Elem())
	case *types.Map:
		b.line("*out = make(%s, len(*in))", b.name(t))
		b.entries(under)
	case *types.Pointer:
		b.pointee(under.Elem())
	}
}

func (b *body) elements(t types.Type) {
	if b.isFlat(t) {
		b.line("copy(*out, *in)")
		return
	}
	b.line("for i := range *in {")
	b.part(t, "(*in)[i]", "(*out)[i]", false)
	b.line("}")
}

func (b *body) entries(t *types.Map) {
	if !b.isFlatWithin(t.Key()) {
		b.unfit(fmt.Sprintf("has keys of type %s, which refer to other memory", t.Key()), "a map with strings or numbers as keys, or DeepCopyInto by hand")
		return
	}
	methods := b.methodsOf(t.Elem())
	_, isStruct := t.Elem().Underlying().(*types.Struct)
	_, isInterface := t.Elem().Underlying().(*types.Interface)
	b.line("for key, val := range *in {")
	switch {
	case b.isFlat(t.Elem()):
		b.line("(*out)[key] = val")
	case methods.copy && methods.value && (methods.byHand || b.isOpen(t.Elem())):
		b.line("(*out)[key] = val.DeepCopy()")
	case methods.copy && !methods.value && (methods.byHand || isStruct):
		b.line("(*out)[key] = *val.DeepCopy()")
	case isInterface:
		b.insidesOfEntry(t.Elem())
	case !isNilable(t.Elem()) && !methods.any():
		b.line("outVal := val")
		b.part(t.Elem(), "val", "outVal", true)
		b.line("(*out)[key] = outVal")
	default:
		b.line("var outVal %s", b.name(t.Elem()))
		b.part(t.Elem(), "val", "outVal", false)
		b.line("(*out)[key] = outVal")
	}
	b.line("}")
}

func (b *body) insidesOfEntry(t types.Type) {
	if method := b.interfaceMethod(t, t.Underlying().(*types.Interface)); method != "" {
		b.line("if val == nil {")
		b.line("(*out)[key] = nil")
		b.line("} else {")
		b.line("(*out)[key] = val.%s()", method)
		b.line("}")
	}
}

func (b *body) pointee(t types.Type) {
	methods := b.methodsOf(t)
	switch {
	case methods.byHand && methods.copy && !methods.value:
		b.line("*out = (*in).DeepCopy()")
	case methods.byHand && methods.copy:
		b.line("x := (*in).DeepCopy()")
		b.line("*out = &x")
	case isNilable(t) && !methods.byHand && !b.isOpen(t):
		b.line("*out = new(%s)", b.name(t))
		b.line("if **in != nil {")
		b.line("in, out := *in, *out")
		b.refill(t)
		b.line("}")
	default:
		b.line("*out = new(%s)", b.name(t))
		b.part(t, "**in", "**out", false)
	}
}

// isOpen says whether a type is being written out already, so that it has to be called from within itself.
func (b *body) isOpen(t types.Type) bool {
	return slices.ContainsFunc(b.path, func(open *types.Named) bool { return types.Identical(open, t) })
}

// isNilable says whether a type is a pointer, map or slice.
func isNilable(t types.Type) bool {
	_, isPointer := t.Underlying().(*types.Pointer)
	return isPointer || isReference(t)
}

// canRefill reports a type within itself that has no methods: nobody can write it out.
func (b *body) canRefill(t types.Type) bool {
	if b.isOpen(t) {
		b.unfit("is a type within itself, and has no methods to copy it", "a struct around it, or DeepCopyInto by hand")
	}
	return !b.isOpen(t)
}

// address is &expression, as one would write it.
func address(expression string) string {
	if pointer, ok := strings.CutPrefix(expression, "*"); ok {
		return pointer
	}
	return "&" + expression
}

// receiver is what a method is called on: of **in, (*in) does.
func receiver(expression string) string {
	if pointer, ok := strings.CutPrefix(expression, "*"); ok {
		return operand(pointer)
	}
	return expression
}

// operand is the expression with parentheses where it takes them before a dot or an index.
func operand(expression string) string {
	if strings.HasPrefix(expression, "*") {
		return "(" + expression + ")"
	}
	return expression
}

// interfaceMethod is the method by which an interface copies what is in it; empty, and an error, if there is none.
func (b *body) interfaceMethod(t types.Type, under *types.Interface) string {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		b.unfit(fmt.Sprintf("is %s, and what is in it is anybody's guess", b.shortName(t)), "an interface with a name N and a method DeepCopyN() N, or runtime.RawExtension")
		return ""
	}
	method := "DeepCopy" + named.Obj().Name()
	for f := range under.Methods() {
		s := f.Signature()
		if f.Name() == method && s.Params().Len() == 0 && s.Results().Len() == 1 && types.AssignableTo(s.Results().At(0).Type(), t) {
			return method
		}
	}
	b.unfit(fmt.Sprintf("is %s, which has no method that copies it", b.shortName(t)), fmt.Sprintf("%s() %s in the interface", method, named.Obj().Name()))
	return ""
}

// name is a type as the file has to write it; it is imported if need be.
func (b *body) name(t types.Type) string {
	b.checkName(t)
	return types.TypeString(t, func(p *types.Package) string { return b.file.Imports().Name(p.Path()) })
}
