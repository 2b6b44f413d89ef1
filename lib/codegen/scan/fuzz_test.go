package scan_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"client-go-workbook/lib/codegen/clientgen"
	"client-go-workbook/lib/codegen/informergen"
	"client-go-workbook/lib/codegen/listergen"
	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/codegen/scan"
)

// FuzzTags puts lines above a type that can have any client. Whatever they are, they make a client that can be generated, or errors that help.
func FuzzTags(f *testing.F) {
	for _, tags := range []string{
		"+genclient", "+genclient=true\n+genclientstatus=false", "+genclient\n+genclient:nonNamespaced\n+genclient:noStatus\n+resourceName=widgets",
		"+genclient\n+genclient:onlyVerbs=get,list,\n+genclient:skipVerbs=watch", "+genclient\n+genclient:readonly\n+genclient:noVerbs",
		"+genclient\n+genclient:method=GetScale,verb=get,subresource=scale,result=k8s.io/api/autoscaling/v1.Scale",
		"+genclient\n+genclient:method=Bind,verb=create,input=Widget,result=v1.Binding,x=,=\n+genclient:method=,", "+ genclient\n+=\n+",
		// Found by fuzzing: what comes near to a tag, a verb, a name in Go or URLs, an import path.
		"+genclient:method 0=0", "+genclientǀA0", "+genclient\n+genclient:method=A,verb=\x01", "+genclient\n+genclient:method=A,verb=get,subresource=0 \x01",
		"+genclient\n+genclient:method=A,verb=get,result=00a000.Aaa.Aaa .A", "+genclient\n+genclient:method=AA,verb=create,input=A0\x000,result=A0",
	} {
		f.Add(tags)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		tags := strings.FieldsFunc(lines, func(r rune) bool { return r == '\n' || r == '\r' || r == 0 })
		p, err := scan.Source(path, tagged(tags...))
		checkRead(t, p, err)
	})
}

// FuzzSource reads any file.
func FuzzSource(f *testing.F) {
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(f, err)
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		require.NoError(f, err)
		for _, file := range archive.Files {
			f.Add(file.Data)
		}
	}
	self, err := os.ReadFile("fuzz_test.go")
	require.NoError(f, err)
	f.Add(self)
	f.Add([]byte("package A//+genclient\ntype A struct{TypeMeta\nA.A}"))
	f.Add([]byte("/*+groupName */package A"))
	f.Fuzz(func(t *testing.T, source []byte) {
		for _, name := range []string{"types.go", "doc.go"} {
			p, err := scan.Source(path, map[string][]byte{name: source})
			checkRead(t, p, err)
		}
	})
}

// checkRead holds what is true of every result: a package or errors; each error with a place and a way out, each client with sound parts.
func checkRead(t *testing.T, p *model.Package, err error) {
	t.Helper()
	if err != nil {
		require.Nil(t, p)
		for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
			var problem *scan.Error
			require.True(t, errors.As(e, &problem), "%v has no place", e)
			require.Positive(t, problem.Pos.Line, "%v", e)
			require.NotEmpty(t, problem.Pos.Filename, "%v", e)
			require.NotEmpty(t, problem.What, "%v", e)
			require.NotEmpty(t, problem.Instead, "%v", e)
		}
		return
	}
	checkGenerated(t, p)
	for _, typ := range p.Clients() {
		require.Regexp(t, `^[A-Z][A-Za-z0-9]*$`, typ.Name)
		require.NotContains(t, model.Names{}.Resource(typ), "/")
		methods := map[string]bool{}
		for _, v := range typ.Client.Verbs {
			methods[model.Exported(string(v))] = true
		}
		for _, m := range typ.Client.Methods {
			require.False(t, methods[m.Name], "two methods %s", m.Name)
			methods[m.Name] = true
			require.Regexp(t, `^\p{Lu}[\p{L}\p{Nd}_]*$`, m.Name)
			require.Contains(t, []model.Verb{model.Create, model.Update, model.Get, model.List, model.Patch}, m.Verb)
			require.NotContains(t, m.Subresource, `"`)
			require.NotContains(t, m.Input.Package+m.Result.Package, `"`)
		}
	}
}

// checkGenerated has clients, listers and informers made of a package that was read without an error: they are Go, or refused.
func checkGenerated(t *testing.T, p *model.Package) {
	t.Helper()
	if len(p.Clients()) == 0 {
		return
	}
	packages := []*model.Package{p}
	check := func(files *render.Files, err error) {
		t.Helper()
		if err == nil {
			_, err = files.Format()
		}
		if err != nil {
			require.NotContains(t, err.Error(), "the templates made no Go")
		}
	}
	const out, pkg = "nowhere", "example.test/out"
	check(clientgen.Files(packages, clientgen.Options{OutputDir: out, OutputPackage: pkg}))
	check(listergen.Files(packages, fstest.MapFS{}, listergen.Options{OutputDir: out, OutputPackage: pkg}))
	check(informergen.Files(packages, informergen.Options{OutputDir: out, OutputPackage: pkg, ClientsetPackage: pkg, ListersPackage: pkg}))
}
