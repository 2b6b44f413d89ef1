package registergen_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"client-go-workbook/lib/codegen/registergen"
)

// What is generated for a whole module, and that it works, is in cmd/register-gen/testdata.

// module writes files in the form of txtar to a folder, which is a module and the working folder until the test has ended.
func module(t *testing.T, files string) {
	t.Helper()
	t.Chdir(t.TempDir())
	write(t, "go.mod", "module example.test\n\ngo 1.26.0\n")
	for _, f := range txtar.Parse([]byte(files)).Files {
		write(t, f.Name, string(f.Data))
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func generate(t *testing.T, packages ...string) ([]string, error) {
	t.Helper()
	result, err := registergen.Generate(t.Context(), registergen.Options{Packages: packages})
	return result.Written, err
}

const (
	doc   = "// +groupName=shop.example.test\npackage v1\n"
	types = "package v1\n\nimport metav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n\n" + widget
	// TypeMeta may have any tag: it is "" or ",inline" as a rule.
	widget = "// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object\ntype Widget struct {\n\tmetav1.TypeMeta `json:\"\"`\n}\n"
)

// Each row is a package v1 with types.go and doc.go, and the types that are registered.
func TestWhatIsRegistered(t *testing.T) {
	for name, row := range map[string]struct{ doc, more, want string }{
		"what has a TypeMeta": {doc, widget, "&Other{}, &Widget{},"},
		"by hand":             {doc, "type Other struct{ metav1.TypeMeta }\n\nfunc (in *Other) DeepCopyObject() runtime.Object { return in }\n", "&Other{}, &Widget{},"},
		"of several":          {doc, "// +k8s:deepcopy-gen:interfaces=example.test.Shape, k8s.io/apimachinery/pkg/runtime.Object\ntype Other struct{ metav1.TypeMeta }\n", "&Other{}, &Widget{},"},
		"parts are not":       {doc, "type Part struct{ TypeMeta metav1.TypeMeta }\ntype List []Widget\ntype hidden struct{ metav1.TypeMeta }\n", "&Widget{},"},
		"by what it embeds": {
			doc, "type base struct{ *inner }\ntype inner struct{ *base; metav1.TypeMeta }\ntype loop struct{ *loop }\n" +
				strings.Replace(widget, "metav1.TypeMeta `json:\"\"`", "loop\n\tbase", 1), "&Other{}, &Widget{},",
		},
		"by a tag": {"// +k8s:register-gen=true\npackage v1\n", "", "&Widget{},"},
		"by both":  {"// +k8s:register-gen=true\n// +groupName=other.example.test\npackage v1\n", "", "&Widget{},"},
	} {
		t.Run(name, func(t *testing.T) {
			module(t, "-- shop/v1/doc.go --\n"+row.doc+"-- shop/v1/types.go --\n"+types+strings.ReplaceAll(row.more, "type Widget", "type Other"))
			written, err := generate(t, "./...")
			require.NoError(t, err)
			require.Equal(t, []string{"generated.register.go"}, written)
			_, text, _ := strings.Cut(read(t, "shop/v1/generated.register.go"), "scheme.AddKnownTypes(SchemeGroupVersion,")
			text, _, _ = strings.Cut(text, ")")
			require.Equal(t, strings.Fields(row.want), strings.Fields(text))
		})
	}
}

// The group is the tag's, or else the folder's.
func TestGroups(t *testing.T) {
	for doc, want := range map[string]string{
		"// +groupName=shop.example.test": `GroupName = "shop.example.test"`,
		"// +groupName=":                  `GroupName = ""`,
		"// +k8s:register-gen=true":       `GroupName = "shop"`,
	} {
		module(t, "-- shop/v1beta1/doc.go --\n"+doc+"\npackage v1beta1\n-- shop/v1beta1/types.go --\n"+strings.ReplaceAll(types, "v1\n", "v1beta1\n"))
		_, err := generate(t, "./shop/v1beta1")
		require.NoError(t, err)
		require.Contains(t, read(t, "shop/v1beta1/generated.register.go"), want)
		require.Contains(t, read(t, "shop/v1beta1/generated.register.go"), `Version: "v1beta1"`)
	}
}

// Others go on without a word, if there is one at least that wants to be registered.
func TestPackagesThatArePassedOver(t *testing.T) {
	for name, files := range map[string]string{
		"no tag":           "-- off/v1/types.go --\n" + types,
		"declined":         "-- off/v1/doc.go --\n// +k8s:register-gen=false\n" + doc + "-- off/v1/types.go --\n" + types,
		"nothing to do":    "-- off/doc.go --\n" + strings.ReplaceAll(doc, "v1", "off"),
		"written by hand":  "-- off/v1/doc.go --\n" + doc + "-- off/v1/types.go --\n" + types + "-- off/v1/register.go --\npackage v1\n",
		"nothing exported": "-- off/v1/doc.go --\n" + doc + "-- off/v1/types.go --\npackage v1\n\ntype hidden struct{ TypeMeta }\n",
	} {
		t.Run(name, func(t *testing.T) {
			module(t, "-- shop/v1/doc.go --\n"+doc+"-- shop/v1/types.go --\n"+types+files)
			written, err := generate(t, "./...")
			require.NoError(t, err)
			require.Equal(t, []string{"shop/v1/generated.register.go"}, written)
		})
	}
}

// Each row is what is added to a package that is fine, and the whole error. Nothing is written, of another package neither.
func TestWrongInput(t *testing.T) {
	for name, row := range map[string]struct{ path, text, want string }{
		"no DeepCopyObject": {
			"shop/v1/more.go", "package v1\n\ntype Other struct{ TypeMeta }\n",
			"shop/v1/more.go:3: Other has a TypeMeta, but no DeepCopyObject; write // +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object above it",
		},
		"an interface with a longer name": {
			"shop/v1/more.go", "package v1\n\n// +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.ObjectTyper\ntype Other struct{ TypeMeta }\n",
			"shop/v1/more.go:4: Other has a TypeMeta, but no DeepCopyObject; write // +k8s:deepcopy-gen:interfaces=k8s.io/apimachinery/pkg/runtime.Object above it",
		},
		"a name of ours": {
			"shop/v1/more.go", "package v1\n\nvar GroupName, other = 1, 2\n\ntype Resource struct{}\n",
			"shop/v1/more.go:3: GroupName is declared here, and register-gen declares it too; write another name, or +k8s:register-gen=false in doc.go to register by hand\n" +
				"shop/v1/more.go:5: Resource is declared here, and register-gen declares it too; write another name, or +k8s:register-gen=false in doc.go to register by hand",
		},
		"a name of ours in a generated file": {
			"shop/v1/more.go", "// Code generated by other-gen. DO NOT EDIT.\n\npackage v1\n\nfunc AddToScheme() {}\n",
			"shop/v1/more.go:5: AddToScheme is declared here, and register-gen declares it too; write another name, or +k8s:register-gen=false in doc.go to register by hand",
		},
		"no version": {
			"shop/doc.go", "// +groupName=shop.example.test\npackage shop\n\ntype Widget struct{ TypeMeta }\n\nfunc (Widget) DeepCopyObject() {}\n",
			"shop/doc.go:1: package example.test/shop is to be registered, but its path does not end in a version; write the types in a folder such as example.test/shop/v1, or +k8s:register-gen=false",
		},
		"nothing to register": {
			"bare/v1/doc.go", "// +k8s:register-gen=true\npackage v1\n",
			"bare/v1/doc.go:1: package example.test/bare/v1 has no type to register; write metav1.TypeMeta `json:\"\"` in a type, or +k8s:register-gen=false",
		},
		"asked for, and written by hand": {
			"bare/v1/register.go", "// +k8s:register-gen=true\npackage v1\n",
			"bare/v1/register.go:1: +k8s:register-gen, but there is a register.go that a hand has written; write +k8s:register-gen=false, or leave register.go to the generator",
		},
		"no name of a group": {
			"bare/v1/doc.go", "// +groupName=Shop\npackage v1\n",
			`bare/v1/doc.go:1: "Shop" is no name of a group; write +groupName= with a DNS name in lower case, such as +groupName=shop.example.com`,
		},
		"no group in the path": {
			"Bare/v1/doc.go", "// +k8s:register-gen=true\npackage v1\n",
			`Bare/v1/doc.go:1: "Bare" is no name of a group; write +groupName= with a DNS name in lower case, such as +groupName=shop.example.com`,
		},
		"neither true nor false": {
			"bare/v1/doc.go", "// +k8s:register-gen=package\npackage v1\n",
			"bare/v1/doc.go:1: +k8s:register-gen=package is neither true nor false; write +k8s:register-gen=false, or leave it out",
		},
	} {
		t.Run(name, func(t *testing.T) {
			module(t, "-- shop/v1/doc.go --\n"+doc+"-- shop/v1/types.go --\n"+types+"-- other/v1/doc.go --\n"+doc+"-- other/v1/types.go --\n"+types)
			write(t, row.path, row.text)
			_, err := generate(t, "./...")
			require.EqualError(t, err, row.want)
			require.NoFileExists(t, "other/v1/generated.register.go")
			require.NoFileExists(t, "shop/v1/generated.register.go")
		})
	}
}

// A run replaces what the one before has written, under whatever name, and reports what it has not replaced.
func TestRunAgain(t *testing.T) {
	module(t, "-- v1/doc.go --\n"+doc+"-- v1/types.go --\n"+types)
	o := registergen.Options{Packages: []string{"./v1"}, OutputFile: "register.go"}
	result, err := registergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, []string{"register.go"}, result.Written)
	result, err = registergen.Generate(t.Context(), o)
	require.NoError(t, err, "this register.go is not by hand")
	require.Equal(t, []string{"register.go"}, result.Unchanged)

	o.OutputFile = "zz_generated.register.go"
	result, err = registergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, []string{"register.go"}, result.Stale)
	require.FileExists(t, "v1/register.go")
	o.Prune = true
	_, err = registergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.NoFileExists(t, "v1/register.go")
}

