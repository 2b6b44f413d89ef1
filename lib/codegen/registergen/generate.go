package registergen

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/codegen/scan"
)

const generator = "register-gen"

var (
	//go:embed templates/*.tmpl
	embedded  embed.FS
	templates = render.Parse(embedded, nil, "templates/*.tmpl")
)

// Options say what to read and how to call what is written.
type Options = render.Beside

// Generate writes the registrations of all packages or, if there is an error, of none.
// The paths in the result are beneath the innermost folder that has all packages.
func Generate(ctx context.Context, o Options) (render.Result, error) {
	files, outputFile, err := o.Start(generator)
	if err != nil {
		return render.Result{}, err
	}
	packages, err := scan.Packages(ctx, o.Packages, scan.Options{Dir: o.Dir})
	if err != nil {
		return render.Result{}, err
	}
	var dirs []string
	for _, p := range packages {
		dirs = append(dirs, p.Dir)
	}
	root, folders := render.Common(dirs)
	r := run{Files: files, outputFile: outputFile}
	if err := r.make(packages, folders); err != nil {
		return render.Result{}, err
	}
	return r.Write(root, render.Options{Folders: folders, Flat: true, Prune: o.Prune})
}

// run makes the files.
type run struct {
	*render.Files
	outputFile string
	errs       []error
}

func (r *run) wrong(pos token.Position, instead, what string, args ...any) {
	r.errs = append(r.errs, &scan.Error{Pos: pos, What: fmt.Sprintf(what, args...), Instead: instead})
}

// make renders a file for each package that asks for it. Folders are where they are, in the same order.
func (r *run) make(packages []*model.Package, folders []string) error {
	asked := 0
	for i, p := range packages {
		pos, ok := asks(p)
		if !ok {
			continue
		}
		asked++
		has, err := readDeclared(p.Dir, r.outputFile)
		if err != nil {
			return err
		}
		if has.register {
			r.checkTag(p)
			continue
		}
		r.check(p, pos, has)
		file := r.File(strings.TrimPrefix(folders[i]+"/"+r.outputFile, "/"), p.Path, p.Name)
		for name := range has.names {
			file.Imports().Reserve(name)
		}
		err = templates.Execute(file, "register.tmpl", map[string]any{"Group": p.Group, "Version": p.Version, "Types": registered(p)})
		if err != nil {
			return err
		}
	}
	if asked == 0 {
		return errors.New("nothing to register: write // +groupName=shop.example.com, or the like, in a package's doc.go")
	}
	return scan.Join(r.errs)
}

// asks says whether a package wants to be registered, and by which of its tags. A group's name asks for it where there is
// something to register.
func asks(p *model.Package) (token.Position, bool) {
	i := slices.IndexFunc(p.Tags, func(t model.Tag) bool {
		return t.Name == "k8s:register-gen" || t.Name == "groupName" && len(registered(p)) > 0
	})
	if i < 0 || !p.Wants(generator) {
		return token.Position{}, false
	}
	return p.Tags[i].Pos, true
}

// registered are the types of a package that a scheme can know, by name.
func registered(p *model.Package) []*model.Type {
	return slices.DeleteFunc(slices.Clone(p.Types), func(t *model.Type) bool {
		return !ast.IsExported(t.Name) || !hasTypeMeta(t)
	})
}

// hasTypeMeta looks in what a struct embeds, and in what that embeds, as far as it is of this package.
func hasTypeMeta(t *model.Type, within ...*model.Type) bool {
	return slices.ContainsFunc(t.Fields, func(f model.Field) bool {
		if !f.Embedded || f.Name == "TypeMeta" {
			return f.Embedded
		}
		i := slices.IndexFunc(t.Package.Types, func(o *model.Type) bool { return o.Name == strings.TrimPrefix(f.Type, "*") })
		return i >= 0 && !slices.Contains(within, t) && hasTypeMeta(t.Package.Types[i], append(within, t)...)
	})
}

// ours are the names that the file declares.
var ours = []string{"GroupName", "GroupVersion", "SchemeGroupVersion", "SchemeBuilder", "localSchemeBuilder", "Install", "AddToScheme", "Resource", "addKnownTypes"}

// checkTag reports a package that asks for what it has written itself. A group's name alone does not ask that much.
func (r *run) checkTag(p *model.Package) {
	for _, t := range p.Tags {
		if t.Name == "k8s:register-gen" {
			r.wrong(t.Pos, "+k8s:register-gen=false, or leave register.go to the generator", "+k8s:register-gen, but there is a register.go that a hand has written")
		}
	}
}

// check reports what would not compile, and what would not work.
func (r *run) check(p *model.Package, pos token.Position, has declared) {
	if !p.HasVersion() {
		r.wrong(pos, "the types in a folder such as "+p.Path+"/v1, or +k8s:register-gen=false", "package %s is to be registered, but its path does not end in a version", p.Path)
	}
	for _, name := range ours {
		if at, ok := has.names[name]; ok {
			r.wrong(at, "another name, or +k8s:register-gen=false in doc.go to register by hand", "%s is declared here, and register-gen declares it too", name)
		}
	}
	types := registered(p)
	if len(types) == 0 {
		r.wrong(pos, "metav1.TypeMeta `json:\"\"` in a type, or +k8s:register-gen=false", "package %s has no type to register", p.Path)
	}
	for _, t := range types {
		if _, byHand := has.names[t.Name+".DeepCopyObject"]; !byHand && !copiedAsObject(t) {
			r.wrong(t.Pos, "// +k8s:deepcopy-gen:interfaces="+object+" above it", "%s has a TypeMeta, but no DeepCopyObject", t.Name)
		}
	}
}

const object = "k8s.io/apimachinery/pkg/runtime.Object"

// copiedAsObject says whether deepcopy-gen gives a type its DeepCopyObject.
func copiedAsObject(t *model.Type) bool {
	return slices.ContainsFunc(t.Tags, func(tag model.Tag) bool {
		return tag.Name == "k8s:deepcopy-gen:interfaces" && slices.Contains(strings.Split(strings.ReplaceAll(tag.Value, " ", ""), ","), object)
	})
}
