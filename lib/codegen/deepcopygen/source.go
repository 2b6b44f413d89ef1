package deepcopygen

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// source is a package as its files declare it: types, constants and methods, but no bodies, functions and variables.
// Without those, a package needs far fewer others, and what is still to be generated is not missed.
type source struct {
	*scan.Listed
	files   []*ast.File
	names   []string               // all that the package declares, what was left out included
	tags    []model.Tag            // of the package
	types   map[string]declaration // by name
	skipped [][]byte               // files that declare no types, which are not even parsed
	errs    []error                // what is wrong with it
}

// declaration is a type of a package.
type declaration struct {
	spec *ast.TypeSpec
	tags []model.Tag
}

// read parses the files of a package. Of those that are generated for, earlier deepcopy functions don't count.
func (u *universe) read(l *scan.Listed) *source {
	s := &source{Listed: l, types: map[string]declaration{}}
	for _, base := range slices.Concat(l.GoFiles, l.CgoFiles) {
		path := filepath.Join(l.Dir, base)
		text, err := os.ReadFile(path)
		line := model.GeneratedLine(text)
		switch ours := line == model.GeneratedBy(generator); {
		case err != nil:
			s.errs = append(s.errs, err)
		case !l.DepOnly && (ours || line != "" && base == u.outputFile):
		case line != "" && !bytes.Contains(text, []byte("\ntype ")) && !bytes.Contains(text, []byte("DeepCopy")):
			s.skipped = append(s.skipped, text)
		default:
			u.parse(s, scan.Shown(path), text, ours)
		}
	}
	for _, f := range s.files {
		trim(f, s.ImportMap, u.listed)
	}
	return s
}

func (u *universe) parse(s *source, path string, text []byte, ours bool) {
	mode := parser.SkipObjectResolution
	if !s.DepOnly {
		mode |= parser.ParseComments
	}
	f, err := parser.ParseFile(u.fset, path, text, mode)
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) {
		for _, e := range list {
			s.errs = append(s.errs, &scan.Error{Pos: e.Pos, What: e.Msg, Instead: "Go"})
		}
	} else if err != nil {
		s.errs = append(s.errs, err)
	}
	if err != nil {
		return
	}
	if ours {
		u.mu.Lock()
		u.generated[u.fset.File(f.Package)] = true
		u.mu.Unlock()
	}
	s.files = append(s.files, f)
	if !s.DepOnly {
		s.declare(u.fset, f)
	}
}

// declare notes a file's names and tags.
func (s *source) declare(fset *token.FileSet, f *ast.File) {
	tags := scan.Tags(fset, f)
	s.tags = append(s.tags, tags.Package...)
	for name := range model.Declared(f) {
		s.names = append(s.names, name)
	}
	for _, decl := range f.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
			for _, spec := range gen.Specs {
				spec := spec.(*ast.TypeSpec)
				s.types[spec.Name.Name] = declaration{spec, tags.Types[spec]}
			}
		}
	}
	for _, tag := range tags.Loose {
		if isOurs(tag) {
			s.wrong(tag.Pos, "it directly above a type, or for the whole package directly above the package clause, or in doc.go", "+%s stands above no type", tag.Name)
		}
	}
}

// trim leaves of a file what matters for its types, and the imports that this needs.
func trim(f *ast.File, importMap map[string]string, all map[string]*scan.Listed) {
	used := map[string]bool{}
	note := func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok {
				used[x.Name] = true
			}
		}
		return true
	}
	var kept, imports []ast.Decl
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				continue
			}
			decl.Body = nil
		case *ast.GenDecl:
			if decl.Tok == token.IMPORT {
				imports = append(imports, decl)
				continue
			}
			if decl.Tok == token.VAR || len(decl.Specs) == 0 {
				continue
			}
		}
		ast.Inspect(decl, note)
		kept = append(kept, decl)
	}
	imports = slices.DeleteFunc(imports, func(decl ast.Decl) bool {
		gen := decl.(*ast.GenDecl)
		gen.Specs = slices.DeleteFunc(gen.Specs, func(spec ast.Spec) bool {
			name := importName(spec.(*ast.ImportSpec), importMap, all)
			return name != "." && !used[name]
		})
		return len(gen.Specs) == 0
	})
	f.Decls = append(imports, kept...)
}

// importName is how a file calls a package that it imports.
func importName(spec *ast.ImportSpec, importMap map[string]string, all map[string]*scan.Listed) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return ""
	}
	if mapped := importMap[path]; mapped != "" {
		path = mapped
	}
	if l := all[path]; l != nil && l.Name != "" {
		return l.Name
	}
	return filepath.Base(path)
}
