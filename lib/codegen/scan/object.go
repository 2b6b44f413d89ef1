package scan

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// kind matches what a server takes for one. It is part of file names, too, where an underscore can mean a test or an operating system.
var kind = regexp.MustCompile(`^[A-Z][A-Za-z0-9]*$`)

// checkType reports what the client's type lacks to be an object of the API.
func (c *client) checkType() {
	if !kind.MatchString(c.of.Name) {
		c.at(c.of.Pos, "%s cannot be a kind", c.of.Name).instead("a name of the letters A to Z, a to z and digits")
	}
	c.checkEmbeds(c.of, "ObjectMeta", `metav1.ObjectMeta `+"`"+`json:"metadata,omitempty"`+"`")
	c.checkEmbeds(c.of, "TypeMeta", `metav1.TypeMeta `+"`"+`json:",inline"`+"`")
	if c.Has(model.List) {
		c.checkList(c.of.Pos, c.of.Name, "+"+skipVerbs+"=list")
	}
}

// checkList reports a missing list of a type, and one without Items. Or says what else would do.
func (c *client) checkList(pos token.Position, name, or string) {
	list := c.lookup(name + "List")
	if list == nil {
		c.at(pos, "%s can be listed, but there is no type %sList", name, name).
			instead("type %sList struct with metav1.TypeMeta, metav1.ListMeta and Items []%s, or %s", name, name, or)
		return
	}
	switch list.spec.Type.(type) {
	case *ast.StructType:
	case *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		return // an alias, or made of another type: only a compiler can tell
	default:
		c.at(list.Pos, "%s is no struct", list.Name).instead("type %s struct with metav1.TypeMeta, metav1.ListMeta and Items []%s", list.Name, name)
		return
	}
	i := slices.IndexFunc(list.Fields, func(f model.Field) bool { return f.Name == "Items" })
	switch {
	case i < 0:
		c.at(list.Pos, "%s has no Items", list.Name).instead("Items []%s `json:\"items\"` in it", name)
	case strings.Join(strings.Fields(list.Fields[i].Type), "") != "[]"+name:
		c.at(list.Pos, "Items of %s is %s", list.Name, list.Fields[i].Type).instead("Items []%s", name)
	}
	c.checkEmbeds(list, "ListMeta", `metav1.ListMeta `+"`"+`json:"metadata,omitempty"`+"`")
	c.checkEmbeds(list, "TypeMeta", `metav1.TypeMeta `+"`"+`json:",inline"`+"`")
}

func (c *client) checkEmbeds(d *declared, meta, field string) {
	if !c.embeds(d, meta, nil) {
		c.at(d.Pos, "%s has no %s", d.Name, meta).instead("%s in it", field)
	}
}

// embeds looks for metadata in a struct and in what it embeds. An embedded type of another package, which is not read, may have it.
func (c *client) embeds(d *declared, meta string, seen []*declared) bool {
	if _, isStruct := d.spec.Type.(*ast.StructType); !isStruct {
		return true // only a compiler can tell
	}
	if slices.Contains(seen, d) {
		return false
	}
	for _, f := range d.Fields {
		switch {
		case !f.Embedded:
		case f.Name == meta:
			return true
		case slices.Contains(metas, f.Name):
		case strings.Contains(f.Type, "."):
			return true
		default:
			if inner := c.lookup(f.Name); inner != nil && c.embeds(inner, meta, append(seen, d)) {
				return true
			}
		}
	}
	return false
}

var metas = []string{"TypeMeta", "ObjectMeta", "ListMeta"}
