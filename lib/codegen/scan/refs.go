package scan

import (
	"context"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"client-go-workbook/lib/codegen/model"
)

// ref is a type of another package that a method sends or returns.
type ref struct {
	model.Ref
	setting string // "input" or "result"
	method  model.Method
}

// checkRefs reports types that packages do not have. A package that the go command does not find is left to the compiler: generators
// work before a module has all its requirements, too.
func checkRefs(ctx context.Context, packages []*model.Package, o Options, all *problems) {
	refs := foreign(packages)
	declared := typesOf(ctx, refs, packages, o)
	for _, r := range refs {
		if types := declared[r.Package]; len(types) > 0 && !types[r.Name] {
			all.at(r.method.Pos, "%s=%s.%s of method %s: package %s has no type %s", r.setting, r.Package, r.Name, r.method.Name, r.Package, r.Name).
				instead("the name of a type that it has")
		}
	}
}

// typesOf returns the names of types by import path. Most are of packages that have been read; only for others the go command
// is asked once more.
func typesOf(ctx context.Context, refs []ref, packages []*model.Package, o Options) map[string]map[string]bool {
	declared := map[string]map[string]bool{}
	for _, p := range packages {
		declared[p.Path] = map[string]bool{}
		for _, t := range p.Types {
			declared[p.Path][t.Name] = true
		}
	}
	others := map[string]bool{}
	for _, r := range refs {
		if !declared[r.Package][r.Name] {
			others[r.Package] = true
		}
	}
	if len(others) == 0 {
		return declared
	}
	listed, _ := List(ctx, o.Dir, []string{"-find"}, slices.Sorted(maps.Keys(others)))
	for _, l := range listed {
		declared[l.ImportPath] = l.types()
	}
	return declared
}

// foreign are the types of other packages that clients' methods send and return. A list returns the type of a list.
func foreign(packages []*model.Package) (refs []ref) {
	for _, p := range packages {
		for _, t := range p.Clients() {
			for _, m := range t.Client.Methods {
				if m.Input.Package != "" {
					refs = append(refs, ref{m.Input, "input", m})
				}
				result := m.Result
				if m.Verb == model.List {
					result.Name += "List"
				}
				if result.Package != "" {
					refs = append(refs, ref{result, "result", m})
				}
			}
		}
	}
	return refs
}

// types are the names of a package's types. What cannot be read has none.
func (l *Listed) types() map[string]bool {
	names := map[string]bool{}
	fset := token.NewFileSet()
	for _, base := range slices.Concat(l.GoFiles, l.CgoFiles) {
		path := filepath.Join(l.Dir, base)
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		f, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
		if err != nil {
			continue
		}
		for _, spec := range typeSpecs(f) {
			names[spec.Name.Name] = true
		}
	}
	return names
}
