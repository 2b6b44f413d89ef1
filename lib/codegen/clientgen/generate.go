package clientgen

import (
	"context"
	"embed"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"text/template"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/render"
)

// generator is what this one is called in its files and in +k8s:client-gen=false.
const generator = "client-gen"

//go:embed templates docs
var embedded embed.FS

var (
	templates = render.Parse(embedded, template.FuncMap{"comment": comment}, "templates/*.tmpl")
	docs      = template.Must(template.ParseFS(embedded, "docs/*.tmpl")) // the text of package comments
)

// Generate reads the packages, makes all files in memory, and writes those that changed. After an error nothing is written.
func Generate(ctx context.Context, o Options) (render.Result, error) {
	o = o.withDefaults()
	if err := errors.Join(o.checkInput(), o.check()); err != nil {
		return render.Result{}, err
	}
	packages, err := o.input(ctx)
	if err != nil {
		return render.Result{}, err
	}
	files, err := Files(packages, o)
	if err != nil {
		return render.Result{}, err
	}
	return files.Write(o.dir(), o.writeOptions())
}

// Files makes the clientset of packages that have been read, in this order, and writes nothing. Each must have a client.
// Expansions and package comments that a hand has written are looked up in the output folder.
func Files(packages []*model.Package, o Options) (*render.Files, error) {
	o = o.withDefaults()
	if err := o.check(); err != nil {
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
	r := newRun(o, names, packages)
	if err := r.check(); err != nil {
		return nil, err
	}
	r.files = render.New(generator, header)
	return r.files, r.render()
}

// run is one run of the generator, and the data of the templates for the clientset.
type run struct {
	Options
	files  *render.Files
	Groups []*group
}

func newRun(o Options, names model.Names, packages []*model.Package) *run {
	r := &run{Options: o}
	for _, p := range packages {
		r.Groups = append(r.Groups, newGroup(r, names, p))
	}
	return r
}

func (o Options) writeOptions() render.Options {
	write := render.Options{Prune: o.Prune}
	if o.ClientsetOnly {
		write.Folders = []string{"fake", "scheme"} // what is in typed is none of this run's business
	}
	return write
}

// render executes all templates, the groups at the same time.
func (r *run) render() error {
	errs := make([]error, len(r.Groups)+1)
	var wg sync.WaitGroup
	if !r.ClientsetOnly {
		for i, g := range r.Groups {
			wg.Go(func() { errs[i] = g.render() })
		}
	}
	errs[len(r.Groups)] = r.renderClientset()
	wg.Wait()
	return errors.Join(errs...)
}

func (r *run) renderClientset() error {
	folder := folder{r, "", r.ClientsetName}
	schemes := folder.sub("scheme")
	errs := []error{
		folder.doc("clientset.tmpl", r),
		folder.file("clientset.go", "clientset.tmpl", r),
		schemes.doc("scheme.tmpl", r),
		schemes.file("register.go", "scheme.tmpl", r.scheme(true)),
	}
	if !r.NoFakes {
		fakes := folder.sub("fake")
		errs = append(errs,
			fakes.doc("fake_clientset.tmpl", r),
			fakes.file("clientset_generated.go", "fake_clientset.tmpl", r),
			fakes.file("register.go", "scheme.tmpl", r.scheme(false)))
	}
	return errors.Join(errs...)
}

// folder is one of the clientset's: its path beneath that, and its package's name.
type folder struct {
	run        *run
	path, name string
}

func (f folder) sub(path string) folder {
	return folder{f.run, strings.TrimPrefix(f.path+"/"+path, "/"), path[strings.LastIndexByte(path, '/')+1:]}
}

// pkg is the folder's import path.
func (f folder) pkg() string { return strings.TrimSuffix(f.run.ClientsetPackage()+"/"+f.path, "/") }

func (f folder) create(name string) *render.File {
	return f.run.files.File(strings.TrimPrefix(f.path+"/"+name, "/"), f.pkg(), f.name)
}

// file makes a file, in which no package is called by one of the names.
func (f folder) file(name, template string, data any, names ...string) error {
	file := f.create(name)
	file.Imports().Reserve(names...)
	return templates.Execute(file, template, data)
}

// doc makes doc.go, unless there is one that somebody has written: that says more.
func (f folder) doc(template string, data any) error {
	if f.isOthers("doc.go") {
		return nil
	}
	var text strings.Builder
	if err := docs.ExecuteTemplate(&text, template, data); err != nil {
		return err
	}
	f.create("doc.go").Doc(text.String())
	return nil
}

// isOthers says whether a file is there that somebody else has written, by hand as a rule.
func (f folder) isOthers(name string) bool {
	text, err := os.ReadFile(filepath.Join(f.run.dir(), filepath.FromSlash(f.path), name))
	return err == nil && model.GeneratedLine(text) != model.GeneratedBy(generator)
}
