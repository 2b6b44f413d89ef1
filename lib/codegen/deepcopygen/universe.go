package deepcopygen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"sync"

	"client-go-workbook/lib/codegen/scan"
)

// universe has the types of the packages to generate for, and of those that they refer to.
//
// It is made from source alone. Export data would need packages that compile, and those do so only after we are done: without
// DeepCopyObject, a type is no runtime.Object. It is also several times as fast.
type universe struct {
	fset       *token.FileSet
	dir        string // where go list runs
	outputFile string
	listed     map[string]*scan.Listed
	targets    []*source // to generate for, in go list's order
	sources    map[string]*source
	checked    map[string]*types.Package // nil while it is being checked
	selected   map[*types.TypeName]bool  // will have methods after this run

	mu        sync.Mutex
	generated map[*token.File]bool // files with deepcopy functions of an earlier run
}

// load lists and parses the packages that are asked for. Their types are there after check.
func load(ctx context.Context, dir string, patterns []string, outputFile string) (*universe, error) {
	u := &universe{
		fset: token.NewFileSet(), dir: dir, outputFile: outputFile,
		listed: map[string]*scan.Listed{}, sources: map[string]*source{}, checked: map[string]*types.Package{}, generated: map[*token.File]bool{},
		selected: map[*types.TypeName]bool{},
	}
	if err := u.list(ctx, patterns); err != nil {
		return nil, err
	}
	var named []*scan.Listed
	for _, l := range u.listed {
		if !l.DepOnly {
			named = append(named, l)
		}
	}
	slices.SortFunc(named, func(a, b *scan.Listed) int { return cmp.Compare(a.ImportPath, b.ImportPath) })
	u.targets = make([]*source, len(named))
	var wg sync.WaitGroup
	for i, l := range named {
		wg.Go(func() { u.targets[i] = u.read(l) })
	}
	wg.Wait()
	for _, s := range u.targets {
		u.sources[s.ImportPath] = s
	}
	return u, nil
}

// list finds packages, and all that they import.
func (u *universe) list(ctx context.Context, patterns []string) error {
	all, err := scan.List(ctx, u.dir, []string{"-deps"}, patterns)
	errs := []error{err}
	for _, l := range all {
		if !l.DepOnly {
			errs = append(errs, l.Err())
		}
		if u.listed[l.ImportPath] == nil {
			u.listed[l.ImportPath] = l
		}
	}
	return scan.Join(errs)
}

// also makes sure that packages are listed that nobody may import: those of interfaces in tags. One that there is not is found
// missing where it is looked up.
func (u *universe) also(ctx context.Context, paths []string) error {
	missing := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return u.listed[path] != nil })
	if len(missing) == 0 {
		return nil
	}
	all, err := scan.List(ctx, u.dir, []string{"-deps"}, missing)
	for _, l := range all {
		if u.listed[l.ImportPath] == nil {
			l.DepOnly = true
			u.listed[l.ImportPath] = l
		}
	}
	return err
}

// check returns a package with its types. What is wrong with one that is generated for is in its source's errs; what is wrong
// with others shows only where it matters.
func (u *universe) check(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if p, ok := u.checked[path]; ok {
		if p == nil {
			return nil, errors.New("import cycle")
		}
		return p, nil
	}
	l := u.listed[path]
	switch {
	case l == nil:
		return nil, fmt.Errorf("there is no package %s", path)
	case l.Error != nil && len(l.GoFiles) == 0:
		return nil, l.Err()
	}
	s := u.sources[path]
	if s == nil {
		s = u.read(l)
		u.sources[path] = s
	}
	u.checked[path] = nil
	config := types.Config{
		IgnoreFuncBodies: true,
		FakeImportC:      true,
		Importer:         importer{u, s},
		Error:            func(err error) { u.note(s, err) },
	}
	p, _ := config.Check(path, u.fset, s.files, nil)
	u.checked[path] = p
	return p, nil
}

type importer struct {
	*universe
	by *source
}

func (i importer) Import(path string) (*types.Package, error) {
	if mapped := i.by.ImportMap[path]; mapped != "" {
		path = mapped
	}
	return i.check(path)
}

// note keeps an error if it is about the types of a package that is generated for. One that begins with a tab goes on with the one before.
func (u *universe) note(s *source, err error) {
	problem := types.Error{}
	if s.DepOnly || !errors.As(err, &problem) || strings.HasPrefix(problem.Msg, "\t") || !s.isAboutTypes(problem.Pos) {
		return
	}
	s.errs = append(s.errs, &scan.Error{Pos: u.position(problem.Pos), What: problem.Msg, Instead: "Go that compiles"})
}

// isAboutTypes leaves out methods and constants, which may need what has been trimmed.
func (s *source) isAboutTypes(pos token.Pos) bool {
	for _, f := range s.files {
		for _, decl := range f.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if ok && gen.Tok != token.CONST && gen.Pos() <= pos && pos < gen.End() {
				return true
			}
		}
	}
	return false
}

// position ignores //line: errors are about the file that was read.
func (u *universe) position(pos token.Pos) token.Position { return u.fset.PositionFor(pos, false) }

// wrong notes what is wrong at a place, and what to write there instead.
func (s *source) wrong(pos token.Position, instead, what string, args ...any) {
	s.errs = append(s.errs, &scan.Error{Pos: pos, What: fmt.Sprintf(what, args...), Instead: instead})
}
