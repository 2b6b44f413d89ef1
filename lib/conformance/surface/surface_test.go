package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	// What is compared, so that go test has no old result for new code.
	_ "client-go-workbook/lib/codegen/clientgen"
	_ "client-go-workbook/lib/codegen/informergen"
	_ "client-go-workbook/lib/codegen/listergen"
	_ "client-go-workbook/lib/informers"
	_ "client-go-workbook/lib/kubernetes/fake"

	"client-go-workbook/lib/conformance/surface/generators"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// With the same input and flags, our generators make what upstream's make.
func TestGeneratedSurface(t *testing.T) {
	c, err := generated(t.Context())
	require.NoError(t, err)
	require.True(t, c.equal(), "\n%s", c)
	require.Greater(t, c.theirs, 7_000, "so many symbols there are, or nothing was compared")
}

// With the tags that k8s.io/api has no use for, too.
func TestTaggedSurface(t *testing.T) {
	c, err := tagged(t.Context())
	require.NoError(t, err)
	require.True(t, c.equal(), "\n%s", c)
	require.Greater(t, c.theirs, 400)
}

// Who uses client-go's packages finds the same in lib's.
func TestCommittedSurface(t *testing.T) {
	c, err := committed(t.Context())
	require.NoError(t, err)
	require.True(t, c.equal(), "\n%s", c)
	require.Greater(t, c.theirs, 7_000, "so many symbols there are, or nothing was compared")
}

