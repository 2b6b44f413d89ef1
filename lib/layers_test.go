package lib_test

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

// layers says who may import whom under lib/: a package imports only rows above its own line here, or what belongs to
// the same entry. An entry speaks for all packages beneath it that have no entry of their own. Tests may import anything.
var layers = [][]string{
	{"store", "broadcast", "workqueue", "retry", "flowcontrol", "reference", "testing", "codegen/model", "apitest", "clientcmd/api"},
	{"rest", "fifo", "lister", "codegen/scan", "codegen/render"},
	{"clientcmd", "discovery", "restmapper", "dynamic", "typed", "reflector", "codegen/clientgen", "codegen/listergen", "codegen/informergen", "codegen/deepcopygen", "codegen/registergen"},
	{"codegen/cmd", "kubernetes", "listers", "informer", "cluster"},
	{"informers", "record", "dynamic/dynamicinformer", "demo"},
	{"events"}, // a client of record, where the API is too old for it
}

// forbidden modules are what this workbook builds again; only nested modules may compare with them, or run them.
var forbidden = []string{"k8s.io/client-go", "k8s.io/kubernetes", "k8s.io/code-generator"}

// The files are parsed here, through os.Open, and not asked for from "go list": go test then counts them and their
// folders among the test's inputs, so that a pass in its cache does not outlive a change.
func TestImportsKeepToTheLayers(t *testing.T) {
	violations, err := checkImports(os.DirFS(".."))
	require.NoError(t, err)
	require.Empty(t, violations, "see the table at the top of lib/layers_test.go")
}

// checkImports holds the main module at the root of fsys against the table, and returns a line for each violation.
func checkImports(fsys fs.FS) ([]string, error) {
	gomod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	_, rest, _ := bytes.Cut(gomod, []byte("module "))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	c := checker{fsys: fsys, module: string(bytes.TrimSpace(line)), unlisted: map[string]bool{}}
	err = fs.WalkDir(fsys, ".", c.visit)
	return c.violations, err
}

type checker struct {
	fsys       fs.FS
	module     string
	unlisted   map[string]bool
	violations []string
}

func (c *checker) visit(name string, d fs.DirEntry, err error) error {
	switch {
	case err != nil:
		return err
	case d.IsDir():
		return c.enter(name)
	case path.Ext(name) == ".go":
		return c.file(name)
	}
	return nil
}

// enter skips what the go command skips too, and nested modules.
func (c *checker) enter(dir string) error {
	if dir == "." {
		return nil
	}
	base := path.Base(dir)
	if base == "testdata" || base == "vendor" || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") {
		return fs.SkipDir
	}
	if _, err := fs.Stat(c.fsys, path.Join(dir, "go.mod")); err == nil {
		return fs.SkipDir
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (c *checker) file(name string) error {
	source, err := fs.ReadFile(c.fsys, name)
	if err != nil {
		return err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return err
	}
	pkg, inLib := strings.CutPrefix(path.Dir(name), "lib/")
	inLib = inLib && !strings.HasSuffix(name, "_test.go")
	if inLib {
		c.checkListed(pkg)
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return err
		}
		c.checkForbidden(name, imported)
		if inLib {
			c.checkLayer(name, pkg, imported)
		}
	}
	return nil
}

func (c *checker) checkForbidden(file, imported string) {
	for _, module := range forbidden {
		if imported == module || strings.HasPrefix(imported, module+"/") {
			c.violate("%s imports %s: the main module builds it again and never uses it; a comparison belongs into the nested module lib/conformance", file, imported)
		}
	}
}

func (c *checker) checkListed(pkg string) {
	if _, row := layerOf(pkg); row > 0 || c.unlisted[pkg] {
		return
	}
	c.unlisted[pkg] = true
	c.violate("lib/%s is in no row: add it to the table in lib/layers_test.go, in the lowest row that has all it imports above it", pkg)
}

func (c *checker) checkLayer(file, pkg, imported string) {
	local, ours := strings.CutPrefix(imported, c.module+"/")
	if !ours {
		return
	}
	target, inLib := strings.CutPrefix(local, "lib/")
	if !inLib {
		c.violate("%s imports %s: lib knows nothing of chapters and exercises", file, local)
		return
	}
	entry, row := layerOf(pkg)
	targetEntry, targetRow := layerOf(target)
	if row == 0 || entry == targetEntry || targetRow > 0 && targetRow < row {
		return
	}
	c.violate("%s imports lib/%s: %s is in row %d, %s in row %d, and a package imports only rows before its own; declare the interface that it needs instead",
		file, target, pkg, row, target, targetRow)
}

func (c *checker) violate(format string, args ...any) {
	c.violations = append(c.violations, fmt.Sprintf(format, args...))
}

// layerOf finds the entry that speaks for a package: the longest that is the package or a folder above it.
// Rows count from 1; 0 is none.
func layerOf(pkg string) (entry string, row int) {
	for ; pkg != "."; pkg = path.Dir(pkg) {
		for i, entries := range layers {
			if slices.Contains(entries, pkg) {
				return pkg, i + 1
			}
		}
	}
	return "", 0
}

