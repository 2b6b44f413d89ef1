// Package stub makes the learner's files out of the solved ones, so that there is one source for both.
//
//	solutions/…/path.go                          exercises/…/path.go
//	// BEGIN SOLUTION: Join the parts.     ──▶   // TODO: Join the parts.
//	return path.Join("/", apiPath, …)            // You may need: path
//	// END SOLUTION                              panic("TODO ch01/ex01: fill in APIPath")
//
// Comment lines right below BEGIN SOLUTION belong to the instruction; a comment of the solution itself comes after an
// empty line. Imports that only the hole needs go away with it.
package stub

import (
	"bytes"
	"errors"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Files are sources by file name.
type Files = map[string][]byte

// Make returns the stubs of the exercise with this id ("ch01/ex01"). Exactly one of the solved files has one hole, and
// that lies in a function.
func Make(id string, solved Files) (Files, error) {
	stubs, holes := Files{}, 0
	for _, name := range slices.Sorted(maps.Keys(solved)) {
		h, err := find(name, solved[name])
		switch {
		case errors.Is(err, errNoHole):
			stubs[name] = solved[name]
			continue
		case err != nil:
			return nil, err
		}
		holes++
		if stubs[name], err = h.stub(id); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if holes != 1 {
		return nil, fmt.Errorf("%d holes (%s …), expected one", holes, begin)
	}
	return stubs, nil
}

// Solution returns the solved files as a learner sees them: without the markers.
func Solution(solved Files) (Files, error) {
	clean := Files{}
	for name, src := range solved {
		h, err := find(name, src)
		switch {
		case errors.Is(err, errNoHole):
			clean[name] = src
		case err != nil:
			return nil, err
		default:
			clean[name] = slices.Concat(h.before, h.body, h.after)
		}
	}
	return clean, nil
}

const (
	begin = "// BEGIN SOLUTION:"
	end   = "// END SOLUTION"
)

var errNoHole = errors.New("no hole")

// hole is a file cut at its markers: before + instruction + body + after, without the marker lines themselves.
type hole struct {
	name          string
	before, after []byte
	body          []byte
	instruction   []string
	solved        []byte // the whole file
}

func find(name string, src []byte) (*hole, error) {
	h := &hole{name: name, solved: src}
	const (
		outside = iota
		instruction
		inside
		behind
	)
	state := outside
	for line := range bytes.Lines(src) {
		text := strings.TrimSpace(string(line))
		switch {
		case strings.HasPrefix(text, begin):
			if state != outside {
				return nil, fmt.Errorf("%s: a second %q; one hole is all", name, begin)
			}
			state = instruction
			h.instruction = append(h.instruction, strings.TrimSpace(strings.TrimPrefix(text, begin)))
		case text == end:
			if state != instruction && state != inside {
				return nil, fmt.Errorf("%s: %q without a beginning", name, end)
			}
			state = behind
		case state == instruction && strings.HasPrefix(text, "//"):
			h.instruction = append(h.instruction, strings.TrimSpace(text[2:]))
		case state == instruction && text == "":
			state = inside // the empty line has done its work
		case state == instruction || state == inside:
			state = inside
			h.body = append(h.body, line...)
		case state == behind:
			h.after = append(h.after, line...)
		default:
			h.before = append(h.before, line...)
		}
	}
	switch state {
	case outside:
		return nil, errNoHole
	case instruction, inside:
		return nil, fmt.Errorf("%s: %q without %q", name, begin, end)
	}
	if h.instruction[0] == "" {
		return nil, fmt.Errorf("%s: nothing behind %q says what to do", name, begin)
	}
	return h, nil
}

func (h *hole) stub(id string) ([]byte, error) {
	function, err := h.function()
	if err != nil {
		return nil, err
	}
	refill := func(note string) []byte {
		todo := "// TODO: " + strings.Join(h.instruction, "\n// ") + "\n" + note +
			fmt.Sprintf("panic(%q)\n", "TODO "+id+": fill in "+function)
		return slices.Concat(h.before, []byte(todo), h.after)
	}
	unused, err := importsOfHoleOnly(h.solved, refill(""))
	if err != nil || len(unused) == 0 {
		return gofmt(refill(""), err)
	}
	src, err := withoutImports(refill("// You may need: "+strings.Join(unused, ", ")+"\n"), unused)
	return gofmt(src, err)
}

func gofmt(src []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	return format.Source(src)
}

// function names the one in which the hole is: "APIPath", "Queue.Add".
func (h *hole) function() (string, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", h.solved, parser.SkipObjectResolution)
	if err != nil {
		return "", err
	}
	from := bytes.Index(h.solved, []byte(begin))
	to := bytes.Index(h.solved, []byte(end+"\n"))
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Body == nil {
			continue
		}
		if fset.Position(f.Body.Lbrace).Offset < from && to < fset.Position(f.Body.Rbrace).Offset {
			return receiver(f) + f.Name.Name, nil
		}
	}
	return "", errors.New("the hole isn't inside one function's body")
}

func receiver(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return ""
	}
	typ := f.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.IndexListExpr:
			typ = t.X
		case *ast.Ident:
			return t.Name + "."
		default:
			return ""
		}
	}
}

