package main

import (
	"fmt"
	"go/types"
	"strings"
)

// printed is a type as both libraries write it: packages have the paths that home gives them, and parameters have no names, for
// a caller can't see those.
func printed(t types.Type) string {
	switch t := t.(type) {
	case *types.Alias:
		return printed(types.Unalias(t))
	case *types.Named:
		return qualified(t.Obj()) + typeArguments(t.TypeArgs())
	case *types.Pointer:
		return "*" + printed(t.Elem())
	case *types.Slice:
		return "[]" + printed(t.Elem())
	case *types.Array:
		return fmt.Sprintf("[%d]%s", t.Len(), printed(t.Elem()))
	case *types.Map:
		return "map[" + printed(t.Key()) + "]" + printed(t.Elem())
	case *types.Chan:
		return [...]string{types.SendRecv: "chan ", types.SendOnly: "chan<- ", types.RecvOnly: "<-chan "}[t.Dir()] + printed(t.Elem())
	case *types.Signature:
		return printedSignature(t)
	case *types.Interface:
		return printedInterface(t)
	case *types.Struct:
		var fields []string
		for f := range t.Fields() {
			fields = append(fields, f.Name()+" "+printed(f.Type()))
		}
		return "struct{" + strings.Join(fields, "; ") + "}"
	case *types.Union:
		var terms []string
		for term := range t.Terms() {
			terms = append(terms, map[bool]string{true: "~"}[term.Tilde()]+printed(term.Type()))
		}
		return strings.Join(terms, " | ")
	default: // basic types and type parameters
		return t.String()
	}
}

func qualified(o *types.TypeName) string {
	if o.Pkg() == nil {
		return o.Name()
	}
	return home(o.Pkg().Path(), o.Name()) + "." + o.Name()
}

func printedSignature(s *types.Signature) string {
	params := tuple(s.Params())
	if s.Variadic() {
		last := len(params) - 1
		params[last] = "..." + strings.TrimPrefix(params[last], "[]")
	}
	text := "func" + typeParameters(s.TypeParams()) + "(" + strings.Join(params, ", ") + ")"
	switch results := tuple(s.Results()); len(results) {
	case 0:
		return text
	case 1:
		return text + " " + results[0]
	default:
		return text + " (" + strings.Join(results, ", ") + ")"
	}
}

func tuple(vars *types.Tuple) (all []string) {
	for v := range vars.Variables() {
		all = append(all, printed(v.Type()))
	}
	return all
}

func printedInterface(i *types.Interface) string {
	var parts []string
	for m := range i.Methods() {
		parts = append(parts, m.Name()+strings.TrimPrefix(printed(m.Type()), "func"))
	}
	for e := range i.EmbeddedTypes() {
		if _, union := e.(*types.Union); union {
			parts = append(parts, printed(e))
		}
	}
	if len(parts) == 0 {
		return "any"
	}
	return "interface{" + strings.Join(parts, "; ") + "}"
}

func typeParameters(list *types.TypeParamList) string {
	var all []string
	for p := range list.TypeParams() {
		all = append(all, p.Obj().Name()+" "+printed(p.Constraint()))
	}
	return bracketed(all)
}

func typeArguments(list *types.TypeList) string {
	var all []string
	for t := range list.Types() {
		all = append(all, printed(t))
	}
	return bracketed(all)
}

func bracketed(all []string) string {
	if len(all) == 0 {
		return ""
	}
	return "[" + strings.Join(all, ", ") + "]"
}
