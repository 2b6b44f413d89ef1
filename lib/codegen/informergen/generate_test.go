package informergen_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/informergen"
	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// What is generated for whole modules is in cmd/informer-gen/testdata.

const (
	imports = "import metav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n\n"
	till    = "// +genclient\ntype Till struct {\n\tmetav1.TypeMeta\n\tmetav1.ObjectMeta\n}\n\n" +
		"type TillList struct {\n\tmetav1.TypeMeta\n\tmetav1.ListMeta\n\tItems []Till\n}\n"
)

// api is a package with a type Till. Tags of genclient go to the type, others above the package clause.
func api(t *testing.T, importPath string, tags ...string) *model.Package {
	ofPackage, ofType := "", ""
	for _, tag := range tags {
		if strings.HasPrefix(tag, "+genclient") {
			ofType += "// " + tag + "\n"
		} else {
			ofPackage += "// " + tag + "\n"
		}
	}
	text := ofPackage + "package " + importPath[strings.LastIndexByte(importPath, '/')+1:] + "\n\n" + imports + ofType + till
	p, err := scan.Source(importPath, map[string][]byte{"types.go": []byte(text)})
	require.NoError(t, err)
	return p
}

var options = informergen.Options{
	OutputDir: "informers", OutputPackage: "example.test/informers",
	ClientsetPackage: "example.test/clientset", ListersPackage: "example.test/listers",
}

func format(t *testing.T, o informergen.Options, packages ...*model.Package) map[string][]byte {
	files, err := informergen.Files(packages, o)
	require.NoError(t, err)
	texts, err := files.Format()
	require.NoError(t, err)
	return texts
}

// Groups whose names mean something else to Go, or in the factory's file.
func TestGroupsThatShareAName(t *testing.T) {
	for _, folder := range []string{"f", "with", "init", "main"} {
		texts := format(t, options, api(t, "example.test/apis/"+folder+"/v1"))
		require.Contains(t, string(texts["factory.go"]), "\texternalversions"+folder+" \"example.test/informers/externalversions/"+folder+"\"\n")
	}
	o := options
	o.ClientsetPackage = "example.test/version"
	require.Contains(t, string(format(t, o, api(t, "example.test/apis/shop/v1"))["shop/v1/till.go"]), "\texampletestversion \"example.test/version\"\n")
}

// The factory's package is called like its folder, wherever groups come from.
func TestLayout(t *testing.T) {
	texts := format(t, options, api(t, "example.test/apis/shop/v1"), api(t, "example.test/apis/my-web.example.test/v1", "+groupGoName=Web"))
	require.Equal(t, []string{
		"factory.go", "generic.go", "internalinterfaces/factory_interfaces.go",
		"my-web.example.test/interface.go", "my-web.example.test/v1/interface.go", "my-web.example.test/v1/till.go",
		"shop/interface.go", "shop/v1/interface.go", "shop/v1/till.go",
	}, slices.Sorted(maps.Keys(texts)))
	require.Contains(t, string(texts["factory.go"]), "package externalversions")
	require.Contains(t, string(texts["factory.go"]), `"example.test/informers/externalversions/shop"`)
	require.Contains(t, string(texts["my-web.example.test/interface.go"]), "package myweb")
	require.Contains(t, string(texts["shop/v1/till.go"]), `"example.test/informers/externalversions/internalinterfaces"`)
	require.Contains(t, string(texts["shop/v1/till.go"]), `listers "example.test/listers/shop/v1"`)

	o := options
	o.SingleDirectory = true
	o.Library = informergen.LibraryAt("example.test/elsewhere")
	texts = format(t, o, api(t, "example.test/apis/shop/v1"))
	require.Contains(t, string(texts["factory.go"]), "package informers")
	require.Contains(t, string(texts["factory.go"]), `"example.test/elsewhere/informer"`)
}

// A group may have a name that means something to Go, or to the factory's package alone.
func TestGroupsWithOddNames(t *testing.T) {
	texts := format(t, options, api(t, "example.test/apis/func/v1"), api(t, "example.test/apis/2d/v1", "+groupGoName=Plane"), api(t, "example.test/apis/externalversions/v1"))
	require.Contains(t, string(texts["func/interface.go"]), "package xfunc\n")
	require.Contains(t, string(texts["2d/interface.go"]), "package x2d\n")
	require.Contains(t, string(texts["factory.go"]), "Func() externalversionsfunc.Interface\n")
	require.Contains(t, string(texts["factory.go"]), "Externalversions() externalversionsexternalversions.Interface\n")
}

func TestGroupsThatTheFactoryHasNoPlaceFor(t *testing.T) {
	for name, p := range map[string]*model.Package{
		"in folder internalinterfaces and in Go Internalinterfaces": api(t, "example.test/apis/internalinterfaces/v1"),
		"in folder stop and in Go Shutdown":                         api(t, "example.test/apis/stop/v1", "+groupGoName=Shutdown"),
	} {
		_, err := informergen.Files([]*model.Package{p}, options)
		require.ErrorContains(t, err, "types.go:")
		require.ErrorContains(t, err, "would be "+name+", and the factory has one of these for itself; write another +groupGoName")
	}
}

