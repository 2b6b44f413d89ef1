package scan_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

var update = flag.Bool("update", false, "write what scan makes of testdata/*.txtar into them")

// Each testdata/*.txtar is a package, and in its last file, "model", what scan reads in it.
func TestGolden(t *testing.T) {
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, archives)
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			require.NoError(t, err)
			sources, want := map[string][]byte{}, ""
			var inputs []txtar.File
			for _, f := range archive.Files {
				if f.Name == "model" {
					want = string(f.Data)
					continue
				}
				sources[f.Name] = f.Data
				inputs = append(inputs, f)
			}
			p, err := scan.Source("example.test/apis/shop/v1", sources)
			require.NoError(t, err)
			got := describe(p)
			if *update {
				archive.Files = append(inputs, txtar.File{Name: "model", Data: []byte(got)})
				require.NoError(t, os.WriteFile(path, txtar.Format(archive), 0o644))
				return
			}
			require.Equal(t, want, got)
		})
	}
}

// describe writes a package down: a line for it, one for each type, and what a type has beneath.
func describe(p *model.Package) string {
	var b strings.Builder
	fmt.Fprintf(&b, "package %s: group %q, %s, in %s%s\n", p.Name, p.Group, p.GoName(), p.Folder(), tags(p.Tags))
	for _, t := range p.Types {
		fmt.Fprintf(&b, "%s: type %s%s\n", place(t.Pos.Filename, t.Pos.Line), t.Name, tags(t.Tags))
		for _, f := range t.Fields {
			embedded := ""
			if f.Embedded {
				embedded = " (embedded)"
			}
			fmt.Fprintf(&b, "  field %s %s json:%q%s\n", f.Name, f.Type, f.JSON, embedded)
		}
		if c := t.Client; c != nil {
			fmt.Fprintf(&b, "  client of %s: namespaced %t, verbs %v\n", model.Names{}.Resource(t), !c.NonNamespaced, c.Verbs)
			for _, m := range c.Methods {
				fmt.Fprintf(&b, "    %s: %s %s subresource %q input %v result %v\n", place(m.Pos.Filename, m.Pos.Line), m.Verb, m.Name, m.Subresource, m.Input, m.Result)
			}
		}
	}
	return b.String()
}

func place(file string, line int) string { return fmt.Sprintf("%s:%d", file, line) }

func tags(all []model.Tag) string {
	var b strings.Builder
	for _, t := range all {
		fmt.Fprintf(&b, " +%s=%q@%d:%d", t.Name, t.Value, t.Pos.Line, t.Pos.Column)
	}
	return b.String()
}