// A difference of any kind is seen, and nothing else.
func TestDifferences(t *testing.T) {
	for name, tc := range map[string]struct{ theirs, ours, want string }{
		"nothing":                           {"func F(a int) error { return nil }", "func F(b int) (err error) { return }", ""},
		"what is not exported":              {"type f struct{}; func (f) M() {}; type T int; func (T) m() {}", "var g = 1; type T int", ""},
		"fields that nobody sees":           {"type T struct{ a int }", "type T struct{ b string }", ""},
		"a function is missing":             {"func F() {}; func G() {}", "func F() {}", "- kubernetes.G func()"},
		"a function is extra":               {"func F() {}", "func F() {}; func G() {}", "+ kubernetes.G func()"},
		"a parameter has another type":      {"func F(int) {}", "func F(int64) {}", "- kubernetes.F func(int)\n+ kubernetes.F func(int64)"},
		"a result more":                     {"func F() {}", "func F() error { return nil }", "- kubernetes.F func()\n+ kubernetes.F func() error"},
		"variadic":                          {"func F(...int) {}", "func F([]int) {}", "- kubernetes.F func(...int)\n+ kubernetes.F func([]int)"},
		"a constant has another value":      {"const C = 1", "const C = 2", "- kubernetes.C const untyped int = 1\n+ kubernetes.C const untyped int = 2"},
		"a variable has another type":       {"var V = 1", "var V = `1`", "- kubernetes.V var int\n+ kubernetes.V var string"},
		"a type is an alias":                {"type T int", "type T = int", "- kubernetes.T type int\n+ kubernetes.T type = int"},
		"a type is no struct":               {"type T struct{}", "type T int", "- kubernetes.T type struct\n+ kubernetes.T type int"},
		"a field is missing":                {"type T struct{ A, B int }", "type T struct{ A int }", "- kubernetes.T.B field int"},
		"a field has another type":          {"type T struct{ A chan int }", "type T struct{ A <-chan int }", "- kubernetes.T.A field chan int\n+ kubernetes.T.A field <-chan int"},
		"a field is embedded":               {"type A int; type T struct{ A }", "type A int; type T struct{ A A }", "- kubernetes.T.A embedded kubernetes.A\n+ kubernetes.T.A field kubernetes.A"},
		"a method is missing":               {"type T int; func (T) M() {}", "type T int", "- kubernetes.T.M method()"},
		"a method wants a pointer":          {"type T int; func (T) M() {}", "type T int; func (*T) M() {}", "- kubernetes.T.M method()\n+ kubernetes.T.M pointer method()"},
		"a method comes from within":        {"type t int; func (t) M() {}; type T struct{ t }", "type T int; func (T) M() {}", "- kubernetes.T type struct\n+ kubernetes.T type int"},
		"a method hides a library's":        {"import `sync`; type T struct{ sync.Mutex }", "import `sync`; type T struct{ sync.Mutex }; func (*T) Lock() {}", "+ kubernetes.T.Lock pointer method()"},
		"an interface has a method":         {"type T interface{}", "type T interface{ M() }", "+ kubernetes.T.M method()"},
		"an interface embeds it":            {"type e interface{ M() }; type T interface{ e }", "type T interface{ M() }", ""},
		"an interface is closed":            {"type T interface{}", "type T interface{ m() }", "+ kubernetes.T.m hidden method()"},
		"a library's interface":             {"import \"fmt\"; type T interface{ fmt.Stringer; M() }", "type T interface{ String() string; M() }", "- kubernetes.T.Stringer embedded fmt.Stringer\n+ kubernetes.T.String method() string"},
		"one that is embedded further down": {"import \"fmt\"; type e interface{ fmt.Stringer }; type T interface{ e }", "import \"fmt\"; type T fmt.Stringer", "- kubernetes.T.Stringer embedded fmt.Stringer\n+ kubernetes.T.String method() string"},
		"type parameters":                   {"type T[A any] struct{}", "type T[A comparable] struct{}", "- kubernetes.T type[A any] struct\n+ kubernetes.T type[A comparable] struct"},
		"type arguments":                    {"type T[A any] struct{}; var V T[int]", "type T[A any] struct{}; var V T[string]", "- kubernetes.V var kubernetes.T[int]\n+ kubernetes.V var kubernetes.T[string]"},
		"a map, a func, an array":           {"func F(map[string]func(...any) [2]*int) {}", "func F(map[string]func(...any) [3]*int) {}", "- kubernetes.F func(map[string]func(...any) [2]*int)\n+ kubernetes.F func(map[string]func(...any) [3]*int)"},
		"another package's type":            {"import \"time\"; var V time.Time", "type Time struct{}; var V Time", "- kubernetes.V var time.Time\n+ kubernetes.Time type struct\n+ kubernetes.V var kubernetes.Time"},
		"the same package of libraries":     {"import \"k8s.io/client-go/rest\"; func F(rest.Interface) {}", "import \"client-go-workbook/lib/rest\"; func F(rest.Interface) {}", ""},
		"a name that has moved":             {"import \"k8s.io/client-go/tools/cache\"; var V cache.Indexer", "import \"client-go-workbook/lib/store\"; var V store.Indexer", ""},
		"a name that has not":               {"import \"k8s.io/client-go/tools/cache\"; var V cache.Indexer", "import \"client-go-workbook/lib/store\"; var V store.Store", "- kubernetes.V var store.Indexer\n+ kubernetes.V var store.Store"},
	} {
		t.Run(name, func(t *testing.T) {
			c := compareSources(t, tc.theirs, tc.ours)
			require.Equal(t, tc.want, differences(c))
			require.Equal(t, tc.want == "", c.equal())
		})
	}
}

// What users can't import is no surface, and each package is one of its own.
func TestPackages(t *testing.T) {
	theirs := source(t, generators.ClientGo.Module, map[string]string{
		"listers/a": "func F() {}; func G() {}", "listers/b": "", "listers/internal/c": "func F() {}", "rest": "func F() {}",
	})
	ours := source(t, generators.Workbook.Module, map[string]string{"listers/a": "func F() {}", "listers/b": "func G() {}"})
	c, err := compareTrees(t.Context(), "", theirs, ours, nil)
	require.NoError(t, err)
	require.Equal(t, "- listers/a.G func()\n+ listers/b.G func()", differences(c))
}