// What is imported must not be called like what the package declares, in other files too.
func TestImportsKeepOutOfTheWay(t *testing.T) {
	module(t, "-- v1/doc.go --\n"+doc+"-- v1/types.go --\n"+types+"\nvar schema, runtime = 1, 2\n")
	_, err := generate(t, "./v1")
	require.NoError(t, err)
	require.Contains(t, read(t, "v1/generated.register.go"), `runtimeschema "k8s.io/apimachinery/pkg/runtime/schema"`)
	require.Contains(t, read(t, "v1/generated.register.go"), `pkgruntime "k8s.io/apimachinery/pkg/runtime"`)
}

func TestWrongOptions(t *testing.T) {
	module(t, "-- plain/v1/types.go --\n"+types+"-- shop/v1/doc.go --\n"+doc+"-- shop/v1/types.go --\n"+types)
	for want, o := range map[string]registergen.Options{
		"no packages to read":                         {},
		`--output-file: "v1/a.go": write the name of`: {Packages: []string{"./shop/v1"}, OutputFile: "v1/a.go"},
		"read the header":                             {Packages: []string{"./shop/v1"}, GoHeaderFile: "nowhere"},
		"nothing to register: write // +groupName=":   {Packages: []string{"./plain/v1"}},
		"./nowhere": {Packages: []string{"./nowhere"}},
		"types.go is not generated: it has no line \"// Code": {Packages: []string{"./shop/v1"}, OutputFile: "types.go"},
	} {
		_, err := registergen.Generate(t.Context(), o)
		require.ErrorContains(t, err, want)
	}
	require.NoFileExists(t, "shop/v1/generated.register.go")
}