// Two types may be views of one resource. The first by name is what ForResource finds, as upstream.
func TestTwoTypesOfOneResource(t *testing.T) {
	two := "package v1\n\n" + imports + till + "\n// +resourceName=tills\n" + strings.ReplaceAll(till, "Till", "Desk")
	p, err := scan.Source("example.test/apis/shop/v1", map[string][]byte{"types.go": []byte(two)})
	require.NoError(t, err)
	texts := format(t, options, p)
	require.Contains(t, texts, "shop/v1/desk.go")
	require.Contains(t, texts, "shop/v1/till.go")
	require.Equal(t, 1, strings.Count(string(texts["generic.go"]), "case \"tills\":\n\t\treturn informers.Desks().Informer()"))
	require.NotContains(t, string(texts["generic.go"]), "Tills()")
}

func TestWrongGroups(t *testing.T) {
	for name, tc := range map[string]struct {
		first, second *model.Package
		want          string
	}{
		"two groups in one folder": {
			api(t, "example.test/apis/shop/v1", "+groupName=shop.example.test"), api(t, "example.test/apis/shop/v2", "+groupName=shop.example.org"),
			`the informers of example.test/apis/shop/v2, group "shop.example.org", would be in folder shop and in Go Shop, but those of example.test/apis/shop/v1, group "shop.example.test", are in shop and Shop`,
		},
		"two names of a group": {
			api(t, "example.test/apis/shop/v1", "+groupName=shop.example.test"), api(t, "example.test/apis/shop/v2", "+groupName=shop.example.test", "+groupGoName=Retail"),
			`would be in folder shop and in Go Retail, but those of example.test/apis/shop/v1, group "shop.example.test", are in shop and Shop`,
		},
		"two groups with one name": {
			api(t, "example.test/apis/shop/v1", "+groupName=shop.example.test"), api(t, "example.test/apis/stores/v2", "+groupName=shop.example.org"),
			`would be in folder stores and in Go Shop, but those of example.test/apis/shop/v1, group "shop.example.test", are in shop and Shop`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := informergen.Files([]*model.Package{tc.first, tc.second}, options)
			require.ErrorContains(t, err, "types.go:")
			require.ErrorContains(t, err, tc.want)
			require.ErrorContains(t, err, "; write the same +groupName and +groupGoName")
		})
	}
}

func TestNothingToGenerate(t *testing.T) {
	for name, packages := range map[string][]*model.Package{
		"no package":      nil,
		"a quiet package": {api(t, "example.test/apis/shop/v1", "+k8s:informer-gen=false")},
		"no watch":        {api(t, "example.test/apis/shop/v1", "+genclient:skipVerbs=watch")},
		"no list":         {api(t, "example.test/apis/shop/v1", "+genclient:skipVerbs=list")},
		"no verbs":        {api(t, "example.test/apis/shop/v1", "+genclient:noVerbs")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := informergen.Files(packages, options)
			require.EqualError(t, err, "no type of these packages can be listed and watched; write // +genclient above one")
		})
	}
}

func TestWrongOptions(t *testing.T) {
	_, err := informergen.Files(nil, informergen.Options{})
	require.EqualError(t, err, `no output: --output-dir is the folder for the informers
--output-pkg "" is no import path: write that of --output-dir, as in example.com/shop/informers
--versioned-clientset-package "" is no import path: write that of the clientset, as in example.com/shop/clientset/versioned
--listers-package "" is no import path: write lister-gen's --output-pkg, as in example.com/shop/listers`)

	o := options
	o.PluralExceptions = []string{"Till"}
	_, err = informergen.Files(nil, o)
	require.EqualError(t, err, `plural exceptions "Till": write Type:Plural, as in Endpoints:Endpoints, and each type once`)
	o = options
	o.GoHeaderFile = "none.txt"
	_, err = informergen.Files(nil, o)
	require.ErrorIs(t, err, os.ErrNotExist)
}

// A run keeps to externalversions, and leaves nothing half done.
func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	write("go.mod", "module example.test\n\ngo 1.26.0\n")
	write("apis/shop/v1/types.go", "package v1\n\n"+imports+till)
	write("informers/old.go", "// Code generated by informer-gen. DO NOT EDIT.\n\npackage informers\n")
	write("informers/externalversions/old/v1/old.go", "// Code generated by informer-gen. DO NOT EDIT.\n\npackage v1\n")
	o := options
	o.Dir, o.Packages, o.OutputDir = dir, []string{"./apis/..."}, filepath.Join(dir, "informers")
	result, err := informergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.Len(t, result.Written, 6)
	require.Equal(t, []string{"old/v1/old.go"}, result.Stale)
	require.FileExists(t, filepath.Join(dir, "informers/externalversions/factory.go"))

	o.Prune = true
	result, err = informergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.Empty(t, result.Written)
	require.NoFileExists(t, filepath.Join(dir, "informers/externalversions/old/v1/old.go"))
	require.FileExists(t, filepath.Join(dir, "informers/old.go"), "that of another run")

	write("apis/shop/v1/types.go", "package v1\n\n"+imports+strings.ReplaceAll(till, "+genclient", "+genclient=true"))
	_, err = informergen.Generate(t.Context(), o)
	require.ErrorContains(t, err, "types.go:5: ")
	require.FileExists(t, filepath.Join(dir, "informers/externalversions/factory.go"))
}
