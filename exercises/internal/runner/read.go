package runner

import (
	"context"
	"fmt"
	"path/filepath"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/progress"
	"client-go-workbook/exercises/internal/screen"
)

func (r *Runner) next(ctx context.Context, _ []string) error {
	e := r.upNext()
	if e == nil {
		r.screen.Line(r.screen.Good("All exercises are solved."))
		return nil
	}
	return r.show(ctx, []string{e.Name()})
}

func (r *Runner) show(_ context.Context, args []string) error {
	e, err := r.chosen(args)
	if err != nil {
		return err
	}
	r.task(e)
	return nil
}

func (r *Runner) task(e *catalog.Exercise) {
	s := r.screen
	r.heading(e)
	s.Line()
	s.Text(2, e.Readme.Task)
	s.Line()
	s.Line("  ", s.Bold("Invariant"))
	s.Text(2, e.Readme.Invariant)
	s.Line()
	s.Line("  read    ", r.relative(filepath.Join(e.Dir, "README.md")))
	for _, f := range e.Sources {
		s.Line("  edit    ", r.relative(filepath.Join(e.Dir, f)))
	}
	s.Line("  check   go run . check ", e.ID())
	s.Line("  stuck   go run . hint ", e.ID())
}

func (r *Runner) heading(e *catalog.Exercise) {
	r.screen.Line(r.screen.Bold(e.ID()), "  ", e.Title())
}

func (r *Runner) hint(_ context.Context, args []string) error {
	e, err := r.chosen(args)
	if err != nil {
		return err
	}
	if len(e.Hints) == 0 {
		return fmt.Errorf("%s has no hints", e.ID())
	}
	entry, _ := r.progress.Of(e)
	shown := min(entry.Hints+1, len(e.Hints))
	s := r.screen
	r.heading(e)
	for i, hint := range e.Hints[:shown] {
		s.Line()
		s.Line("  ", s.Bold(fmt.Sprintf("Hint %d of %d", i+1, len(e.Hints))))
		s.Text(2, hint)
	}
	s.Line()
	if shown < len(e.Hints) {
		s.Line("  a stronger one:      go run . hint ", e.ID())
	} else {
		s.Line("  the whole solution:  go run . solution ", e.ID(), " --give-up")
	}
	return r.progress.Set(e, func(entry *progress.Entry) { entry.Hints = shown })
}

// places prints where the same thing is done in lib and upstream.
func (r *Runner) places(context.Context, []string) error {
	s := r.screen
	for i, e := range r.catalog.Exercises {
		if i > 0 {
			s.Line()
		}
		r.heading(e)
		for _, p := range []struct {
			where string
			place catalog.Place
		}{{"lib", e.Readme.Lib}, {"upstream", e.Readme.Upstream}} {
			if p.place.File != "" {
				s.Line("  ", s.Faint(screen.Pad(p.where, 10)), screen.Pad(p.place.File, 36), " ", p.place.Symbol)
			}
		}
	}
	return nil
}
