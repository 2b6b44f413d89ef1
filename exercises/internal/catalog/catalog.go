// Package catalog reads the exercises from their folders; no list of them is kept anywhere else.
//
//	exercises/ch01-clients/ex01-api-path/   README.md  hints.md  path.go  path_test.go  cluster_test.go
//	solutions/ch01-clients/ex01-api-path/   path.go  mutants/*.diff
//	                │
//	                └──▶ Exercise{ID: "ch01/ex01", Key: "clients/api-path", …}
//
// What an exercise lacks is no error here: the runner shows what there is, and Problems tells the rest to the grader.
package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Catalog holds all exercises in the order in which they are solved.
type Catalog struct {
	Root      string // the folder of the repository
	Exercises []*Exercise
}

// Exercise is one folder. Its paths are absolute.
type Exercise struct {
	Chapter string // "ch01-clients"
	Folder  string // "ex01-api-path"

	Dir      string   // the learner's folder, with the tests
	Solution string   // the same files, solved
	Sources  []string // names of the files to solve, sorted
	Tests    []string // names of the test files, sorted

	Readme Readme
	Hints  []string // the first and the stronger one
}

var (
	chapterFolder  = regexp.MustCompile(`^ch\d\d-[a-z0-9-]+$`)
	exerciseFolder = regexp.MustCompile(`^ex\d\d-[a-z0-9-]+$`)
)

// Load reads the exercises of the repository in root.
func Load(root string) (*Catalog, error) {
	c := &Catalog{Root: root}
	chapters, err := subfolders(filepath.Join(root, "exercises"), chapterFolder)
	if err != nil {
		return nil, fmt.Errorf("read the exercises: %w", err)
	}
	for _, chapter := range chapters {
		folders, err := subfolders(filepath.Join(root, "exercises", chapter), exerciseFolder)
		if err != nil {
			return nil, fmt.Errorf("read the exercises of %s: %w", chapter, err)
		}
		for _, folder := range folders {
			e, err := load(root, chapter, folder)
			if err != nil {
				return nil, fmt.Errorf("read %s/%s: %w", chapter, folder, err)
			}
			c.Exercises = append(c.Exercises, e)
		}
	}
	return c, nil
}

func load(root, chapter, folder string) (*Exercise, error) {
	e := &Exercise{
		Chapter: chapter, Folder: folder,
		Dir:      filepath.Join(root, "exercises", chapter, folder),
		Solution: filepath.Join(root, "solutions", chapter, folder),
	}
	files, err := filepath.Glob(filepath.Join(e.Dir, "*.go"))
	if err != nil {
		return nil, err
	}
	for _, f := range files {
		if name := filepath.Base(f); strings.HasSuffix(name, "_test.go") {
			e.Tests = append(e.Tests, name)
		} else {
			e.Sources = append(e.Sources, name)
		}
	}
	readme, err := readIfThere(filepath.Join(e.Dir, "README.md"))
	if err != nil {
		return nil, err
	}
	hints, err := readIfThere(filepath.Join(e.Dir, "hints.md"))
	if err != nil {
		return nil, err
	}
	e.Readme, e.Hints = parseReadme(readme), parseHints(hints)
	return e, nil
}

// ID is the short name that learners type: "ch01/ex01".
func (e *Exercise) ID() string { return e.Chapter[:4] + "/" + e.Folder[:4] }

// Name is the path of the exercise's folder: "ch01-clients/ex01-api-path".
func (e *Exercise) Name() string { return e.Chapter + "/" + e.Folder }

// Slug is what the exercise is called without its number: "api-path".
func (e *Exercise) Slug() string { return e.Folder[5:] }

// Key names the exercise for good: "clients/api-path" stays when chapters or exercises get other numbers.
func (e *Exercise) Key() string { return e.Chapter[5:] + "/" + e.Slug() }

// Title is the heading of the README, or the slug if it has none.
func (e *Exercise) Title() string {
	if e.Readme.Title == "" {
		return e.Slug()
	}
	return e.Readme.Title
}

// TODO is how the panic in the exercise's stub begins.
func (e *Exercise) TODO() string { return "TODO " + e.ID() + ":" }

// Untouched reports whether the hole is still as the stub left it.
func (e *Exercise) Untouched() bool {
	for _, f := range e.Sources {
		src, err := os.ReadFile(filepath.Join(e.Dir, f))
		if err == nil && strings.Contains(string(src), `panic("`+e.TODO()) {
			return true
		}
	}
	return false
}

// Orphans returns the folders beneath solutions that solve no exercise.
func (c *Catalog) Orphans() ([]string, error) {
	solutions := filepath.Join(c.Root, "solutions")
	chapters, err := subfolders(solutions, chapterFolder)
	if err != nil {
		return nil, fmt.Errorf("read the solutions: %w", err)
	}
	var orphans []string
	for _, chapter := range chapters {
		folders, err := subfolders(filepath.Join(solutions, chapter), exerciseFolder)
		if err != nil {
			return nil, fmt.Errorf("read the solutions of %s: %w", chapter, err)
		}
		for _, folder := range folders {
			solves := func(e *Exercise) bool { return e.Chapter == chapter && e.Folder == folder }
			if !slices.ContainsFunc(c.Exercises, solves) {
				orphans = append(orphans, chapter+"/"+folder)
			}
		}
	}
	return orphans, nil
}

func subfolders(dir string, named *regexp.Regexp) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && named.MatchString(entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	return names, nil
}

func readIfThere(file string) (string, error) {
	b, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(b), err
}

// ReadSolution returns the solved files of e by name, with their markers.
func (e *Exercise) ReadSolution() (map[string][]byte, error) {
	names, err := filepath.Glob(filepath.Join(e.Solution, "*.go"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("no Go file in %s", e.Solution)
	}
	files := map[string][]byte{}
	for _, name := range names {
		if files[filepath.Base(name)], err = os.ReadFile(name); err != nil {
			return nil, err
		}
	}
	return files, nil
}
