package scratch

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strings"

	"client-go-workbook/lib/demo"
)

// Table lists the files beneath a folder of the copy: and the types and variables that each declares.
func (f *Folder) Table(beneath string) (string, error) {
	texts, err := read(f.Path(beneath))
	if err != nil {
		return "", err
	}
	var rows [][]string
	for _, path := range union(texts, nil) {
		declared, err := declarations(path, texts[path])
		if err != nil {
			return "", err
		}
		rows = append(rows, []string{path, declared})
	}
	return demo.Columns(rows...), nil
}

// declarations are the types and variables that a file declares, those without a name left out.
func declarations(path, text string) (string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	var names []string
	for _, decl := range file.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok {
			for _, spec := range gen.Specs {
				names = append(names, declared(spec)...)
			}
		}
	}
	if more := len(names) - 4; more > 1 {
		names = append(names[:4], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(names, " "), nil
}

func declared(spec ast.Spec) (names []string) {
	switch spec := spec.(type) {
	case *ast.TypeSpec:
		names = append(names, spec.Name.Name)
	case *ast.ValueSpec:
		for _, name := range spec.Names {
			if name.Name != "_" {
				names = append(names, name.Name)
			}
		}
	}
	return names
}
