package grade

import (
	"fmt"
	"time"

	"client-go-workbook/exercises/internal/screen"
)

// Print shows the kill table, then what is wrong: the end of the output is what one sees.
func (r *Report) Print(s *screen.Screen, took time.Duration) {
	exercise := ""
	for _, k := range r.Kills {
		if k.Exercise != exercise {
			exercise = k.Exercise
			s.Line(s.Bold(exercise))
		}
		s.Line("  ", s.Good("✓"), " ", k.Mutant)
		s.Line("      ", s.Faint(k.Test))
	}
	for _, list := range []struct {
		title string
		found []Finding
		paint screen.Paint
	}{
		{"Not checked, for it needs a cluster (make up)", r.Unchecked, s.Note},
		{"Should be better", r.Warnings, s.Note},
		{"Wrong", r.Findings, s.Bad},
	} {
		if len(list.found) == 0 {
			continue
		}
		s.Line()
		s.Line(list.paint(list.title))
		for _, f := range list.found {
			s.Text(2, "- "+f.String())
		}
	}
	s.Line()
	summary := fmt.Sprintf("%s, %s killed, %d not checked, %s wrong",
		count(r.Exercises, "exercise"), count(len(r.Kills), "mutant"), len(r.Unchecked), count(len(r.Findings), "thing"))
	s.Line(s.Bold(summary), "  ", s.Faint(took.Round(100*time.Millisecond).String()))
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
