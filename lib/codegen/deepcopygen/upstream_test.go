package deepcopygen_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/deepcopygen"
)

// What upstream writes, and what we do: the result is the same.
var (
	returns = regexp.MustCompile(`\n\t*return\n`) // at the end: nothing
	outVals = regexp.MustCompile(`var outVal .*`) // by its name or written out: a value can be assigned to both
	written = strings.NewReplacer(
		"clone := in.DeepCopy()\n*out = *clone\n", "*out = *in.DeepCopy()\n",
		// outVal is nil to begin with.
		"if val == nil {\n\t\t\t(*out)[key] = nil\n\t\t} else {", "if val != nil {",
		"if val == nil {\n\t\t(*out)[key] = nil\n\t} else {", "if val != nil {",
		// A package's own name for a type: the other package need not be imported.
		"k8s.io/api/admissionregistration/v1.RuleWithOperations", "RuleWithOperations",
		"k8s.io/api/admissionregistration/v1.ReinvocationPolicyType", "ReinvocationPolicyType",
	)
)

// asOurs is a body as we write it, if upstream has written it.
func asOurs(head, body string) string {
	body = returns.ReplaceAllString(body, "\n")
	body = written.Replace(outVals.ReplaceAllString(body, "var outVal"))
	if strings.Contains(head, "CapacityRequestPolicy)") { // has Quantities, with two methods of which each does
		body = strings.ReplaceAll(body, "(*in)[i].DeepCopyInto(&(*out)[i])", "(*out)[i] = (*in)[i].DeepCopy()")
	}
	return body
}

// These modules come with what upstream's deepcopy-gen has made of them. Ours writes the same functions, with the same statements in
// the same order, but for what differs above.
func TestKubernetes(t *testing.T) {
	for _, module := range []string{"k8s.io/api", "k8s.io/apimachinery"} {
		t.Run(module, func(t *testing.T) { compareModule(t, module) })
	}
}

func compareModule(t *testing.T, module string) {
	const generated = "zz_generated.deepcopy.go"
	theirs := moduleFolder(t, module)
	ours := inPlaceOf(t, module)
	var want []string
	for _, file := range goFiles(t, theirs) {
		text, err := os.ReadFile(filepath.Join(theirs, file))
		require.NoError(t, err)
		write(t, filepath.Join(ours, file), string(text))
		if path.Base(file) == generated {
			want = append(want, file)
		}
	}
	require.NotEmpty(t, want)
	result, err := deepcopygen.Generate(t.Context(), deepcopygen.Options{Dir: filepath.Dir(ours), Packages: []string{module + "/..."}, OutputFile: generated})
	require.NoError(t, err)
	require.Equal(t, want, result.Written)
	for _, file := range want {
		theirs, ours := functions(t, filepath.Join(theirs, file)), functions(t, filepath.Join(ours, file))
		heads := slices.Sorted(maps.Keys(theirs))
		require.NotEmpty(t, heads)
		require.Equal(t, heads, slices.Sorted(maps.Keys(ours)), file)
		for _, head := range heads {
			assert.Equal(t, asOurs(head, theirs[head]), asOurs(head, ours[head]), "%s: %s", file, head)
		}
	}
}

// moduleFolder is where the module cache has the version that the workbook uses.
func moduleFolder(t *testing.T, module string) string {
	out, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// inPlaceOf is a folder beneath a module that takes it for another module, and has otherwise the workbook's dependencies.
func inPlaceOf(t *testing.T, module string) string {
	dir := t.TempDir()
	for _, file := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile("../../../" + file)
		require.NoError(t, err)
		write(t, filepath.Join(dir, file), string(text))
	}
	edit := exec.CommandContext(t.Context(), "go", "mod", "edit", "-replace="+module+"=./copy")
	edit.Dir = dir
	require.NoError(t, edit.Run())
	return filepath.Join(dir, "copy")
}

// goFiles are the Go files of a module, and what makes it one.
func goFiles(t *testing.T, dir string) (files []string) {
	require.NoError(t, fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if filepath.Ext(path) == ".go" || path == "go.mod" || path == "go.sum" {
			files = append(files, path)
		}
		return err
	}))
	return files
}

// functions reads a file's functions: from the head of each to its body. Packages are named by import path.
func functions(t *testing.T, file string) map[string]string {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, 0)
	require.NoError(t, err)
	nameByPath(t, f)
	all := map[string]string{}
	for _, decl := range f.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			body := f.Body
			f.Body = nil
			all[text(t, f)] = statements(t, body)
		}
	}
	return all
}

// nameByPath has a file name other packages by their whole paths.
func nameByPath(t *testing.T, f *ast.File) {
	paths := map[string]string{}
	for _, spec := range f.Imports {
		importPath, err := strconv.Unquote(spec.Path.Value)
		require.NoError(t, err)
		name := path.Base(importPath)
		if spec.Name != nil {
			name = spec.Name.Name
		}
		paths[name] = importPath
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && paths[x.Name] != "" {
				x.Name = paths[x.Name]
			}
		}
		return true
	})
}

// statements prints a body without assignments of fields that *out = *in has made already.
func statements(t *testing.T, body *ast.BlockStmt) string {
	var all []string
	for _, s := range body.List {
		one := text(t, s)
		left, right, _ := strings.Cut(one, " = ")
		field, ofOut := strings.CutPrefix(left, "out.")
		if !ofOut || right != "in."+field || !token.IsIdentifier(field) || all[0] != "*out = *in" {
			all = append(all, one)
		}
	}
	return strings.Join(all, "\n") + "\n"
}

func text(t *testing.T, n ast.Node) string {
	var b bytes.Buffer
	require.NoError(t, printer.Fprint(&b, token.NewFileSet(), n))
	return b.String()
}