func TestEveryEntryStandsOnce(t *testing.T) {
	all := slices.Sorted(slices.Values(slices.Concat(layers...)))
	require.Equal(t, slices.Compact(slices.Clone(all)), all)
}

func TestPlantedImports(t *testing.T) {
	for name, tc := range map[string]struct {
		file    string
		imports string
		want    string // "" if it is fine
	}{
		"a row before":                  {"lib/reflector/a.go", "example.test/w/lib/rest", ""},
		"several rows before":           {"lib/record/a.go", "example.test/w/lib/store", ""},
		"beneath a row before":          {"lib/kubernetes/a.go", "example.test/w/lib/rest/transport", ""},
		"from beneath an entry":         {"lib/kubernetes/typed/core/v1/a.go", "example.test/w/lib/typed", ""},
		"its own folder":                {"lib/rest/a.go", "example.test/w/lib/rest/transport", ""},
		"the folder that it is in":      {"lib/discovery/memory/a.go", "example.test/w/lib/discovery", ""},
		"a later row":                   {"lib/rest/a.go", "example.test/w/lib/discovery", "lib/rest/a.go imports lib/discovery: rest is in row 2, discovery in row 3, "},
		"the same row":                  {"lib/fifo/a.go", "example.test/w/lib/rest", "lib/fifo/a.go imports lib/rest: fifo is in row 2, rest in row 2, "},
		"an entry of its own":           {"lib/dynamic/a.go", "example.test/w/lib/dynamic/dynamicinformer", "lib/dynamic/a.go imports lib/dynamic/dynamicinformer: dynamic is in row 3, dynamic/dynamicinformer in row 5, "},
		"a name that begins alike":      {"lib/restmapper/a.go", "example.test/w/lib/rest", ""},
		"in a test":                     {"lib/store/a_test.go", "example.test/w/lib/informers", ""},
		"other modules":                 {"lib/store/a.go", "k8s.io/apimachinery/pkg/runtime", ""},
		"a package in no row":           {"lib/novel/a.go", "fmt", "lib/novel is in no row: add it to the table in lib/layers_test.go"},
		"an import in no row":           {"lib/rest/a.go", "example.test/w/lib/novel", "lib/rest/a.go imports lib/novel: rest is in row 2, novel in row 0, "},
		"a chapter":                     {"lib/store/a.go", "example.test/w/ch01-clients", "lib/store/a.go imports ch01-clients: lib knows nothing"},
		"exercises":                     {"lib/store/a.go", "example.test/w/exercises/ch01-clients", "lib/store/a.go imports exercises/ch01-clients: lib knows nothing"},
		"client-go in lib":              {"lib/rest/a.go", "k8s.io/client-go/rest", "lib/rest/a.go imports k8s.io/client-go/rest: "},
		"client-go in a test":           {"lib/rest/a_test.go", "k8s.io/client-go/rest", "lib/rest/a_test.go imports k8s.io/client-go/rest: "},
		"client-go in a chapter":        {"ch01-clients/01-restclient/main.go", "k8s.io/client-go/kubernetes", "ch01-clients/01-restclient/main.go imports k8s.io/client-go/kubernetes: "},
		"kubernetes":                    {"scripts/a.go", "k8s.io/kubernetes/cmd/kube-apiserver/app", "scripts/a.go imports k8s.io/kubernetes/cmd/kube-apiserver/app: "},
		"code-generator":                {"lib/codegen/cmd/a.go", "k8s.io/code-generator", "lib/codegen/cmd/a.go imports k8s.io/code-generator: "},
		"a module that begins alike":    {"lib/rest/a.go", "k8s.io/client-gone", ""},
		"client-go in a nested module":  {"lib/conformance/a.go", "k8s.io/client-go/rest", ""},
		"client-go beneath one":         {"lib/conformance/deep/a.go", "k8s.io/client-go/rest", ""},
		"what the go command never has": {"lib/codegen/testdata/a.go", "k8s.io/client-go/rest", ""},
	} {
		t.Run(name, func(t *testing.T) {
			violations, err := checkImports(fstest.MapFS{
				"go.mod":                 {Data: []byte("module example.test/w\n\ngo 1.26\n")},
				"lib/conformance/go.mod": {Data: []byte("module example.test/w/lib/conformance\n")},
				tc.file:                  {Data: fmt.Appendf(nil, "package a\n\nimport _ %q\n", tc.imports)},
			})
			require.NoError(t, err)
			if tc.want == "" {
				require.Empty(t, violations)
				return
			}
			require.Len(t, violations, 1)
			require.Contains(t, violations[0], tc.want)
		})
	}
}

func TestFileThatDoesNotParse(t *testing.T) {
	_, err := checkImports(fstest.MapFS{
		"go.mod":         {Data: []byte("module example.test/w\n")},
		"lib/store/a.go": {Data: []byte("package")},
	})
	require.ErrorContains(t, err, "lib/store/a.go")
}
