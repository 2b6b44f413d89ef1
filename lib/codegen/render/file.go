package render

import (
	"bytes"
	"errors"
	"fmt"
	"go/parser"
	"go/printer"
	"go/scanner"
	"go/token"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// File is a Go file in the making: what the templates have written, and the imports that they have asked for.
// One goroutine at a time works on it; different files are independent.
type File struct {
	path        string
	packageName string
	doc         string
	imports     *Imports
	body        bytes.Buffer
}

// Doc sets the package comment, in plain text: "Package v1 has the clients of apps/v1."
func (f *File) Doc(text string) { f.doc = text }

// Imports are the packages that the file imports so far.
func (f *File) Imports() *Imports { return f.imports }

// Write appends Go source, as it is.
func (f *File) Write(source []byte) (int, error) { return f.body.Write(source) }

// output is a file as it is written, and what it declares.
type output struct {
	text  []byte
	names []string // "Widget", "Widget.DeepCopy"
}

// format puts the file together.
func (f *File) format(header, generator string) (output, error) {
	var text bytes.Buffer
	text.Grow(f.body.Len() + len(header) + 2048)
	fmt.Fprintf(&text, "%s\n\n%s\n\n", header, model.GeneratedBy(generator))
	if f.doc != "" {
		text.WriteString("// " + strings.ReplaceAll(strings.TrimSpace(f.doc), "\n", "\n// ") + "\n")
	}
	fmt.Fprintf(&text, "package %s\n\n%s", f.packageName, f.imports)
	f.body.WriteTo(&text)
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "", text.Bytes(), parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return output{}, fmt.Errorf("%s: the templates made no Go: %w", f.path, excerpt(text.Bytes(), err))
	}
	var formatted bytes.Buffer
	formatted.Grow(text.Len())
	if err := gofmt.Fprint(&formatted, fset, file); err != nil {
		return output{}, fmt.Errorf("%s: %w", f.path, err)
	}
	o := output{text: formatted.Bytes()}
	for name := range model.Declared(file) {
		o.names = append(o.names, name)
	}
	return o, nil
}

// gofmt is how go/format prints a file. That would parse it once more, to sort imports that are sorted.
var gofmt = printer.Config{Mode: printer.UseSpaces | printer.TabIndent, Tabwidth: 8}

// excerpt adds the line where the source is wrong to the error: there is no file where one could look it up.
func excerpt(source []byte, err error) error {
	list := (scanner.ErrorList)(nil)
	if !errors.As(err, &list) || len(list) == 0 {
		return err
	}
	n := 1
	for line := range bytes.Lines(source) {
		if n == list[0].Pos.Line {
			return fmt.Errorf("%w in: %s", err, bytes.TrimSpace(line))
		}
		n++
	}
	return err
}
