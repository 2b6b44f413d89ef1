package runner

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/progress"
	"client-go-workbook/exercises/internal/stub"
)

func (r *Runner) solution(_ context.Context, args []string) error {
	giveUp := slices.Contains(args, "--give-up")
	args = slices.DeleteFunc(slices.Clone(args), func(a string) bool { return a == "--give-up" })
	if len(args) != 1 {
		return errors.New("which exercise? go run . solution name [--give-up]")
	}
	e, err := r.catalog.Find(args[0])
	if err != nil {
		return err
	}
	if entry, _ := r.progress.Of(e); entry.Passed != progress.All && !giveUp {
		return fmt.Errorf("%s isn't solved yet; `go run . hint %s` helps, and `go run . solution %s --give-up` tells all",
			e.ID(), e.ID(), e.ID())
	}
	solved, err := solutionOf(e)
	if err != nil {
		return err
	}
	if solved, err = stub.Solution(solved); err != nil {
		return err
	}
	r.heading(e)
	for _, name := range slices.Sorted(maps.Keys(solved)) {
		own, err := os.ReadFile(filepath.Join(e.Dir, name))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
		r.screen.Line()
		r.difference(r.relative(filepath.Join(e.Dir, name)), own, solved[name])
	}
	r.upstream(e)
	return nil
}

func (r *Runner) difference(name string, own, solved []byte) {
	s := r.screen
	if bytes.Equal(own, solved) {
		s.Line("  ", name, " is the solution, letter for letter.")
		return
	}
	text := string(diff.Diff(name+" (yours)", own, name+" (solution)", solved))
	_, text, _ = strings.Cut(text, "\n") // "diff a b", which the next two lines say again
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		switch {
		case strings.HasPrefix(line, "---"), strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "@@"):
			s.Line(s.Faint(line))
		case strings.HasPrefix(line, "-"):
			s.Line(s.Bad(line))
		case strings.HasPrefix(line, "+"):
			s.Line(s.Good(line))
		default:
			s.Line(line)
		}
	}
}

// upstream says where the same is done for real, and what is done there besides.
func (r *Runner) upstream(e *catalog.Exercise) {
	s := r.screen
	s.Line()
	s.Line("  lib        ", e.Readme.Lib.File, ", ", e.Readme.Lib.Symbol)
	s.Line("  upstream   ", e.Readme.Upstream.File, ", ", e.Readme.Upstream.Symbol)
	if e.Readme.Besides != "" {
		s.Line()
		s.Text(2, e.Readme.Besides)
	}
}

// reset writes the stub again. What was there goes to .workbook/backup, with files that the learner added.
func (r *Runner) reset(_ context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("which exercise? go run . reset name")
	}
	e, err := r.catalog.Find(args[0])
	if err != nil {
		return err
	}
	solved, err := solutionOf(e)
	if err != nil {
		return err
	}
	stubs, err := stub.Make(e.ID(), solved)
	if err != nil {
		return err
	}
	if isStub(e, stubs) {
		r.screen.Line(e.ID(), " is as it was at the beginning.")
		return r.progress.Set(e, func(entry *progress.Entry) { *entry = progress.Entry{} })
	}
	backup := filepath.Join(r.Root, ".workbook", "backup", e.Name(), r.Now().Format("2006-01-02T15.04.05"))
	if err := moveSources(e, backup); err != nil {
		return fmt.Errorf("back up %s: %w", e.ID(), err)
	}
	for name, src := range stubs {
		if err := os.WriteFile(filepath.Join(e.Dir, name), src, 0o644); err != nil {
			return err
		}
	}
	if len(e.Sources) == 0 {
		r.screen.Line(e.ID(), " starts over.")
	} else {
		r.screen.Line(e.ID(), " starts over. Your files are in")
		r.screen.Line("  ", r.relative(backup))
	}
	return r.progress.Set(e, func(entry *progress.Entry) { *entry = progress.Entry{} })
}

func isStub(e *catalog.Exercise, stubs stub.Files) bool {
	for _, name := range e.Sources {
		src, err := os.ReadFile(filepath.Join(e.Dir, name))
		if err != nil || !bytes.Equal(src, stubs[name]) {
			return false
		}
	}
	return len(e.Sources) == len(stubs)
}

// moveSources copies all files before it removes the first, so that whatever fails leaves the learner's work in place.
func moveSources(e *catalog.Exercise, to string) error {
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	for _, name := range e.Sources {
		src, err := os.ReadFile(filepath.Join(e.Dir, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(to, name), src, 0o644); err != nil {
			return err
		}
	}
	for _, name := range e.Sources {
		if err := os.Remove(filepath.Join(e.Dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// solutionOf reads the solved files, with their markers.
func solutionOf(e *catalog.Exercise) (stub.Files, error) {
	files, err := e.ReadSolution()
	if err != nil {
		return nil, fmt.Errorf("read the solution of %s: %w", e.ID(), err)
	}
	return files, nil
}
