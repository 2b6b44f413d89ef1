package scan

import (
	"go/ast"
	"go/token"
	"path"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// FileTags are the tags of one file, by what they are about. Each is in one place.
type FileTags struct {
	Types   map[*ast.TypeSpec][]model.Tag // above a type, by its declaration
	Package []model.Tag                   // about the package: those of its comment, and all others in a file doc.go
	Loose   []model.Tag                   // about nothing: inside a declaration or behind it, above a function, too far above a type
}

// Tags reads the comments of a parsed file, for generators that need more than [Packages] tells them.
func Tags(fset *token.FileSet, f *ast.File) FileTags {
	comments := newComments(fset, f)
	tags := FileTags{Types: map[*ast.TypeSpec][]model.Tag{}}
	for _, spec := range typeSpecs(f) {
		if above := comments.claim(comments.line(spec.Name.Pos())); above != nil {
			tags.Types[spec] = above
		}
	}
	isDoc := path.Base(strings.ReplaceAll(fset.PositionFor(f.Package, false).Filename, `\`, "/")) == "doc.go"
	for _, group := range f.Comments {
		switch {
		case comments.claimed[group]:
		case isDoc, group == f.Doc:
			tags.Package = append(tags.Package, comments.tags(group)...)
		default:
			tags.Loose = append(tags.Loose, comments.tags(group)...)
		}
	}
	return tags
}

// typeSpecs are the types that a file declares outside functions.
func typeSpecs(f *ast.File) []*ast.TypeSpec {
	var specs []*ast.TypeSpec
	for _, decl := range f.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
			for _, spec := range gen.Specs {
				specs = append(specs, spec.(*ast.TypeSpec))
			}
		}
	}
	return specs
}

// tags reads the lines of a block that begin with "+". What is indented by a tab is an example, as gofmt has it, and no tag.
func (c *comments) tags(group *ast.CommentGroup) []model.Tag {
	var tags []model.Tag
	for _, comment := range group.List {
		if strings.IndexByte(comment.Text, '+') < 0 {
			continue
		}
		pos := c.fset.PositionFor(comment.Pos(), false)
		for line := range strings.SplitSeq(uncomment(comment.Text), "\n") {
			if tag, ok := parseTag(line); ok {
				tag.Pos = token.Position{Filename: pos.Filename, Line: pos.Line, Column: pos.Column}
				tags = append(tags, tag)
			}
			pos.Line, pos.Column = pos.Line+1, 1
		}
	}
	return tags
}

func uncomment(text string) string {
	if block, ok := strings.CutPrefix(text, "/*"); ok {
		return strings.TrimSuffix(block, "*/")
	}
	return strings.TrimPrefix(text, "//")
}

// parseTag reads a line of a comment as +name or +name=value. "+ 1 = 2" is arithmetic.
func parseTag(line string) (model.Tag, bool) {
	text, ok := strings.CutPrefix(strings.TrimLeft(line, " "), "+")
	name, value, _ := strings.Cut(text, "=")
	if !ok || name == "" || name[0] == ' ' || name[0] == '\t' {
		return model.Tag{}, false
	}
	return model.Tag{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)}, true
}
