package gotest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Build says what to compile.
type Build struct {
	Dir     string            // the exercise's folder
	Overlay map[string]string // file of the exercise → file to take for it; all absolute
	Race    bool
	Vet     bool   // fail on what vet is sure of, as go test does; costs as much as to compile
	Scratch string // a folder for the binary; each build needs its own
}

// Binary is a compiled test.
type Binary struct {
	path, dir string
}

// CompileError says why there is no Binary.
type CompileError struct {
	Vet         bool // it compiles, but vet is sure that it is wrong
	Diagnostics []Diagnostic
	Output      string // all that the compiler said
}

// Diagnostic is one complaint of the compiler.
type Diagnostic struct {
	File    string // absolute
	Line    int
	Column  int
	Message string
}

func (e *CompileError) Error() string {
	if len(e.Diagnostics) == 0 {
		return "does not compile: " + strings.TrimSpace(e.Output)
	}
	d := e.Diagnostics[0]
	return fmt.Sprintf("does not compile: %s:%d: %s", filepath.Base(d.File), d.Line, d.Message)
}

// InFile reports whether the complaint is about a file of the learner, and not of the tests.
func (d Diagnostic) InFile(dir string) bool {
	return filepath.Dir(d.File) == dir && !strings.HasSuffix(d.File, "_test.go")
}

// Compile builds the test binary. An error that is no *CompileError means that go itself failed.
func (b Build) Compile(ctx context.Context) (*Binary, error) {
	binary := &Binary{path: filepath.Join(b.Scratch, "exercise.test"), dir: b.Dir}
	// Without symbol table and DWARF the linker has half the work; panics show their lines all the same.
	args := []string{"test", "-c", "-o", binary.path, "-ldflags=-s -w"}
	if b.Race {
		args = append(args, "-race")
	}
	if !b.Vet {
		args = append(args, "-vet=off")
	}
	if len(b.Overlay) > 0 {
		overlay, err := b.writeOverlay()
		if err != nil {
			return nil, err
		}
		args = append(args, "-overlay", overlay)
	}
	out, err := command(ctx, b.Dir, "go", append(args, ".")...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &exit):
		failed := &CompileError{Diagnostics: b.diagnostics(string(out)), Output: string(out)}
		failed.Vet = b.compilesWithoutVet(ctx)
		return nil, failed
	case err != nil:
		return nil, fmt.Errorf("run go test -c: %w", err)
	}
	if _, err := os.Stat(binary.path); err != nil {
		return nil, &CompileError{Output: "no test files in " + b.Dir}
	}
	return binary, nil
}

// compilesWithoutVet tells vet's complaints from the compiler's: go prints both alike.
func (b Build) compilesWithoutVet(ctx context.Context) bool {
	if !b.Vet {
		return false
	}
	b.Vet = false
	_, err := b.Compile(ctx)
	return err == nil
}

func (b Build) writeOverlay() (string, error) {
	text, err := json.Marshal(map[string]any{"Replace": b.Overlay})
	if err != nil {
		return "", err
	}
	file := filepath.Join(b.Scratch, "overlay.json")
	return file, os.WriteFile(file, text, 0o600)
}

var diagnosticLine = regexp.MustCompile(`^(?:vet: )?(\S+\.go):(\d+)(?::(\d+))?: (.*)$`)

// diagnostics reads the compiler's lines, the learner's files first: what is wrong there is most often why the tests
// don't compile either.
func (b Build) diagnostics(out string) []Diagnostic {
	var found []Diagnostic
	for line := range strings.SplitSeq(out, "\n") {
		m := diagnosticLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		d := Diagnostic{File: b.original(m[1]), Message: m[4]}
		d.Line, _ = strconv.Atoi(m[2])
		d.Column, _ = strconv.Atoi(m[3])
		if !slices.Contains(found, d) { // a package is compiled by itself and with its tests
			found = append(found, d)
		}
	}
	slices.SortStableFunc(found, func(x, y Diagnostic) int { return b.rank(x) - b.rank(y) })
	return found
}

func (b Build) rank(d Diagnostic) int {
	if d.InFile(b.Dir) {
		return 0
	}
	return 1
}

// original makes a file of the compiler's output absolute, and undoes the overlay where go shows through it.
func (b Build) original(file string) string {
	if !filepath.IsAbs(file) {
		file = filepath.Join(b.Dir, file)
	}
	for original, instead := range b.Overlay {
		if instead == file {
			return original
		}
	}
	return file
}
