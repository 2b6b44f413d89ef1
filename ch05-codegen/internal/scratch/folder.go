// Package scratch is where the demos of the generators work: on a copy of the API, which they may change.
//
//	ch05-codegen/                              a folder of its own, a module of the same name
//	  apis/website/v1alpha1 ─── New ───────────▶ ch05-codegen/apis/website/v1alpha1  ◀── Tag, Type
//	        │ a generator, once                       │ a generator, as often as you like
//	        ▼                                         ▼
//	  generated/            ◀── Diff ──────────▶ ch05-codegen/generated/             ◀── File
//
// All import paths are the same on both sides. So what a generator makes of the copy differs from what is committed only if
// the copy was edited, or if what is committed is old.
package scratch

import (
	"context"
	"os"
	"path/filepath"
	"strings"

	"client-go-workbook/lib/codegen/scan"
)

const (
	module  = "client-go-workbook"
	chapter = "ch05-codegen"

	// API is the import path of the chapter's API, and Generated that above all that was made of it. They are the same in the
	// workbook and in a Folder.
	API       = module + "/" + chapter + "/" + apis
	Generated = module + "/" + chapter + "/generated"

	apis   = "apis/website/v1alpha1"
	source = "website.go" // where the tags are
)

// Folder is the copy, and the generator that works on it.
type Folder struct {
	generator Generator

	root     string // of the module
	original string // the chapter's folder in the workbook
}

// New makes a copy for a generator. The original is found from any folder of the workbook.
func New(ctx context.Context, g Generator) (*Folder, error) {
	packages, err := scan.Packages(ctx, []string{API}, scan.Options{})
	if err != nil {
		return nil, err
	}
	root, err := os.MkdirTemp("", "codegen-")
	if err != nil {
		return nil, err
	}
	f := &Folder{generator: g, root: root, original: strings.TrimSuffix(packages[0].Dir, filepath.FromSlash(apis))}
	if err := f.fill(); err != nil {
		f.Remove()
		return nil, err
	}
	return f, nil
}

func (f *Folder) fill() error {
	if err := os.WriteFile(filepath.Join(f.root, "go.mod"), []byte("module "+module+"\n\ngo 1.26\n"), 0o644); err != nil {
		return err
	}
	return os.CopyFS(f.Path(apis), os.DirFS(filepath.Join(f.original, apis)))
}

// Remove takes the copy away, and all that was made of it.
func (f *Folder) Remove() { _ = os.RemoveAll(f.root) }

// Path is where something of the chapter is in the copy: "generated/listers".
func (f *Folder) Path(beneath string) string {
	return filepath.Join(f.root, chapter, filepath.FromSlash(beneath))
}

// edit writes the copy's website.go: the original's text, changed.
func (f *Folder) edit(change func(string) string) error {
	file := filepath.Join(apis, source)
	text, err := os.ReadFile(filepath.Join(f.original, file))
	if err != nil {
		return err
	}
	return os.WriteFile(f.Path(file), []byte(change(string(text))), 0o644)
}

// shorten takes the folder out of an error's text: what is left is the same each time.
func (f *Folder) shorten(wrong error) string {
	text := wrong.Error()
	if working, err := os.Getwd(); err == nil {
		if root, err := filepath.Rel(working, f.root); err == nil {
			text = strings.ReplaceAll(text, root+string(filepath.Separator), "")
		}
	}
	return strings.ReplaceAll(text, f.root+string(filepath.Separator), "")
}
