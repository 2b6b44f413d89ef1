package listergen_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/codegen/listergen"
	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// What is generated for whole modules is in cmd/lister-gen/testdata.

// tagged is a package with a type Till with these tags.
func tagged(t *testing.T, tags ...string) *model.Package {
	p, err := scan.Source("example.test/apis/shop/v1", map[string][]byte{"types.go": []byte(source + "// " + strings.Join(tags, "\n// ") + "\n" + types)})
	require.NoError(t, err)
	return p
}

const (
	source = "// +groupName=shop.example.test\npackage v1\n\nimport metav1 \"k8s.io/apimachinery/pkg/apis/meta/v1\"\n\n"
	types  = "type Till struct {\n\tmetav1.TypeMeta\n\tmetav1.ObjectMeta\n}\n\n" +
		"type TillList struct {\n\tmetav1.TypeMeta\n\tmetav1.ListMeta\n\tItems []Till\n}\n"
)

var options = listergen.Options{OutputDir: "listers", OutputPackage: "example.test/listers"}

func TestWhichTypesHaveALister(t *testing.T) {
	for tags, want := range map[string]bool{
		"+genclient":                                  true,
		"+genclient +genclient:nonNamespaced":         true,
		"+genclient +genclient:readonly":              true,
		"+genclient +genclient:noVerbs":               true,
		"+genclient +genclient:onlyVerbs=get,list":    true,
		"+genclient +genclient:onlyVerbs=list,watch":  true,
		"+genclient +genclient:skipVerbs=watch":       true,
		"+genclient +genclient:skipVerbs=get,watch":   false,
		"+genclient +genclient:skipVerbs=list":        false,
		"+genclient +genclient:onlyVerbs=create,get":  false,
		"+genclient +genclient:onlyVerbs=list,create": false,
		"just a comment":                              false,
	} {
		t.Run(tags, func(t *testing.T) {
			p := tagged(t, strings.Split(tags, " ")...)
			require.Equal(t, want, listergen.Lists(p.Types[0]))
			_, err := listergen.Files([]*model.Package{p}, fstest.MapFS{}, options)
			if want {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, "no type of these packages has a lister; write // +genclient above one")
			}
		})
	}
}

// Expansions are declared where nobody has done it by hand.
func TestExpansions(t *testing.T) {
	text := func(there fstest.MapFS) string {
		files, err := listergen.Files([]*model.Package{tagged(t, "+genclient")}, there, options)
		require.NoError(t, err)
		texts, err := files.Format()
		require.NoError(t, err)
		require.Equal(t, []string{"shop/v1/expansion_generated.go", "shop/v1/till.go"}, slices.Sorted(maps.Keys(texts)))
		return string(texts["shop/v1/expansion_generated.go"])
	}
	require.Contains(t, text(nil), "type TillListerExpansion interface{}")
	require.Contains(t, text(nil), "type TillNamespaceListerExpansion interface{}")
	require.NotContains(t, text(fstest.MapFS{"shop/v1/till_expansion.go": {}}), "Expansion")
	require.Contains(t, text(fstest.MapFS{"shop/v1beta1/till_expansion.go": {}}), "type TillListerExpansion interface{}")
}

func TestWrongOptions(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*listergen.Options)
		want   string
	}{
		"no folder":        {func(o *listergen.Options) { o.OutputDir = "" }, "no output: --output-dir is the folder for the listers"},
		"no import path":   {func(o *listergen.Options) { o.OutputPackage = "" }, `--output-pkg "" is no import path: write that of --output-dir, as in example.com/shop/listers`},
		"a relative one":   {func(o *listergen.Options) { o.OutputPackage = "./listers" }, `--output-pkg "./listers" is no import path: write that of --output-dir, as in example.com/shop/listers`},
		"an absolute one":  {func(o *listergen.Options) { o.OutputPackage = "/listers" }, `--output-pkg "/listers" is no import path: write that of --output-dir, as in example.com/shop/listers`},
		"a slash too many": {func(o *listergen.Options) { o.OutputPackage += "/" }, `--output-pkg "example.test/listers/" is no import path: write that of --output-dir, as in example.com/shop/listers`},
		"no plural":        {func(o *listergen.Options) { o.PluralExceptions = []string{"Till"} }, `plural exceptions "Till": write Type:Plural, as in Endpoints:Endpoints, and each type once`},
		"no header":        {func(o *listergen.Options) { o.GoHeaderFile = "none.txt" }, "read the header: open none.txt: no such file or directory"},
	} {
		t.Run(name, func(t *testing.T) {
			o := options
			tc.change(&o)
			_, err := listergen.Files([]*model.Package{tagged(t, "+genclient")}, fstest.MapFS{}, o)
			require.EqualError(t, err, tc.want)
		})
	}
}

// A run writes all or nothing, tells what an earlier one has left, and removes that when told to.
func TestGenerate(t *testing.T) {
	dir := t.TempDir()
	write := func(path, text string) {
		path = filepath.Join(dir, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	}
	write("go.mod", "module example.test\n\ngo 1.26.0\n")
	write("apis/shop/v1/types.go", source+"// +genclient\n"+types)
	o := options
	o.Dir, o.Packages, o.OutputDir = dir, []string{"./apis/..."}, filepath.Join(dir, "listers")
	result, err := listergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, []string{"shop/v1/expansion_generated.go", "shop/v1/till.go"}, result.Written)

	write("apis/shop/v1/types.go", source+"// +genclient\n"+strings.ReplaceAll(types, "Till", "Desk"))
	write("listers/shop/v1/desk_expansion.go", "package v1\n")
	result, err = listergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, []string{"shop/v1/desk.go", "shop/v1/expansion_generated.go"}, result.Written)
	require.Equal(t, []string{"shop/v1/till.go"}, result.Stale)
	require.FileExists(t, filepath.Join(dir, "listers/shop/v1/till.go"))

	o.Prune = true
	result, err = listergen.Generate(t.Context(), o)
	require.NoError(t, err)
	require.Empty(t, result.Written)
	require.NoFileExists(t, filepath.Join(dir, "listers/shop/v1/till.go"))

	write("apis/shop/v1/types.go", source+"// +genclient\n// +genclient:frobnicate\n"+types)
	_, err = listergen.Generate(t.Context(), o)
	require.ErrorContains(t, err, "types.go:7: unknown tag +genclient:frobnicate")
	require.NoFileExists(t, filepath.Join(dir, "listers/shop/v1/till.go"))
	require.FileExists(t, filepath.Join(dir, "listers/shop/v1/desk.go"))
}
