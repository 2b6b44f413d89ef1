package scan

import (
	"bytes"
	"cmp"
	"errors"
	"go/ast"
	"go/parser"
	"go/scanner"
	"go/token"
	"path"
	"reflect"
	"slices"
	"strconv"

	"client-go-workbook/lib/codegen/model"
)

// reader makes a model of one package.
type reader struct {
	*problems
	pkg     *model.Package
	files   []file
	fset    *token.FileSet
	types   map[string]*declared // all types of the package, by name
	tagged  []*declared          // types with tags of a client
	strays  []model.Tag          // all tags that are not the package's
	skipped []file               // generated, and not parsed so far
}

// file is a Go file. Its name is how errors call it.
type file struct {
	name string
	text []byte
	ast  *ast.File
}

// declared is a type, and how it was declared.
type declared struct {
	*model.Type
	spec *ast.TypeSpec
	in   *file
}

func newReader(p *model.Package, all *problems) *reader {
	p.Version = path.Base(p.Path)
	p.GroupPackage = path.Base(path.Dir(p.Path))
	return &reader{problems: all, pkg: p, fset: token.NewFileSet(), types: map[string]*declared{}}
}

// read looks at the tags of types only when it knows all types: they speak of others, in other files too.
func (r *reader) read() *model.Package {
	for i := range r.files {
		f := &r.files[i]
		if model.GeneratedLine(f.text) != "" && !bytes.Contains(f.text, []byte("+genclient")) {
			r.skipped = append(r.skipped, *f)
		} else if r.parse(f) {
			r.readFile(f)
		}
	}
	r.readGroup()
	r.checkPackageTags()
	r.checkCapitals()
	for _, d := range r.types {
		r.pkg.Types = append(r.pkg.Types, d.Type)
	}
	slices.SortFunc(r.pkg.Types, func(a, b *model.Type) int { return cmp.Compare(a.Name, b.Name) })
	for _, d := range r.tagged {
		r.readClient(d)
	}
	r.checkPackage()
	return r.pkg
}

// parse reports whether the file could be read.
func (r *reader) parse(f *file) bool {
	var err error
	f.ast, err = parser.ParseFile(r.fset, f.name, f.text, parser.ParseComments|parser.SkipObjectResolution)
	if list := (scanner.ErrorList)(nil); errors.As(err, &list) {
		for _, e := range list {
			r.at(e.Pos, "%s", e.Msg).instead("what gofmt accepts")
		}
	} else if err != nil {
		r.add(err)
	}
	return err == nil
}

func (r *reader) readFile(f *file) {
	r.checkPackageName(f)
	tags := Tags(r.fset, f.ast)
	r.pkg.Tags = append(r.pkg.Tags, tags.Package...)
	r.strays = append(r.strays, tags.Loose...)
	for _, spec := range typeSpecs(f.ast) {
		r.declare(f, spec, tags.Types[spec])
		r.strays = append(r.strays, tags.Types[spec]...)
	}
	for _, tag := range slices.Concat(tags.Package, tags.Loose) {
		if isClientTag(tag.Name) {
			r.at(tag.Pos, "+%s stands above no type", tag.Name).instead("it directly above the type, or at most one blank line above")
		}
	}
}

func (r *reader) checkPackageName(f *file) {
	name := f.ast.Name.Name
	if r.pkg.Name == "" {
		r.pkg.Name = name
	}
	if r.pkg.Name != name {
		r.at(r.position(f.ast.Name.Pos()), "package %s among files of package %s", name, r.pkg.Name).instead("package %s", r.pkg.Name)
	}
}

// position ignores //line: errors are about the file that was read.
func (r *reader) position(pos token.Pos) token.Position { return r.fset.PositionFor(pos, false) }

func (r *reader) declare(f *file, spec *ast.TypeSpec, tags []model.Tag) {
	pos := r.position(spec.Name.Pos())
	d := &declared{
		Type: &model.Type{Package: r.pkg, Name: spec.Name.Name, Pos: pos, Tags: tags, Fields: r.fields(f, spec)},
		spec: spec, in: f,
	}
	if first := r.types[d.Name]; d.Name != "_" && first != nil {
		r.at(pos, "%s is declared again, first in %s:%d", d.Name, first.Pos.Filename, first.Pos.Line).instead("one of them")
		return
	}
	r.types[d.Name] = d
	if slices.ContainsFunc(d.Tags, func(t model.Tag) bool { return isClientTag(t.Name) }) {
		r.tagged = append(r.tagged, d)
	}
}

// fields of a struct, in the order of the source; nil for what is none.
func (r *reader) fields(f *file, spec *ast.TypeSpec) []model.Field {
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		return nil
	}
	fields := []model.Field{}
	for _, field := range s.Fields.List {
		m := model.Field{Type: r.text(f, field.Type), JSON: jsonTag(field.Tag), Embedded: len(field.Names) == 0}
		if m.Embedded {
			m.Name = embeddedName(field.Type)
			fields = append(fields, m)
		}
		for _, name := range field.Names {
			m.Name = name.Name
			fields = append(fields, m)
		}
	}
	return fields
}

func (r *reader) text(f *file, node ast.Node) string {
	return string(f.text[r.position(node.Pos()).Offset:r.position(node.End()).Offset])
}

// embeddedName is the name by which an embedded field is known: that of its type, without package, pointer and type arguments.
func embeddedName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.StarExpr:
		return embeddedName(e.X)
	case *ast.IndexExpr:
		return embeddedName(e.X)
	case *ast.IndexListExpr:
		return embeddedName(e.X)
	}
	return ""
}

func jsonTag(lit *ast.BasicLit) string {
	if lit == nil {
		return ""
	}
	tag, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return reflect.StructTag(tag).Get("json")
}

// lookup finds a type of the package. What the hand-written files do not declare may be in generated ones, which are parsed only now.
func (r *reader) lookup(name string) *declared {
	if d := r.types[name]; d != nil || len(r.skipped) == 0 {
		return d
	}
	generated := newReader(&model.Package{Path: r.pkg.Path, Name: r.pkg.Name}, r.problems)
	for i := range r.skipped {
		if f := &r.skipped[i]; generated.parse(f) {
			generated.readFile(f)
		}
	}
	r.skipped = nil
	for name, d := range generated.types {
		if r.types[name] == nil {
			r.types[name] = d
		}
	}
	return r.types[name]
}

// imported is the path that a file imports under a name; empty if it imports none.
func (f *file) imported(name string) string {
	for _, spec := range f.ast.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err == nil && (spec.Name != nil && spec.Name.Name == name || spec.Name == nil && path.Base(p) == name) {
			return p
		}
	}
	return ""
}
