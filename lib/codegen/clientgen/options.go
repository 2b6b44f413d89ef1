package clientgen

import (
	"errors"
	"fmt"
	"go/token"
	"path/filepath"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/render"
)

// Options say what to read, what to make of it and where to write it. OutputDir, OutputPackage and at least one of Inputs and
// Packages must be set; everything else may be empty.
type Options struct {
	Dir       string   // where Inputs and Packages are looked up; empty: the working directory
	Inputs    []string // group/version, beneath InputBase: "apps/v1". The versions of a group keep this order in the scheme
	InputBase string   // an import path or folder; empty: Inputs are whole paths
	Packages  []string // more to read, as go list takes it: "./apis/..."; packages without +genclient are passed over

	OutputDir     string // a folder; the clientset is beneath it
	OutputPackage string // the folder's import path
	ClientsetName string // of the clientset's folder and package; empty: "internalclientset"
	APIPath       string // where the server serves groups with a name; empty: "/apis"

	ClientsetOnly bool // leave the typed clients as they are
	NoFakes       bool // no fake clientset and no fake clients
	// IncludedTypes are group/version/Type: of a group and version that is named here, the other types get no client.
	IncludedTypes    []string
	PluralExceptions []string // Type:Plural, as in "Endpoints:Endpoints"
	PrefersProtobuf  bool     // clients speak protobuf unless their config says otherwise; only types of k8s.io/api can

	GoHeaderFile string // a file with comments for the top of each generated file, YEAR in it is the current year; empty: none
	Prune        bool   // remove files of an earlier run that are no longer made, instead of only reporting them

	Library Library // empty: this module's own
}

// Library has the import paths of the packages that generated code stands on.
type Library struct {
	Rest, Typed, Discovery, Flowcontrol string
	Testing, FakeDiscovery              string // for fakes alone
}

// LibraryAt is the workbook's lib, wherever it has moved to: "client-go-workbook/lib".
func LibraryAt(root string) Library {
	return Library{
		Rest:          root + "/rest",
		Typed:         root + "/typed",
		Discovery:     root + "/discovery",
		Flowcontrol:   root + "/flowcontrol",
		Testing:       root + "/testing",
		FakeDiscovery: root + "/discovery/fake",
	}
}

// withDefaults fills in what may be empty.
func (o Options) withDefaults() Options {
	if o.ClientsetName == "" {
		o.ClientsetName = "internalclientset"
	}
	if o.APIPath == "" {
		o.APIPath = "/apis"
	}
	if o.Library == (Library{}) {
		o.Library = LibraryAt("client-go-workbook/lib")
	}
	return o
}

// wrong collects what cannot be used.
type wrong []error

func (w *wrong) report(bad bool, format string, args ...any) {
	if bad {
		*w = append(*w, fmt.Errorf(format, args...))
	}
}

func (o Options) checkInput() error {
	var all wrong
	all.report(len(o.Inputs)+len(o.Packages) == 0, "no input: name packages, or --input group/version with --input-base")
	for _, input := range o.Inputs {
		all.report(len(strings.Split(trim(input), "/")) < 2, "--input %q: write group/version, as in apps/v1", input)
	}
	return errors.Join(all...)
}

func (o Options) check() error {
	var all wrong
	all.report(o.OutputDir == "", "no output: --output-dir is the folder for the clientset")
	all = append(all, render.CheckImportPath("output-pkg", o.OutputPackage, "that of --output-dir, as in example.com/shop/clients"))
	all.report(!token.IsIdentifier(o.ClientsetName) || slices.Contains([]string{"_", "main", "vendor"}, o.ClientsetName),
		"--clientset-name %q is no name for a Go package that others import: write letters and digits", o.ClientsetName)
	all.report(o.APIPath[0] != '/' || strings.HasSuffix(o.APIPath, "/"), "--clientset-api-path %q: write it with a slash at the start and none at the end, as in /apis", o.APIPath)
	return errors.Join(all...)
}

// patterns are what go list is asked for.
func (o Options) patterns() []string {
	var all []string
	for _, input := range o.Inputs {
		if o.InputBase != "" {
			input = strings.TrimSuffix(o.InputBase, "/") + "/" + trim(input)
		}
		all = append(all, input)
	}
	return append(all, o.Packages...)
}

func trim(input string) string { return strings.Trim(input, "/") }

// dir is the clientset's folder, and ClientsetPackage its import path.
func (o Options) dir() string              { return filepath.Join(o.OutputDir, o.ClientsetName) }
func (o Options) ClientsetPackage() string { return o.OutputPackage + "/" + o.ClientsetName }
