package deepcopygen

import (
	"fmt"
	"go/token"
	"go/types"
)

// methods are the copy methods that a type has, or will have after this run.
type methods struct {
	into    bool // DeepCopyInto(out *T)
	copy    bool // DeepCopy() *T, or T if that is itself a reference or value is set
	value   bool // DeepCopy returns T
	byHand  bool // one of them at least is not generated: it may do what nobody can guess
	pos     token.Pos
	problem string // what is wrong with a method of one of these names
}

func (m methods) any() bool { return m.into || m.copy }

// methodsOf finds the copy methods of a type. Those that it only has by an embedded field copy that field, and don't count.
func (u *universe) methodsOf(t types.Type) methods {
	named, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return methods{}
	}
	m := u.declared(named)
	if u.selected[named.Obj()] {
		m.value = m.copy && m.value || !m.copy && isReference(named)
		m.into, m.copy = true, true
	}
	return m
}

// declared finds the methods that stand in the source.
func (u *universe) declared(named *types.Named) methods {
	var m methods
	for f := range named.Methods() {
		signature := f.Signature()
		switch f.Name() {
		case "DeepCopyInto":
			m.into = takes(signature, types.NewPointer(named))
			if !m.into {
				m.wrong(f, "func (in *%[1]s) DeepCopyInto(out *%[1]s)", named)
				continue
			}
		case "DeepCopy":
			m.value = returns(signature, named)
			m.copy = m.value || returns(signature, types.NewPointer(named))
			if !m.copy {
				m.wrong(f, "func (in *%[1]s) DeepCopy() *%[1]s", named)
				continue
			}
		default:
			continue
		}
		m.byHand = m.byHand || !u.generated[u.fset.File(f.Pos())]
	}
	return m
}

func (m *methods) wrong(f *types.Func, want string, named *types.Named) {
	m.pos, m.problem = f.Pos(), fmt.Sprintf(want, named.Obj().Name())
}

func takes(s *types.Signature, t types.Type) bool {
	return s.Params().Len() == 1 && s.Results().Len() == 0 && !s.Variadic() && types.Identical(s.Params().At(0).Type(), t)
}

func returns(s *types.Signature, t types.Type) bool {
	return s.Params().Len() == 0 && s.Results().Len() == 1 && types.Identical(s.Results().At(0).Type(), t)
}

// isReference says whether a type is a slice or map, so that its copy methods take it by value. (Pointers have no methods.)
func isReference(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map:
		return true
	}
	return false
}

// isFlat says whether an assignment copies all of it: nothing in it refers to memory elsewhere, and nobody has written
// methods to copy any part of it.
func (u *universe) isFlat(t types.Type) bool {
	if u.methodsOf(t).byHand {
		return false
	}
	return u.isFlatWithin(t)
}

func (u *universe) isFlatWithin(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Kind() != types.UnsafePointer
	case *types.Array:
		return u.isFlat(t.Elem())
	case *types.Struct:
		for f := range t.Fields() {
			if !u.isFlat(f.Type()) {
				return false
			}
		}
		return true
	}
	return false
}
