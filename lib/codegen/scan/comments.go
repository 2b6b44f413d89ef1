package scan

import (
	"go/ast"
	"go/token"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// comments finds those of a file that belong to a type: the block above it, and the one a blank line further up.
//
//	// +genclient            ← one blank line above: claimed as well
//
//	// Widget does a lot.    ← directly above
//	type Widget struct {     ← line
//
// Only lines count, not what the parser makes a doc comment. Comments within a type or function belong to nobody.
type comments struct {
	fset    *token.FileSet
	all     []*ast.CommentGroup
	endings map[int]*ast.CommentGroup // last line → block
	claimed map[*ast.CommentGroup]bool
}

func newComments(fset *token.FileSet, f *ast.File) *comments {
	c := &comments{fset: fset, all: f.Comments, endings: map[int]*ast.CommentGroup{}, claimed: map[*ast.CommentGroup]bool{}}
	spans := declarations(f)
	for _, group := range f.Comments {
		for len(spans) > 0 && spans[0].end < group.Pos() && c.line(spans[0].end) < c.line(group.Pos()) {
			spans = spans[1:]
		}
		if len(spans) == 0 || group.End() <= spans[0].start {
			c.endings[c.line(group.End())] = group
		}
	}
	return c
}

// span is where a declaration stands. A comment within it, or behind it on its last line, is above nothing.
type span struct{ start, end token.Pos }

func declarations(f *ast.File) []span {
	var spans []span
	for _, decl := range f.Decls {
		if gen, ok := decl.(*ast.GenDecl); ok && gen.Tok == token.TYPE {
			for _, spec := range gen.Specs {
				spans = append(spans, span{spec.(*ast.TypeSpec).Name.Pos(), spec.End()})
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
	above := c.endings[line-1]
	further := line - 2
	if above != nil {
		further = c.line(above.Pos()) - 2
	}
	var tags []model.Tag
	for _, group := range []*ast.CommentGroup{c.endings[further], above} {
		if group != nil {
			c.claimed[group] = true
			tags = append(tags, c.tags(group)...)
		}
	}
	return tags
}

// unclaimed returns the tags of the comments that belong to no type.
func (c *comments) unclaimed() []model.Tag {
	var tags []model.Tag
	for _, group := range c.all {
		if !c.claimed[group] {
			tags = append(tags, c.tags(group)...)
		}
	}
	return tags
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