// importsOfHoleOnly returns the paths that solved imports and uses, and stub uses no more.
func importsOfHoleOnly(solved, stub []byte) ([]string, error) {
	before, err := usedImports(solved)
	if err != nil {
		return nil, err
	}
	after, err := usedImports(stub)
	if err != nil {
		return nil, err
	}
	var only []string
	for _, path := range before {
		if !slices.Contains(after, path) {
			only = append(only, path)
		}
	}
	return only, nil
}

func usedImports(src []byte) ([]string, error) {
	file, err := parser.ParseFile(token.NewFileSet(), "", src, 0)
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			// Obj is nil for what no declaration of this file brings: packages.
			if x, ok := sel.X.(*ast.Ident); ok && x.Obj == nil {
				names[x.Name] = true
			}
		}
		return true
	})
	var used []string
	for _, spec := range file.Imports {
		if names[importName(spec)] {
			used = append(used, importPath(spec))
		}
	}
	return used, nil
}

var majorVersion = regexp.MustCompile(`/v[0-9]+$`)

// importName is the name by which a file uses an import. Without an alias it is taken to be the path's last element,
// as it is for all that the exercises import; a wrong guess shows as a stub that doesn't compile.
func importName(spec *ast.ImportSpec) string {
	if spec.Name != nil {
		return spec.Name.Name
	}
	path := majorVersion.ReplaceAllString(importPath(spec), "")
	return path[strings.LastIndex(path, "/")+1:]
}

func importPath(spec *ast.ImportSpec) string { return strings.Trim(spec.Path.Value, `"`) }

// withoutImports takes the lines out that import these paths, and the import declarations that hold nothing else.
func withoutImports(src []byte, paths []string) ([]byte, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", src, parser.ImportsOnly|parser.ParseComments)
	if err != nil {
		return nil, err
	}
	drop := map[int]bool{} // lines, from 1
	lines := func(n ast.Node) {
		for i := fset.Position(n.Pos()).Line; i <= fset.Position(n.End()).Line; i++ {
			drop[i] = true
		}
	}
	for _, decl := range file.Decls {
		imports := decl.(*ast.GenDecl)
		kept := 0
		for _, spec := range imports.Specs {
			if slices.Contains(paths, importPath(spec.(*ast.ImportSpec))) {
				lines(spec)
			} else {
				kept++
			}
		}
		if kept == 0 {
			lines(imports)
		}
	}
	var out []byte
	number := 0
	for line := range bytes.Lines(src) {
		if number++; !drop[number] {
			out = append(out, line...)
		}
	}
	return out, nil
}
