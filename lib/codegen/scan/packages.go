package scan

import (
	"context"

	"client-go-workbook/lib/codegen/model"
)

// Options say where and how to look for packages. The zero value is fine.
type Options struct {
	Dir string // where patterns and the module are looked up; empty: the working directory
}

// Packages reads the packages that the patterns name: import paths, folders ("./apis/v1", absolute ones too) and both with "...".
// They come sorted by import path, those without a client included: see [model.Package.Clients].
//
// The error joins all that is wrong in all of them, each as "file:line: what; write … instead"; then there are no packages.
func Packages(ctx context.Context, patterns []string, o Options) ([]*model.Package, error) {
	return nil, nil
}

// Source reads one package from memory: file names and their text. The errors are those of [Packages].
func Source(importPath string, files map[string][]byte) (*model.Package, error) {
	return nil, nil
}
