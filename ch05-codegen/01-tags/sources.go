package main

import (
	"cmp"
	_ "embed"
	"strings"
	"text/template"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/scan"
)

const api = "example.com/site/website/v1alpha1"

// source is a package with one type. The zero value is like the chapter's own.
type source struct {
	path          string // empty: that of an API of websites
	doc           string // tags of the package, with blanks between them
	typeName      string // empty: Website
	tags          []string
	noStatusField bool
	exception     string // to the rules of plurals; it stands on the command line, not in the source
}

var goFile = template.Must(template.New("").Parse(`
{{range .Doc}}// {{.}}
{{end}}package {{.Package}}

// +genclient
{{range .Tags}}// {{.}}
{{end}}type {{.Type}} struct {
	metav1.TypeMeta
	metav1.ObjectMeta
	{{if .Status}}Status struct{}{{end}}
}

type {{.Type}}List struct {
	metav1.TypeMeta
	metav1.ListMeta
	Items []{{.Type}}
}

type Edition struct{}
`))

// read returns the package and its type, as the generators see them.
func (s source) read() (*model.Package, *model.Type, error) {
	path := cmp.Or(s.path, api)
	var text strings.Builder
	err := goFile.Execute(&text, map[string]any{
		"Doc": strings.Fields(s.doc), "Package": path[strings.LastIndex(path, "/")+1:],
		"Type": cmp.Or(s.typeName, "Website"), "Tags": s.tags, "Status": !s.noStatusField,
	})
	if err != nil {
		return nil, nil, err
	}
	p, err := scan.Source(path, map[string][]byte{"website.go": []byte(text.String())})
	if err != nil {
		return nil, nil, err
	}
	return p, p.Clients()[0], nil
}

// wrong is a file with mistakes that would otherwise be found much later, or never.
//
//go:embed testdata/wrong.go.txt
var wrong string
