package listergen

import (
	"errors"

	"client-go-workbook/lib/codegen/render"
)

// Options say what to read and where to write. OutputDir, OutputPackage and Packages must be set; everything else may be empty.
type Options struct {
	Dir      string   // where Packages are looked up; empty: the working directory
	Packages []string // what to read, as go list takes it: "k8s.io/api/apps/v1", "./apis/..."; those without +genclient are passed over

	OutputDir        string   // a folder, for one folder for each group
	OutputPackage    string   // the folder's import path
	PluralExceptions []string // Type:Plural, as in "Endpoints:Endpoints"

	GoHeaderFile string // a file with comments for the top of each generated file, YEAR in it is the current year; empty: none
	Prune        bool   // remove files of an earlier run that are no longer made, instead of only reporting them

	Library Library // empty: this module's own
}

// Library has the import paths of the packages that generated code stands on.
type Library struct{ Lister, Store string }

// LibraryAt is the workbook's lib, wherever it has moved to: "client-go-workbook/lib".
func LibraryAt(root string) Library {
	return Library{Lister: root + "/lister", Store: root + "/store"}
}

// withDefaults fills in what may be empty, and reports all that cannot be used.
func (o Options) withDefaults() (Options, error) {
	if o.Library == (Library{}) {
		o.Library = LibraryAt("client-go-workbook/lib")
	}
	var wrong []error
	if o.OutputDir == "" {
		wrong = append(wrong, errors.New("no output: --output-dir is the folder for the listers"))
	}
	wrong = append(wrong, render.CheckImportPath("output-pkg", o.OutputPackage, "that of --output-dir, as in example.com/shop/listers"))
	return o, errors.Join(wrong...)
}
