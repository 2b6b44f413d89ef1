package runner

import (
	"context"
	"fmt"
	"strings"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/progress"
	"client-go-workbook/exercises/internal/screen"
)

func (r *Runner) board(context.Context, []string) error {
	s := r.screen
	solved := 0
	for _, e := range r.catalog.Exercises {
		if entry, _ := r.progress.Of(e); entry.Passed == progress.All {
			solved++
		}
	}
	count := fmt.Sprintf("%d of %d solved", solved, len(r.catalog.Exercises))
	const title = "The client-go workbook"
	s.Line(s.Bold(title), strings.Repeat(" ", screen.Width-len(title)-len(count)), count)

	next, chapter := r.upNext(), ""
	for _, e := range r.catalog.Exercises {
		if e.Chapter != chapter {
			chapter = e.Chapter
			s.Line()
			s.Line(s.Bold("Chapter "+strings.TrimPrefix(chapter[2:4], "0")), "  ", chapter[5:])
		}
		r.row(e, e == next)
	}
	s.Line()
	if next == nil {
		s.Line(s.Good("All exercises are solved."), " The rest of lib/ is waiting to be read.")
		return nil
	}
	s.Line("In the folder exercises/:")
	for _, c := range []struct{ line, help string }{
		{"next", "read the task of " + next.ID()},
		{"watch", "check it whenever you save"},
		{"help", "all commands"},
	} {
		s.Line("  go run . ", screen.Pad(c.line, 8), s.Faint(c.help))
	}
	return nil
}

// row is one exercise: mark, number, title, how far it is.
func (r *Runner) row(e *catalog.Exercise, next bool) {
	s := r.screen
	mark, status := " ", ""
	switch entry, changed := r.progress.Of(e); {
	case entry.Passed == progress.All && changed:
		mark, status = s.Good("✓"), "solved, then changed"
	case entry.Passed == progress.All:
		mark, status = s.Good("✓"), "solved"
	case entry.Passed == progress.Offline && !changed:
		mark, status = s.Note("◐"), "offline part passed"
	case !e.Untouched():
		mark, status = s.Note("…"), "started"
	}
	if next {
		mark = s.Bold("▶")
		if status == "" {
			status = "next"
		}
	}
	s.Line("  ", mark, " ", e.Folder[:4], "  ", screen.Pad(screen.Cut(e.Title(), 48), 48), "  ", s.Faint(status))
}
