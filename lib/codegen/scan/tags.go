package scan

import (
	"go/ast"
	"go/token"

	"client-go-workbook/lib/codegen/model"
)

// FileTags are the tags of one file, by what they are about.
type FileTags struct {
	Package []model.Tag                   // about the package: all of a doc.go but those of types, and package comments elsewhere
	Types   map[*ast.TypeSpec][]model.Tag // above a type, by its declaration
	Loose   []model.Tag                   // about nothing: inside functions, behind a type, or too far above it
}

// Tags reads the comments of a parsed file, for generators that need more than [Packages] tells them.
func Tags(fset *token.FileSet, f *ast.File) FileTags {
	comments := newComments(fset, f)
	tags := FileTags{Types: map[*ast.TypeSpec][]model.Tag{}}
	for _, decl := range f.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, spec := range gen.Specs {
			spec := spec.(*ast.TypeSpec)
			if above := comments.claim(comments.line(spec.Name.Pos())); above != nil {
				tags.Types[spec] = above
			}
		}
	}
	for _, group := range comments.ofPackage(f) {
		if !comments.claimed[group] {
			comments.claimed[group] = true
			tags.Package = append(tags.Package, comments.tags(group)...)
		}
	}
	tags.Loose = comments.unclaimed()
	return tags
}

// ofPackage are the blocks of a file that are about its package: all of a doc.go, wherever they stand in it.
func (c *comments) ofPackage(f *ast.File) []*ast.CommentGroup {
	switch {
	case isDoc(c.fset.PositionFor(f.Package, false).Filename):
		return f.Comments
	case f.Doc != nil:
		return []*ast.CommentGroup{f.Doc}
	}
	return nil
}
