package render

import (
	"fmt"
	"io/fs"
	"maps"
	"strconv"
	"sync"
	"text/template"

	"client-go-workbook/lib/codegen/model"
)

// Templates are parsed once, and executed for many files, also at the same time.
//
// Besides text/template's functions and those given to Parse, every template has
//
//	{{pkg "k8s.io/api/apps/v1"}}               appsv1, and the file imports it; empty in that package itself
//	{{ref "k8s.io/api/apps/v1" "Deployment"}}  appsv1.Deployment, or Deployment in that package itself
//	{{type .Type}}                             the same for a *model.Type
//	{{as "k8s.io/klog/v2" "klog"}}             klog, and the file imports it by that name if it can
//	{{quote .Resource}}                        a Go string literal
type Templates struct {
	idle sync.Pool // of *executor
}

// executor is one copy of the templates. Its functions work for the file that it is busy with.
type executor struct {
	*template.Template
	file *File
}

// Parse reads the files of fsys that the patterns match; a {{define}} of one is known in all. As it is meant for embedded
// files, it panics if there is an error in them: var templates = render.Parse(embedded, funcs, "*.tmpl").
func Parse(fsys fs.FS, funcs template.FuncMap, patterns ...string) *Templates {
	parsed := template.Must(template.New("").Option("missingkey=error").Funcs(new(executor).funcs()).Funcs(funcs).ParseFS(fsys, patterns...))
	t := &Templates{}
	t.idle.New = func() any {
		e := &executor{Template: template.Must(parsed.Clone())}
		own := e.funcs()
		maps.DeleteFunc(own, func(name string, _ any) bool { return funcs[name] != nil })
		e.Funcs(own)
		return e
	}
	return t
}

func (e *executor) funcs() template.FuncMap {
	return template.FuncMap{
		"pkg":   func(path string) string { return e.file.imports.Name(path) },
		"ref":   func(path, name string) string { return e.file.imports.Ref(path, name) },
		"as":    func(path, name string) string { return e.file.imports.As(path, name) },
		"type":  func(t *model.Type) string { return e.file.imports.Ref(t.Package.Path, t.Name) },
		"quote": strconv.Quote,
	}
}

// Execute appends what a template makes of data: name is a file's base name or that of a {{define}}.
func (t *Templates) Execute(f *File, name string, data any) error {
	e := t.idle.Get().(*executor)
	e.file = f
	err := e.ExecuteTemplate(&f.body, name, data)
	e.file = nil
	t.idle.Put(e)
	if err != nil {
		return fmt.Errorf("render %s: %w", f.path, err)
	}
	return nil
}
