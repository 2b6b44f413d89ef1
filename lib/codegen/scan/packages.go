package scan

import (
	"cmp"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"client-go-workbook/lib/codegen/model"
)

// Options say where to look for packages. The zero value is fine.
type Options struct {
	Dir string // where the patterns and their module are looked up; empty: the working directory
}

// Packages reads the packages that the patterns name: import paths, folders ("./apis/v1", absolute ones too) and both with "...".
// They come sorted by import path, those without a client included: see [model.Package.Clients].
//
// The error joins all that is wrong in all of them, each as "file:line: what; write … instead" (an [Error]);
// then there are no packages.
func Packages(ctx context.Context, patterns []string, o Options) ([]*model.Package, error) {
	listed, err := list(ctx, patterns, o)
	if err != nil {
		return nil, err
	}
	packages := make([]*model.Package, len(listed))
	problems := make([]problems, len(listed))
	var wg sync.WaitGroup
	for i, l := range listed {
		wg.Go(func() { packages[i] = l.read(&problems[i]) })
	}
	wg.Wait()
	all := slices.Concat(problems...)
	checkTogether(packages, &all)
	if len(all) == 0 { // what could not be read may seem to be missing
		checkRefs(ctx, packages, o, &all)
	}
	if err := all.err(); err != nil {
		return nil, err
	}
	slices.SortFunc(packages, func(a, b *model.Package) int { return cmp.Compare(a.Path, b.Path) })
	return packages, nil
}

// Source reads one package from memory: file names and their text. The errors are those of [Packages].
func Source(importPath string, files map[string][]byte) (*model.Package, error) {
	var all problems
	r := newReader(&model.Package{Path: importPath}, &all)
	for name, text := range files {
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			r.files = append(r.files, file{name: name, text: text})
		}
	}
	slices.SortFunc(r.files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
	p := r.read()
	checkTogether([]*model.Package{p}, &all)
	if err := all.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// read loads a package from its folder.
func (l *Listed) read(all *problems) *model.Package {
	r := newReader(&model.Package{Path: l.ImportPath, Dir: l.Dir, Name: l.Name}, all)
	for _, base := range slices.Concat(l.GoFiles, l.CgoFiles) {
		path := filepath.Join(l.Dir, base)
		text, err := os.ReadFile(path)
		if err != nil {
			all.add(err)
			continue
		}
		r.files = append(r.files, file{name: Shown(path), text: text})
	}
	return r.read()
}

// Shown is how errors call a file: relative to the working folder where that is shorter.
func Shown(path string) string {
	working, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(working, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
