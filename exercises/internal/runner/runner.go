// Package runner holds the commands of `go run .`: what a learner types and sees.
//
//	main ──▶ Runner.Run ──▶ board  next  check  watch  hint  show  solution  reset  map
//	                          │      catalog: what there is     progress: what was solved
//	                          └────▶ verdict: how far it is      screen: how it looks
package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/progress"
	"client-go-workbook/exercises/internal/screen"
	"client-go-workbook/exercises/internal/verdict"
)

// Runner runs one command.
type Runner struct {
	Root     string   // the folder of the repository
	In       *os.File // of keys for watch, which closes it; nil means the standard input
	Out      io.Writer
	InColour bool
	Clear    bool // the screen is a terminal, which watch may clear
	Now      func() time.Time
	Checker  verdict.Checker

	screen   *screen.Screen
	catalog  *catalog.Catalog
	progress *progress.Progress
}

// ErrNotSolved is what a check returns for all but Solved. Everything about it has been said on the screen.
var ErrNotSolved = errors.New("not solved")

// command is what a learner may type.
type command struct {
	name, args, help string
	run              func(*Runner, context.Context, []string) error
}

// commands is a function, or help would refer to itself while it is set up.
func commands() []command {
	return []command{
		{"", "", "the board: what is solved, what comes next", (*Runner).board},
		{"next", "", "the task of the next exercise", (*Runner).next},
		{"check", "[name|all]", "run the tests of an exercise", (*Runner).check},
		{"watch", "[name]", "check again whenever you save", (*Runner).watch},
		{"hint", "[name]", "a hint; ask again for the stronger one", (*Runner).hint},
		{"show", "[name]", "the task and the invariant", (*Runner).show},
		{"solution", "name [--give-up]", "how the solution differs from your file", (*Runner).solution},
		{"reset", "name", "start over; keeps a backup", (*Runner).reset},
		{"map", "", "where lib/ and client-go do the same", (*Runner).places},
		{"help", "", "these lines", (*Runner).help},
	}
}

// Run runs the command that args name.
func (r *Runner) Run(ctx context.Context, args []string) error {
	r.screen = screen.New(r.Out, r.InColour)
	name := ""
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	if name == "-h" || name == "--help" {
		name = "help"
	}
	for _, c := range commands() {
		if c.name == name {
			if err := r.load(); err != nil {
				return err
			}
			return c.run(r, ctx, args)
		}
	}
	return fmt.Errorf("no command is called %q; `go run . help` lists them", name)
}

func (r *Runner) load() (err error) {
	if r.catalog, err = catalog.Load(r.Root); err != nil {
		return err
	}
	var damaged string
	if r.progress, damaged, err = progress.Load(r.Root); err != nil {
		return err
	}
	if damaged != "" {
		r.screen.Line(r.screen.Note("The progress file was damaged; it is now " + r.relative(damaged) + "."))
		r.screen.Line("`go run . check all` finds out again what is solved.")
		r.screen.Line()
	}
	return nil
}

func (r *Runner) help(context.Context, []string) error {
	r.screen.Line("In the folder exercises/:")
	r.screen.Line()
	for _, c := range commands() {
		r.screen.Line("  go run . ", screen.Pad(c.name+" "+c.args, 27), c.help)
	}
	r.screen.Line()
	r.screen.Text(0, "A name is any part that only one exercise has: ch01/ex01, api-path, path.")
	return nil
}

// chosen returns the exercise that args name, or the next one.
func (r *Runner) chosen(args []string) (*catalog.Exercise, error) {
	switch len(args) {
	case 0:
		if e := r.upNext(); e != nil {
			return e, nil
		}
		if n := len(r.catalog.Exercises); n > 0 {
			return r.catalog.Exercises[n-1], nil
		}
		return nil, errors.New("there are no exercises")
	case 1:
		return r.catalog.Find(args[0])
	}
	return nil, fmt.Errorf("one name, please, not %d", len(args))
}

// upNext is where the learner goes on: behind what passed last, so that one may begin with any chapter.
func (r *Runner) upNext() *catalog.Exercise {
	var last *catalog.Exercise
	var at time.Time
	for _, e := range r.catalog.Exercises {
		if entry, _ := r.progress.Of(e); entry.Passed != progress.Nothing && !entry.At.Before(at) {
			last, at = e, entry.At
		}
	}
	return r.firstBehind(last)
}

// firstBehind is the first exercise behind e, or of all if e is nil, that waits for the learner; if there is none, the
// first that waits for a cluster; nil when all is solved. The first exercise is behind the last one.
func (r *Runner) firstBehind(e *catalog.Exercise) *catalog.Exercise {
	all := r.catalog.Exercises
	begin := slices.Index(all, e) + 1
	var waiting *catalog.Exercise
	for _, e := range slices.Concat(all[begin:], all[:begin]) {
		switch entry, changed := r.progress.Of(e); {
		case entry.Passed == progress.All:
		case entry.Passed == progress.Offline && !changed:
			if waiting == nil {
				waiting = e
			}
		default:
			return e
		}
	}
	return waiting
}

// relative shortens a path to one from the exercises' folder, where the learner is.
func (r *Runner) relative(file string) string {
	if rel, err := filepath.Rel(filepath.Join(r.Root, "exercises"), file); err == nil {
		return rel
	}
	return file
}

func (r *Runner) pollForced() bool { return os.Getenv("WORKBOOK_POLL") != "" }
