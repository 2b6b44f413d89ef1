package informergen

import (
	"context"
	"embed"
	"errors"
	"go/token"
	"path"
	"strings"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/codegen/scan"
)

// generator is what this one is called in its files and in +k8s:informer-gen=false.
const generator = "informer-gen"

var (
	//go:embed templates/*.tmpl
	embedded  embed.FS
	templates = render.Parse(embedded, nil, "templates/*.tmpl")
)

// Generate reads packages and writes their informers: all of them or, if there is an error, none.
func Generate(ctx context.Context, o Options) (render.Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return render.Result{}, err
	}
	packages, err := scan.Packages(ctx, o.Packages, scan.Options{Dir: o.Dir})
	if err != nil {
		return render.Result{}, err
	}
	files, err := Files(packages, o)
	if err != nil {
		return render.Result{}, err
	}
	return files.Write(o.dir(), render.Options{Prune: o.Prune})
}

// Files makes the informers of packages that have been read, and writes nothing. Paths are beneath the factory's folder.
func Files(packages []*model.Package, o Options) (*render.Files, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	names, err := model.NewNames(o.PluralExceptions...)
	if err != nil {
		return nil, err
	}
	header, err := render.Header(o.GoHeaderFile)
	if err != nil {
		return nil, err
	}
	f, err := newFactory(packages, o, names)
	if err != nil {
		return nil, err
	}
	if len(f.Groups) == 0 {
		return nil, errors.New("no type of these packages can be listed and watched; write // +genclient above one")
	}
	files := render.New(generator, header)
	for _, t := range f.tasks() {
		if err := t.render(files, f.Package); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// task is a file to make.
type task struct {
	path     string // beneath the factory's folder
	doc      string // of its package, behind "Package name "; for one file of each package
	template string
	data     any
}

// tasks are all files.
func (f *factory) tasks() []task {
	tasks := []task{
		{"factory.go", "has shared informers, for all who need the same objects of the same API server.", "factory.tmpl", f},
		{"generic.go", "", "generic.tmpl", f},
		{interfaces + "/factory_interfaces.go", "is what the factory and the informers of each version know of each other.", "internalinterfaces.tmpl", f},
	}
	for _, g := range f.Groups {
		tasks = append(tasks, task{g.Folder + "/interface.go", "has the informers of all versions of " + g.Folder + ".", "group.tmpl", g})
		for _, v := range g.Versions {
			tasks = append(tasks, task{v.Folder + "/interface.go", "has the informers of " + v.Folder + ".", "version.tmpl", v})
			for _, i := range v.Informers {
				tasks = append(tasks, task{v.Folder + "/" + i.Lower + ".go", "", "informer.tmpl", i})
			}
		}
	}
	return tasks
}

// locals are names in generated code that are not packages and stand beside some whose names others have chosen: a group's, the
// clientset's.
var locals = []string{"f", "g", "i", "v", "with", "group", "version"}

func (t task) render(files *render.Files, factory string) error {
	importPath := path.Join(factory, path.Dir(t.path))
	file := files.File(t.path, importPath, packageName(importPath))
	file.Imports().Reserve(locals...)
	if t.doc != "" {
		file.Doc("Package " + packageName(importPath) + " " + t.doc)
	}
	return templates.Execute(file, t.template, t.data)
}

// packageName is what the package of an import path is called: "shop" for "…/shop.example.com", "myapps" for "…/my-apps",
// "xfunc" for "…/func" and "xmain" for "…/main", which would be a program.
func packageName(importPath string) string {
	name, _, _ := strings.Cut(path.Base(importPath), ".")
	name = strings.ReplaceAll(name, "-", "")
	if !token.IsIdentifier(name) || name == "main" {
		name = "x" + name
	}
	return name
}
