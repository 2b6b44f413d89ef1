package render

import (
	"sync"
)

// Files are all files of one run of a generator. Nothing is on disk before Write.
type Files struct {
	generator string
	header    string

	mu    sync.Mutex
	files map[string]*File
}

// New starts a run. The generator's name stands in every file: "client-gen". The header stands above that, as it is; see [Header].
func New(generator, header string) *Files {
	return &Files{generator: generator, header: header, files: map[string]*File{}}
}

// Header reads the text of --go-header-file, and puts the current year in place of YEAR. No path, no header.
func Header(path string) (string, error) { return "", nil }

// File adds a file: its path beneath the output folder, with slashes, and the import path and name of its package.
// Asked for the same path again, it returns the same file. It is safe to call from several goroutines.
func (fs *Files) File(path, importPath, packageName string) *File {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	f := fs.files[path]
	if f == nil {
		f = &File{path: path, packageName: packageName, imports: NewImports(importPath)}
		fs.files[path] = f
	}
	return f
}

// Options of Write.
type Options struct {
	// Folders that belong to this run, beneath the output folder: in them, Go files with the generator's line that are
	// not among the files are stale. Empty: the whole output folder.
	Folders []string
	Prune   bool // remove what is stale; otherwise it is only reported
	Force   bool // overwrite files without a "Code generated" line; otherwise they are an error
}

// Result says what Write did. All paths are beneath the output folder, with slashes, sorted.
type Result struct {
	Written   []string // new or changed
	Unchanged []string // as they were, and left alone
	Stale     []string // an earlier run's, no longer made; removed if Prune was set
}

// Write formats all files, and replaces those on disk that differ. If anything is wrong with any of them, the error says all of it, and nothing is written.
func (fs *Files) Write(dir string, o Options) (Result, error) {
	return Result{}, nil
}
