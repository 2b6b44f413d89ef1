package model

import (
	"go/ast"
	"go/token"
	"go/types"
	"iter"
)

// Declared are the names that a file gives to its package, and to methods: "Widget", "Widget.DeepCopy". Without init and "_",
// which nobody can call.
func Declared(f *ast.File) iter.Seq2[string, token.Pos] {
	return func(yield func(string, token.Pos) bool) {
		for _, name := range idents(f) {
			if name.Name != "_" && name.Name != "init" && !yield(name.Name, name.Pos()) {
				return
			}
		}
	}
}

// idents makes one identifier of a method and its type.
func idents(f *ast.File) (names []*ast.Ident) {
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			names = append(names, &ast.Ident{Name: receiver(decl) + decl.Name.Name, NamePos: decl.Name.NamePos})
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name)
				case *ast.ValueSpec:
					names = append(names, spec.Names...)
				}
			}
		}
	}
	return names
}

// receiver is a method's type and a dot; empty for a function.
func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return ""
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	return types.ExprString(t) + "."
}
