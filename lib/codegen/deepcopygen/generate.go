package deepcopygen

import (
	"context"
	"embed"
	"errors"
	"go/ast"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/render"
	"client-go-workbook/lib/codegen/scan"
)

const generator = "deepcopy-gen"

var (
	//go:embed templates/*.tmpl
	embedded  embed.FS
	templates = render.Parse(embedded, nil, "templates/*.tmpl")
)

// Options say what to read and how to call what is written.
type Options = render.Beside

// Generate writes the deepcopy methods of all packages or, if there is an error, of none.
// The paths in the result are beneath the innermost folder that has all packages.
func Generate(ctx context.Context, o Options) (render.Result, error) {
	files, outputFile, err := o.Start(generator)
	if err != nil {
		return render.Result{}, err
	}
	u, err := load(ctx, o.Dir, o.Packages, outputFile)
	if err != nil {
		return render.Result{}, err
	}
	var dirs []string
	for _, s := range u.targets {
		dirs = append(dirs, s.Dir)
	}
	r := run{universe: u, Files: files}
	r.root, r.folders = render.Common(dirs)
	if err := r.make(ctx); err != nil {
		return render.Result{}, err
	}
	return r.Write(r.root, render.Options{Folders: r.folders, Flat: true, Prune: o.Prune})
}

// run makes the files.
type run struct {
	*universe
	*render.Files
	root    string
	folders []string // of all packages, beneath root
	wanted  []*wanted
}

// wanted is a type that is to be copied.
type wanted struct {
	request
	of   *source
	spec *ast.TypeSpec
	name *types.TypeName
}

// make goes through the packages for what is asked for, then for types, then for methods. Errors end it after each of them.
func (r *run) make(ctx context.Context) error {
	r.readTags()
	if err := errs(r.targets); err != nil {
		return err
	}
	if len(r.wanted) == 0 {
		return errors.New("nothing to generate: write // +k8s:deepcopy-gen=package in a package's doc.go, or // +k8s:deepcopy-gen=true above a type")
	}
	sources, err := r.readTypes(ctx)
	if err != nil {
		return err
	}
	for _, s := range sources {
		if err := r.generate(s); err != nil {
			return err
		}
	}
	return errs(sources)
}

// errs joins what is wrong with packages.
func errs(sources []*source) error {
	var all []error
	for _, s := range sources {
		all = append(all, s.errs...)
	}
	return scan.Join(all)
}

// readTags finds out which types are wanted.
func (r *run) readTags() {
	for _, s := range r.targets {
		all, none := s.wholePackage()
		for _, name := range slices.Sorted(maps.Keys(s.types)) {
			d := s.types[name]
			q := s.request(d.tags)
			switch {
			case q.on && none:
				s.wrong(q.pos, "one of them", "+k8s:deepcopy-gen=true contradicts the package's =false")
			case q.on, all && !q.off:
				r.wanted = append(r.wanted, &wanted{request: q, of: s, spec: d.spec})
			case q.interfaces != nil && !none:
				s.wrong(q.pos, "// +k8s:deepcopy-gen=true above it, too", "+%s, but %s is not to be copied", interfaces, name)
			}
		}
	}
}

// readTypes gives the wanted their types, leaves out those that cannot have methods, and returns the packages of the rest.
func (r *run) readTypes(ctx context.Context) ([]*source, error) {
	var paths []string
	var sources []*source
	for _, w := range r.wanted {
		for _, i := range w.interfaces {
			paths = append(paths, i.path)
		}
		if !slices.Contains(sources, w.of) {
			sources = append(sources, w.of)
		}
	}
	if err := r.also(ctx, paths); err != nil {
		return nil, err
	}
	for _, s := range sources {
		if _, err := r.check(s.ImportPath); err != nil {
			s.errs = append(s.errs, err)
		}
	}
	r.wanted = slices.DeleteFunc(r.wanted, func(w *wanted) bool { return !r.choose(w) })
	for _, w := range r.wanted {
		r.selected[w.name] = true
	}
	return sources, errs(sources)
}

// copied is what the template knows about a type.
type copied struct {
	Name           string
	ByValue        bool // methods have T as their receiver: it is a map or slice
	Into, Copy     bool // which of the two to generate
	Body           string
	Interfaces     []promise
	NonPointer     bool
	ReturnsPointer bool // DeepCopy returns *T
}

// generate writes the file of one package.
func (r *run) generate(s *source) error {
	var file *render.File
	for _, w := range r.wanted {
		if w.of != s {
			continue
		}
		if file == nil {
			rel, err := filepath.Rel(r.root, filepath.Join(s.Dir, r.outputFile))
			if err != nil {
				return err
			}
			file = r.File(filepath.ToSlash(rel), s.ImportPath, s.Name)
			file.Imports().Reserve(append(locals, s.names...)...)
		}
		b := body{universe: r.universe, of: s, file: file, where: w.name}
		if err := templates.Execute(file, "deepcopy.tmpl", b.copied(w)); err != nil {
			return err
		}
	}
	return nil
}

func (b *body) copied(w *wanted) copied {
	named := w.name.Type().(*types.Named)
	has, after := b.declared(named), b.methodsOf(named)
	c := copied{
		Name: w.name.Name(), ByValue: isReference(named), Into: !has.into, Copy: !has.copy,
		Interfaces: b.promises(w), NonPointer: w.nonPointer, ReturnsPointer: !after.value,
	}
	switch {
	case has.into:
	case has.copy && has.value:
		b.line("*out = in.DeepCopy()")
	case has.copy:
		b.line("*out = *in.DeepCopy()")
	default:
		b.whole(named)
	}
	c.Body = strings.TrimSpace(b.String())
	return c
}
