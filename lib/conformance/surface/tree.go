package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// tree is a library's generated code: packages in source, below one import path.
type tree struct {
	module string                 // "k8s.io/client-go"
	files  map[string][]*ast.File // of each package, by import path

	fset    *token.FileSet
	checked map[string]*types.Package
	outside types.Importer // of what is not in the tree
	bodies  bool           // check function bodies too: does it compile?
	wrong   error          // the first that is found: others follow from it
}

// parse reads the packages in folders of dir, which has the import path module.
func parse(module, dir string, folders ...string) (*tree, error) {
	t := &tree{module: module, files: map[string][]*ast.File{}, fset: token.NewFileSet(), checked: map[string]*types.Package{}}
	for _, folder := range folders {
		err := fs.WalkDir(os.DirFS(dir), folder, func(file string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || path.Ext(file) != ".go" || strings.HasSuffix(file, "_test.go") {
				return err
			}
			parsed, err := parser.ParseFile(t.fset, filepath.Join(dir, file), nil, parser.SkipObjectResolution)
			in := path.Join(module, path.Dir(file))
			t.files[in] = append(t.files[in], parsed)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("parse the tree of %s: %w", module, err)
		}
	}
	if len(t.files) == 0 {
		return nil, fmt.Errorf("parse the tree of %s: there is no Go file in %s", module, dir)
	}
	return t, nil
}

// imports are those that are not in the tree.
func (t *tree) imports() []string {
	all := map[string]bool{}
	for _, files := range t.files {
		for _, f := range files {
			for _, i := range f.Imports {
				if imported, err := strconv.Unquote(i.Path.Value); err == nil && t.files[imported] == nil && imported != "unsafe" {
					all[imported] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// check finds the types of all packages. The compiler's export data, which go list has made, tells the types of those outside.
func check(ctx context.Context, trees ...*tree) error {
	var wanted []string
	for _, t := range trees {
		wanted = append(wanted, t.imports()...)
	}
	compiled, err := exportData(ctx, wanted)
	if err != nil {
		return err
	}
	for _, t := range trees {
		t.outside = importer.ForCompiler(t.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(compiled[path]) })
		for _, path := range slices.Sorted(maps.Keys(t.files)) {
			if _, err := t.Import(path); err != nil {
				return cmp.Or(t.wrong, err)
			}
		}
	}
	return nil
}

// exportData are the files that tell the types of the packages, and of all that they import.
func exportData(ctx context.Context, packages []string) (map[string]string, error) {
	if len(packages) == 0 {
		return nil, nil
	}
	slices.Sort(packages)
	args := append([]string{"list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}"}, slices.Compact(packages)...)
	out, err := exec.CommandContext(ctx, "go", args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w\n%s", err, exit.Stderr)
		}
		return nil, fmt.Errorf("go list: %w", err)
	}
	files := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		files[path] = file
	}
	return files, nil
}

// Import is types.Importer: a package of the tree is checked when it is imported first.
func (t *tree) Import(path string) (*types.Package, error) {
	if p := t.checked[path]; p != nil {
		return p, nil
	}
	if t.files[path] == nil {
		return t.outside.Import(path)
	}
	config := types.Config{Importer: t, IgnoreFuncBodies: !t.bodies}
	p, err := config.Check(path, t.fset, t.files[path], nil)
	if err != nil {
		t.wrong = cmp.Or(t.wrong, fmt.Errorf("check %s: %w", path, err))
		return nil, t.wrong
	}
	t.checked[path] = p
	return p, nil
}
