package render

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Files are all files of one run of a generator. Nothing is on disk before Write.
type Files struct {
	generator string
	header    string

	mu    sync.Mutex
	files map[string]*File
}

// New starts a run. The generator's name stands in every file: "client-gen". The header is text above that; see [Header].
func New(generator, header string) *Files {
	return &Files{generator: generator, header: header, files: map[string]*File{}}
}

// Header reads the text of --go-header-file, and puts the current year in place of YEAR. No path, no header.
func Header(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the header: %w", err)
	}
	header := strings.ReplaceAll(string(text), "YEAR", strconv.Itoa(time.Now().Year()))
	if _, err := parser.ParseFile(token.NewFileSet(), path, header+"\npackage p\n", parser.PackageClauseOnly); err != nil {
		return "", fmt.Errorf("the header is no Go comment: %w; write // before each of its lines", err)
	}
	return header, nil
}

// File adds a file: its path beneath the output folder, with slashes, and the import path and name of its package.
// Asked for the same path again, it returns the same file. It may be called from several goroutines.
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

// Format returns the text of all files by their paths, as Write would write them.
// The error says what is wrong with each file that is no Go, and which files of a folder declare the same name.
func (fs *Files) Format() (map[string][]byte, error) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	paths := slices.Sorted(maps.Keys(fs.files))
	outputs, err := parallel(paths, func(path string) (output, error) {
		return fs.files[path].format(fs.header, fs.generator)
	})
	if err != nil {
		return nil, err
	}
	if err := checkNames(paths, outputs); err != nil {
		return nil, err
	}
	all := make(map[string][]byte, len(paths))
	for i, path := range paths {
		all[path] = outputs[i].text
	}
	return all, nil
}

// checkNames reports what is declared twice in a folder: the names that generators make of two types can be the same.
func checkNames(paths []string, outputs []output) error {
	var errs []error
	first := map[string]string{} // folder and name → file
	for i, file := range paths {
		for _, name := range outputs[i].names {
			key := path.Dir(file) + " " + name
			if other, again := first[key]; again {
				errs = append(errs, fmt.Errorf("%s and %s would both declare %s; write another name for one of the types that they are made for", other, file, name))
			}
			first[key] = file
		}
	}
	return errors.Join(errs...)
}