func TestExceptions(t *testing.T) {
	const theirs, ours = "func A() {}; func B() {}; func C() {}", "func A() {}; func C(int) {}"
	for name, tc := range map[string]struct {
		exceptions []exception
		want       string // what is left
		equal      bool
		report     string
	}{
		"none": {nil, "- kubernetes.B func()\n- kubernetes.C func()\n+ kubernetes.C func(int)", false, "missing: 2, extra: 1"},
		"all": {[]exception{{`kubernetes\.B`, 1, 0, "who wants B?"}, {`kubernetes\.C`, 1, 1, "C counts"}}, "", true,
			"explained: 1 missing, 1 extra: C counts\n  missing: 0, extra: 0"},
		"one that explains nothing": {[]exception{{`kubernetes\.[BC]`, 2, 1, "one"}, {`kubernetes\.D`, 1, 0, "none"}}, "", false,
			"explained: 0 missing, 0 extra: none\n  WRONG: exceptions.go says 1 missing, 0 extra for kubernetes\\.D"},
		"one that may explain nothing": {[]exception{{`kubernetes\.[BC]`, 2, 1, "one"}, {`kubernetes\.D`, 0, 0, "none"}}, "", false, "WRONG"},
		"more than it says":            {[]exception{{`kubernetes\.[BC]`, 1, 1, "one"}}, "", false, "explained: 2 missing, 1 extra: one\n  WRONG: exceptions.go says 1 missing, 1 extra"},
		"less than it says":            {[]exception{{`kubernetes\.[BC]`, 2, 2, "one"}}, "", false, "WRONG"},
		"only a part of the name":      {[]exception{{`kubernetes`, 2, 1, "all"}}, "- kubernetes.B func()\n- kubernetes.C func()\n+ kubernetes.C func(int)", false, "WRONG"},
		"the first of two":             {[]exception{{`kubernetes\.B`, 1, 0, "B"}, {`.*`, 1, 1, "the rest"}}, "", true, "1 missing, 1 extra: the rest"},
	} {
		t.Run(name, func(t *testing.T) {
			c := compareSources(t, theirs, ours, tc.exceptions...)
			require.Equal(t, tc.want, differences(c))
			require.Equal(t, tc.equal, c.equal())
			require.Contains(t, c.String(), tc.report)
		})
	}
}

// Generated code that does not compile is an error, though its surface might be right. So is a tree that is not there.
func TestWhatDoesNotCompile(t *testing.T) {
	whole := source(t, generators.ClientGo.Module, map[string]string{"kubernetes": "func F() {}"})
	broken := source(t, generators.Workbook.Module, map[string]string{"kubernetes": "func F() { nobody() }"})
	broken.bodies = true
	_, err := compareTrees(t.Context(), "", whole, broken, nil)
	require.ErrorContains(t, err, "undefined: nobody")

	importer := source(t, generators.Workbook.Module, map[string]string{"kubernetes": `import _ "client-go-workbook/lib/listers"`, "listers": "var V nothing"})
	_, err = compareTrees(t.Context(), "", whole, importer, nil)
	require.ErrorContains(t, err, "check client-go-workbook/lib/listers: ")
	require.NotContains(t, err.Error(), "could not import", "what is wrong is not said of those that import it")

	_, err = parse(generators.Workbook.Module, t.TempDir(), ".")
	require.ErrorContains(t, err, "parse the tree of client-go-workbook/lib: there is no Go file")
	_, err = parse(generators.Workbook.Module, t.TempDir(), "kubernetes")
	require.ErrorContains(t, err, "parse the tree of client-go-workbook/lib")
}

func compareSources(t *testing.T, theirs, ours string, exceptions ...exception) comparison {
	c, err := compareTrees(t.Context(), "two sources",
		source(t, generators.ClientGo.Module, map[string]string{"kubernetes": theirs}),
		source(t, generators.Workbook.Module, map[string]string{"kubernetes": ours}), exceptions)
	require.NoError(t, err)
	return c
}

// source is the tree of these packages, with one file each.
func source(t *testing.T, module string, packages map[string]string) *tree {
	dir := t.TempDir()
	for path, text := range packages {
		file := filepath.Join(dir, path, "source.go")
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte("package p;"+text), 0o644))
	}
	tree, err := parse(module, dir, ".")
	require.NoError(t, err)
	return tree
}

// differences are the lines of the report about what nobody has explained.
func differences(c comparison) string {
	var all []string
	for line := range strings.Lines(c.String()) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "+ ") {
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}
