package render

import (
	"io/fs"
	"text/template"
)

// Templates are parsed once, and executed for many files, also at the same time.
//
// Besides text/template's functions and those given to Parse, every template has
//
//	{{pkg "k8s.io/api/apps/v1"}}               appsv1, and the file imports it
//	{{ref "k8s.io/api/apps/v1" "Deployment"}}  appsv1.Deployment, or Deployment in that package itself
//	{{type .Type}}                             the same for a *model.Type
//	{{quote .Resource}}                        a Go string literal
type Templates struct{}

// Parse reads the *.tmpl files that the patterns match in fsys; {{define}}s of one are known in all. As it is meant
// for embedded files, it panics on an error: var templates = render.Parse(embedded, funcs, "*.tmpl").
func Parse(fsys fs.FS, funcs template.FuncMap, patterns ...string) *Templates { return nil }

// Execute appends what a template makes of data: name is a file's base name or that of a {{define}}.
func (t *Templates) Execute(f *File, name string, data any) error { return nil }
