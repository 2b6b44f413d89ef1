package render

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"client-go-workbook/lib/codegen/model"
)

// Options of Write. The zero value is the careful one.
type Options struct {
	// Folders that belong to this run, beneath the output folder, with slashes: Go files in them that have the generator's
	// line and are not among its files are stale. Empty: the whole output folder. Dependencies (vendor) and other modules beneath
	// them are left alone.
	Folders []string
	Flat    bool // look for stale files in the folders alone, not in what is beneath them
	Prune   bool // remove what is stale; otherwise it is only reported
	Force   bool // overwrite files without a "Code generated" line; otherwise they are an error
}

// Result says what Write did. All paths are beneath the output folder, with slashes, sorted.
type Result struct {
	Written   []string // new or changed
	Unchanged []string // as they were, and left alone
	Stale     []string // an earlier run's that this one does not make; removed if Prune was set
}

// Write formats all files, and puts those in the output folder that differ from what is there, each in one step.
// If there is anything wrong with any file, the error says all of it, and the folder is as before. That includes files
// that a hand has written where a generated one should go.
//
// Stale files stay unless Prune is set: a generator that removes what it was not asked about does so only when told.
func (fs *Files) Write(dir string, o Options) (Result, error) {
	texts, err := fs.Format()
	if err != nil {
		return Result{}, err
	}
	run := run{dir: dir, generator: fs.generator, texts: texts, Options: o}
	changed, unchanged, err := run.compare()
	if err != nil {
		return Result{}, err
	}
	stale, err := run.stale()
	if err != nil {
		return Result{}, err
	}
	if err := run.replace(changed); err != nil {
		return Result{}, err
	}
	if o.Prune {
		err = run.remove(stale)
	}
	return Result{Written: changed, Unchanged: unchanged, Stale: stale}, err
}

// run is one Write.
type run struct {
	dir, generator string
	texts          map[string][]byte // by path
	Options
}

func (r *run) on(path string) string { return filepath.Join(r.dir, filepath.FromSlash(path)) }

// compare sorts the files' paths by whether they differ from the disk.
func (r *run) compare() (changed, unchanged []string, err error) {
	paths := slices.Sorted(maps.Keys(r.texts))
	differ, err := parallel(paths, r.differs)
	if err != nil {
		return nil, nil, err
	}
	for i, path := range paths {
		if differ[i] {
			changed = append(changed, path)
		} else {
			unchanged = append(unchanged, path)
		}
	}
	return changed, unchanged, nil
}

func (r *run) differs(path string) (bool, error) {
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return false, fmt.Errorf("%s is not beneath the output folder", path)
	}
	old, err := os.ReadFile(r.on(path))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("compare with what is there: %w", err)
	case bytes.Equal(old, r.texts[path]):
		return false, nil
	case !r.Force && len(bytes.TrimSpace(old)) > 0 && model.GeneratedLine(old) == "":
		return false, fmt.Errorf("%s is not generated: it has no line \"// Code generated … DO NOT EDIT.\"; move or remove it, or have it overwritten by force", r.on(path))
	}
	return true, nil
}

// stale returns the generator's files in its folders that do not belong to this run.
func (r *run) stale() ([]string, error) {
	folders := r.Folders
	if len(folders) == 0 {
		folders = []string{"."}
	}
	var stale []string
	for _, folder := range folders {
		err := filepath.WalkDir(r.on(folder), func(file string, d fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil
			case err != nil:
				return err
			case d.IsDir() && file != r.on(folder) && (r.Flat || belongsToOthers(file)):
				return filepath.SkipDir
			case !d.Type().IsRegular() || filepath.Ext(file) != ".go":
				return nil
			}
			path, isStale, err := r.isStale(file)
			if isStale {
				stale = append(stale, path)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look for stale files: %w", err)
		}
	}
	slices.Sort(stale)
	return slices.Compact(stale), nil
}

// isStale returns the path of a Go file beneath the output folder, too.
func (r *run) isStale(file string) (path string, stale bool, err error) {
	rel, err := filepath.Rel(r.dir, file)
	if err != nil {
		return "", false, err
	}
	path = filepath.ToSlash(rel)
	if _, belongs := r.texts[path]; belongs {
		return path, false, nil
	}
	text, err := os.ReadFile(file)
	return path, model.GeneratedLine(text) == model.GeneratedBy(r.generator), err
}

// belongsToOthers says whether a folder has other people's code: that of a dependency, another module, or what is no code at all.
func belongsToOthers(folder string) bool {
	name := filepath.Base(folder)
	_, err := os.Stat(filepath.Join(folder, "go.mod"))
	return name == "vendor" || strings.HasPrefix(name, ".") || err == nil
}

// replace writes all new texts beside the old ones first, so that a full disk or a missing permission changes nothing.
func (r *run) replace(paths []string) error {
	_, err := parallel(paths, func(path string) (struct{}, error) {
		if err := os.MkdirAll(filepath.Dir(r.on(path)), 0o755); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, os.WriteFile(r.staged(path), r.texts[path], 0o644)
	})
	for _, path := range paths {
		if err == nil {
			err = os.Rename(r.staged(path), r.on(path))
		}
		if err != nil {
			os.Remove(r.staged(path))
		}
	}
	return err
}

// staged is where a file's new text waits for the others.
func (r *run) staged(path string) string { return fmt.Sprintf("%s.%d.tmp", r.on(path), os.Getpid()) }

func (r *run) remove(paths []string) error {
	var errs []error
	for _, path := range paths {
		errs = append(errs, os.Remove(r.on(path)))
	}
	return errors.Join(errs...)
}
