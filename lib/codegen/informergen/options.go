package informergen

import (
	"errors"
	"path"
	"path/filepath"

	"client-go-workbook/lib/codegen/render"
)

// Options say what to read and where to write. Packages, OutputDir and the three import paths must be set; everything else may be empty.
type Options struct {
	Dir      string   // where Packages are looked up; empty: the working directory
	Packages []string // what to read, as go list takes it: "k8s.io/api/apps/v1", "./apis/..."; those without +genclient are passed over

	OutputDir        string   // a folder
	OutputPackage    string   // the folder's import path
	SingleDirectory  bool     // no folder externalversions between it and the groups
	ClientsetPackage string   // import path of the clientset: "example.com/shop/clientset/versioned"
	ListersPackage   string   // import path above that of the listers: "example.com/shop/listers"
	PluralExceptions []string // Type:Plural, as in "Endpoints:Endpoints"

	GoHeaderFile string // a file with comments for the top of each generated file, YEAR in it is the current year; empty: none
	Prune        bool   // remove files of an earlier run that are no longer made, instead of only reporting them

	Library Library // empty: this module's own
}

// Library has the import paths of the packages that generated code stands on.
type Library struct{ Informer, Lister, Reflector, Store string }

// LibraryAt is the workbook's lib, wherever it has moved to: "client-go-workbook/lib".
func LibraryAt(root string) Library {
	return Library{Informer: root + "/informer", Lister: root + "/lister", Reflector: root + "/reflector", Store: root + "/store"}
}

// withDefaults fills in what may be empty, and reports all that cannot be used.
func (o Options) withDefaults() (Options, error) {
	if o.Library == (Library{}) {
		o.Library = LibraryAt("client-go-workbook/lib")
	}
	var wrong []error
	if o.OutputDir == "" {
		wrong = append(wrong, errors.New("no output: --output-dir is the folder for the informers"))
	}
	wrong = append(wrong,
		render.CheckImportPath("output-pkg", o.OutputPackage, "that of --output-dir, as in example.com/shop/informers"),
		render.CheckImportPath("versioned-clientset-package", o.ClientsetPackage, "that of the clientset, as in example.com/shop/clientset/versioned"),
		render.CheckImportPath("listers-package", o.ListersPackage, "lister-gen's --output-pkg, as in example.com/shop/listers"),
	)
	return o, errors.Join(wrong...)
}

// dir is the factory's folder, and pkg its import path.
func (o Options) dir() string { return filepath.Join(o.OutputDir, o.sub()) }
func (o Options) pkg() string { return path.Join(o.OutputPackage, o.sub()) }

func (o Options) sub() string {
	if o.SingleDirectory {
		return ""
	}
	return "externalversions"
}
