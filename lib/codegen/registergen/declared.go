package registergen

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

// declared is what a package has already, besides an earlier file of this generator.
type declared struct {
	names    map[string]token.Position // "GroupName", "Widget.DeepCopyObject"
	register bool                      // there is a register.go
}

// readDeclared parses the Go files of a folder, generated ones included, which scan does not read.
func readDeclared(dir, outputFile string) (declared, error) {
	d := declared{names: map[string]token.Position{}}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return d, err
	}
	fset := token.NewFileSet()
	for _, entry := range entries {
		base := entry.Name()
		if filepath.Ext(base) != ".go" || strings.HasSuffix(base, "_test.go") || base == outputFile {
			continue
		}
		path := filepath.Join(dir, base)
		text, err := os.ReadFile(path)
		if err != nil {
			return d, err
		}
		if model.GeneratedLine(text) == model.GeneratedBy(generator) {
			continue
		}
		f, err := parser.ParseFile(fset, scan.Shown(path), text, parser.SkipObjectResolution)
		if err != nil {
			return d, err
		}
		d.register = d.register || base == "register.go"
		for name, pos := range model.Declared(f) {
			d.names[name] = fset.Position(pos)
		}
	}
	return d, nil
}
