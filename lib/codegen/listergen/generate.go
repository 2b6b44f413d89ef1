package listergen

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/codegen/scan"
)

// generator is what this one is called in its files and in +k8s:lister-gen=false.
const generator = "lister-gen"

var (
	//go:embed templates/*.tmpl
	embedded  embed.FS
	templates = render.Parse(embedded, nil, "templates/*.tmpl")
)

// Generate reads packages and writes their listers: all of them or, if there is an error, none.
func Generate(ctx context.Context, o Options) (render.Result, error) {
	o, err := o.withDefaults()
	if err != nil {
		return render.Result{}, err
	}
	packages, err := scan.Packages(ctx, o.Packages, scan.Options{Dir: o.Dir})
	if err != nil {
		return render.Result{}, err
	}
	files, err := Files(packages, os.DirFS(o.OutputDir), o)
	if err != nil {
		return render.Result{}, err
	}
	return files.Write(o.OutputDir, render.Options{Prune: o.Prune})
}

// Files makes the listers of packages that have been read, and writes nothing. The expansions that a hand has written are in there,
// the output folder as a rule.
func Files(packages []*model.Package, there fs.FS, o Options) (*render.Files, error) {
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
	files := render.New(generator, header)
	found := false
	for _, p := range packages {
		if listers := o.listers(p, names); len(listers) > 0 {
			found = true
			if err := (group{o, p, listers}).render(files, there); err != nil {
				return nil, err
			}
		}
	}
	if !found {
		return nil, errors.New("no type of these packages has a lister; write // +genclient above one")
	}
	return files, nil
}

// Lists says whether a type gets a lister. Informers need one for each type that can be listed and watched.
func Lists(t *model.Type) bool {
	if t.Client == nil {
		return false
	}
	noVerbs := slices.ContainsFunc(t.Tags, func(tag model.Tag) bool { return tag.Name == "genclient:noVerbs" })
	return noVerbs || t.Client.Has(model.List) && (t.Client.Has(model.Get) || t.Client.Has(model.Watch))
}

// lister is what the templates know about a type.
type lister struct {
	Library
	Type                         *model.Type
	Name, Plural, Private, Lower string
	Namespaced                   bool
}

func (o Options) listers(p *model.Package, names model.Names) []lister {
	if !p.Wants(generator) {
		return nil
	}
	var listers []lister
	for _, t := range p.Types {
		if Lists(t) {
			listers = append(listers, lister{
				o.Library, t, names.Public(t), names.PublicPlural(t), names.Private(t), names.Lower(t), !t.Client.NonNamespaced,
			})
		}
	}
	return listers
}

// group is one version of a group, and the folder of its listers.
type group struct {
	Options
	of      *model.Package
	listers []lister
}

func (g group) render(files *render.Files, there fs.FS) error {
	var unexpanded []lister
	for _, l := range g.listers {
		if err := templates.Execute(g.file(files, l.Lower+".go"), "lister.tmpl", l); err != nil {
			return err
		}
		_, err := fs.Stat(there, g.of.Folder()+"/"+l.Lower+"_expansion.go")
		switch {
		case errors.Is(err, fs.ErrNotExist):
			unexpanded = append(unexpanded, l)
		case err != nil:
			return fmt.Errorf("look for expansions beneath the output folder: %w", err)
		}
	}
	expansion := g.file(files, "expansion_generated.go")
	expansion.Doc(fmt.Sprintf("Package %s reads objects of %s from indexers, as a rule from those of shared informers.", g.packageName(), g.of.Folder()))
	return templates.Execute(expansion, "expansion.tmpl", unexpanded)
}

func (g group) file(files *render.Files, base string) *render.File {
	return files.File(g.of.Folder()+"/"+base, g.OutputPackage+"/"+g.of.Folder(), g.packageName())
}

func (g group) packageName() string { return strings.ToLower(g.of.Version) }
