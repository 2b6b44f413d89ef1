package scan

import (
	"go/ast"
	"go/token"

	"client-go-workbook/lib/codegen/model"
)

// comments finds those of a file that belong to a type: the block above it, and the one a blank line further up.
//
//	// +genclient            ← one blank line above: claimed as well
//
//	// Widget does a lot.    ← directly above
//	type Widget struct {     ← line
//
// Only lines count, not what the parser makes a doc comment. Comments in or behind a declaration, and those above the
// package clause, are above no type.
type comments struct {
	fset    *token.FileSet
	endings map[int]*ast.CommentGroup // last line → block
	code    map[int]bool              // lines in which a declaration begins or ends: none of them is blank
	claimed map[*ast.CommentGroup]bool
}

func newComments(fset *token.FileSet, f *ast.File) *comments {
	c := &comments{fset: fset, endings: map[int]*ast.CommentGroup{}, code: map[int]bool{}, claimed: map[*ast.CommentGroup]bool{}}
	for _, decl := range f.Decls {
		c.code[c.line(decl.Pos())], c.code[c.line(decl.End())] = true, true
	}
	spans := declarations(f)
	for _, s := range spans {
		c.code[c.line(s.start)], c.code[c.line(s.end)] = true, true
	}
	for _, group := range f.Comments {
		for len(spans) > 0 && spans[0].end < group.Pos() && c.line(spans[0].end) < c.line(group.Pos()) {
			spans = spans[1:]
		}
		if group.Pos() > f.Package && (len(spans) == 0 || group.End() <= spans[0].start) {
			c.endings[c.line(group.End())] = group
		}
	}
	return c
}

// span is where a declaration stands, in a group of types each of them.
type span struct{ start, end token.Pos }

func declarations(f *ast.File) []span {
	var spans []span
	for _, decl := range f.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
			for _, spec := range gen.Specs {
				spans = append(spans, span{spec.Pos(), spec.End()})
			}
			continue
		}
		spans = append(spans, span{decl.Pos(), decl.End()})
	}
	return spans
}

func (c *comments) line(pos token.Pos) int { return c.fset.PositionFor(pos, false).Line }

// claim returns the tags for what is declared in a line, in the order of the source.
func (c *comments) claim(line int) []model.Tag {
	above, between := c.endings[line-1], line-1
	if above != nil {
		between = c.line(above.Pos()) - 1
	}
	further := c.endings[between-1]
	if c.code[between] {
		further = nil // it is about a declaration that fits into one line
	}
	var tags []model.Tag
	for _, group := range []*ast.CommentGroup{further, above} {
		if group != nil {
			c.claimed[group] = true
			tags = append(tags, c.tags(group)...)
		}
	}
	return tags
}
