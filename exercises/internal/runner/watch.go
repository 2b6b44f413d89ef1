package runner

import (
	"context"
	"errors"
	"io"
	"slices"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/screen"
	"client-go-workbook/exercises/internal/verdict"
	"client-go-workbook/exercises/internal/watch"
)

// watch checks an exercise on every save, until q or Ctrl-C.
func (r *Runner) watch(ctx context.Context, args []string) error {
	e, err := r.chosen(args)
	if err != nil {
		return err
	}
	keys := r.keys()
	defer keys.Close()
	if keys.Raw {
		r.screen = screen.New(rawWriter{r.Out}, r.InColour)
	}
	for e != nil {
		e = r.watchOne(ctx, e, keys.C)
	}
	return nil
}

func (r *Runner) keys() *watch.Keys {
	if r.In == nil {
		return watch.OpenKeys()
	}
	return watch.NewKeys(r.In)
}

// watchOne returns the exercise to watch next, or nil.
func (r *Runner) watchOne(ctx context.Context, e *catalog.Exercise, keys <-chan byte) (then *catalog.Exercise) {
	changes := watch.NewChanges(e.Dir, r.pollForced())
	defer changes.Close()
	loop := watch.Loop{
		Changes: changes.C,
		Keys:    keys,
		Check:   func(ctx context.Context) { r.recheck(ctx, e) },
		Key: func(key byte) (again, quit bool) {
			switch key {
			case 'q':
				return false, true
			case 'n':
				then = r.after(e)
				return false, true
			case 'h':
				if err := r.hint(ctx, []string{e.Name()}); err != nil {
					r.screen.Line(r.screen.Bad(err.Error()))
				}
				r.keysLine()
			}
			return false, false
		},
	}
	loop.Run(ctx)
	return then
}

func (r *Runner) recheck(ctx context.Context, e *catalog.Exercise) {
	r.clear()
	r.screen.Line(r.screen.Faint("checking " + e.ID() + " …"))
	v, err := r.judge(ctx, e)
	switch {
	case ctx.Err() != nil:
		return // overtaken: the next check has something to say
	case err != nil && !errors.Is(err, context.Canceled):
		r.screen.Line(r.screen.Bad(err.Error()))
	case v.State == verdict.NotStarted:
		r.clear()
		r.task(e)
		r.screen.Line()
		r.screen.Line("  ", r.screen.Note("not started"))
	default:
		r.clear()
		r.report(v)
	}
	r.keysLine()
}

func (r *Runner) keysLine() {
	r.screen.Line()
	r.screen.Line(r.screen.Faint("watching: save to check again    h hint    n next exercise    q quit"))
}

func (r *Runner) clear() {
	if r.Clear {
		_, _ = r.Out.Write([]byte("\x1b[2J\x1b[H"))
	}
}

// after returns the exercise to go on with after e: the first that isn't solved, if there is another one.
func (r *Runner) after(e *catalog.Exercise) *catalog.Exercise {
	if next := r.firstBehind(e); next != nil && next != e {
		return next
	}
	all := r.catalog.Exercises
	return all[(slices.Index(all, e)+1)%len(all)]
}

// rawWriter writes "\r\n" for "\n", as a terminal in raw mode needs it.
type rawWriter struct {
	out io.Writer
}

func (w rawWriter) Write(p []byte) (int, error) {
	crlf := make([]byte, 0, len(p)+8)
	for _, b := range p {
		if b == '\n' {
			crlf = append(crlf, '\r')
		}
		crlf = append(crlf, b)
	}
	if _, err := w.out.Write(crlf); err != nil {
		return 0, err
	}
	return len(p), nil
}
