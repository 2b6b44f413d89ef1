package tags

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// file is a Go file, parsed.
type file struct {
	*ast.File
	fset *token.FileSet
}

func parse(source string) (file, error) {
	fset := token.NewFileSet()
	parsed, err := parser.ParseFile(fset, "types.go", source, parser.ParseComments|parser.SkipObjectResolution)
	return file{parsed, fset}, err
}

func (f file) line(pos token.Pos) int { return f.fset.Position(pos).Line }

// declared returns the line in which a type has its name.
func (f file) declared(typeName string) (int, error) {
	for _, decl := range f.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			if t, ok := spec.(*ast.TypeSpec); ok && t.Name.Name == typeName {
				return f.line(t.Name.Pos()), nil
			}
		}
	}
	return 0, fmt.Errorf("the file declares no type %s", typeName)
}

// blocks returns the comments that can be about what is declared in a line.
func (f file) blocks(line int) []Block {
	var blocks []Block
	for _, group := range f.Comments {
		if group.Pos() < f.Package || slices.ContainsFunc(f.declarations(), func(n ast.Node) bool { return f.takes(n, group, line) }) {
			continue
		}
		b := Block{First: f.line(group.Pos()), Last: f.line(group.End())}
		for _, comment := range group.List {
			b.Text = append(b.Text, lines(comment.Text)...)
		}
		blocks = append(blocks, b)
	}
	return blocks
}

// declarations returns those of the file, in a group of types each of them.
func (f file) declarations() []ast.Node {
	var all []ast.Node
	for _, decl := range f.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			all = append(all, decl)
			continue
		}
		for _, spec := range gen.Specs {
			all = append(all, spec)
		}
	}
	return all
}

// takes says whether a comment is in a declaration, in a line with its end, or right above it, if it isn't the one in our line.
func (f file) takes(declaration ast.Node, group *ast.CommentGroup, line int) bool {
	first, last := f.line(declaration.Pos()), f.line(declaration.End())
	return declaration.Pos() < group.Pos() && f.line(group.Pos()) <= last || first != line && f.line(group.End()) == first-1
}

// lines takes away what makes a text a comment.
func lines(comment string) []string {
	if text, ok := strings.CutPrefix(comment, "/*"); ok {
		return strings.Split(strings.TrimSuffix(text, "*/"), "\n")
	}
	return []string{strings.TrimPrefix(comment, "//")}
}
