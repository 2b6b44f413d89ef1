package registergen

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// declared is what a package has already, besides an earlier file of this generator.
type declared struct {
	names    map[string]token.Position // of functions, variables and constants
	objects  map[string]bool           // types with a method DeepCopyObject
	register bool                      // there is a register.go
}

// readDeclared parses the Go files of a folder, generated ones included.
func readDeclared(dir, outputFile string) (declared, error) {
	d := declared{names: map[string]token.Position{}, objects: map[string]bool{}}
	paths, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return d, err
	}
	fset := token.NewFileSet()
	for _, path := range paths {
		base := filepath.Base(path)
		text, err := os.ReadFile(path)
		if err != nil {
			return d, err
		}
		if base == outputFile || strings.HasSuffix(base, "_test.go") || model.GeneratedLine(text) == model.GeneratedBy(generator) {
			continue
		}
		f, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			return d, err
		}
		d.register = d.register || base == "register.go"
		d.add(fset, f)
	}
	return d, nil
}

func (d *declared) add(fset *token.FileSet, f *ast.File) {
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				d.names[decl.Name.Name] = fset.Position(decl.Name.Pos())
			} else if decl.Name.Name == "DeepCopyObject" {
				d.objects[receiver(decl)] = true
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						d.names[name.Name] = fset.Position(name.Pos())
					}
				case *ast.TypeSpec:
					d.names[spec.Name.Name] = fset.Position(spec.Name.Pos())
				}
			}
		}
	}
}

func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name
	}
	return ""
}
