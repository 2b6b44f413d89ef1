package main

import (
	"fmt"
	"go/types"
	"strings"
)

// printed is a type as both libraries write it: names have the paths that rename gives them, and parameters have no names,
// for a caller can't see those.
func printed(t types.Type, rename rename) string {
	switch t := t.(type) {
	case *types.Alias:
		return printed(types.Unalias(t), rename)
	case *types.Named:
		return qualified(t.Obj(), rename) + typeArguments(t.TypeArgs(), rename)
	case *types.Pointer:
		return "*" + printed(t.Elem(), rename)
	case *types.Slice:
		return "[]" + printed(t.Elem(), rename)
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), printed(t.Elem(), rename))
	case *types.Map:
		return "map[" + printed(t.Key(), rename) + "]" + printed(t.Elem(), rename)
	case *types.Chan:
		return [...]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + printed(t.Elem(), rename)
	case *types.Signature:
		return printedSignature(t, rename)
	case *types.Interface:
		return printedInterface(t, rename)
	case *types.Struct:
		var fields []string
		for f := range t.Fields() {
			fields = append(fields, f.Name()+" "+printed(f.Type(), rename))
		}
		return "struct{" + strings.Join(fields, "; ") + "}"
	case *types.Union:
		var terms []string
		for term := range t.Terms() {
			terms = append(terms, map[bool]string{true: "~"}[term.Tilde()]+printed(term.Type(), rename))
		}
		return strings.Join(terms, " | ")
	default: // basic types and type parameters
		return t.String()
	}
}

func qualified(o *types.TypeName, rename rename) string {
	if o.Pkg() == nil {
		return o.Name()
	}
	return rename.home(o.Pkg().Path(), o.Name()) + "." + o.Name()
}

func printedSignature(s *types.Signature, rename rename) string {
	params := tuple(s.Params(), rename)
	if s.Variadic() {
		last := len(params) - 1
		params[last] = "..." + strings.TrimPrefix(params[last], "[]")
	}
	text := "func" + typeParameters(s.TypeParams(), rename) + "(" + strings.Join(params, ", ") + ")"
	switch results := tuple(s.Results(), rename); len(results) {
	case 0:
		return text
	case 1:
		return text + " " + results[0]
	default:
		return text + " (" + strings.Join(results, ", ") + ")"
	}
}

func tuple(vars *types.Tuple, rename rename) (all []string) {
	for v := range vars.Variables() {
		all = append(all, printed(v.Type(), rename))
	}
	return all
}

func printedInterface(i *types.Interface, rename rename) string {
	var parts []string
	for m := range i.Methods() {
		parts = append(parts, m.Name()+strings.TrimPrefix(printed(m.Type(), rename), "func"))
	}
	for e := range i.EmbeddedTypes() {
		if _, union := e.(*types.Union); union {
			parts = append(parts, printed(e, rename))
		}
	}
	if len(parts) == 0 {
		return "any"
	}
	return "interface{" + strings.Join(parts, "; ") + "}"
}

func typeParameters(list *types.TypeParamList, rename rename) string {
	var all []string
	for p := range list.TypeParams() {
		all = append(all, p.Obj().Name()+" "+printed(p.Constraint(), rename))
	}
	return bracketed(all)
}

func typeArguments(list *types.TypeList, rename rename) string {
	var all []string
	for t := range list.Types() {
		all = append(all, printed(t, rename))
	}
	return bracketed(all)
}

func bracketed(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return "[" + strings.Join(all, ", ") + "]"
}
