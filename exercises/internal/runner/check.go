package runner

import (
	"context"
	"fmt"

	"client-go-workbook/exercises/internal/catalog"
	"client-go-workbook/exercises/internal/progress"
	"client-go-workbook/exercises/internal/screen"
	"client-go-workbook/exercises/internal/verdict"
)

func (r *Runner) check(ctx context.Context, args []string) error {
	if len(args) == 1 && args[0] == "all" {
		return r.checkAll(ctx)
	}
	e, err := r.chosen(args)
	if err != nil {
		return err
	}
	v, err := r.judge(ctx, e)
	if err != nil {
		return err
	}
	r.report(v)
	if v.State != verdict.Solved {
		return ErrNotSolved
	}
	return nil
}

// checkAll checks every exercise that was touched, one line each; so lost progress is found again.
func (r *Runner) checkAll(ctx context.Context) error {
	all := true
	for _, e := range r.catalog.Exercises {
		state := verdict.NotStarted
		if !e.Untouched() {
			v, err := r.judge(ctx, e)
			if err != nil {
				return err
			}
			state = v.State
		}
		all = all && state == verdict.Solved
		mark, words := r.inWords(state)
		r.screen.Line(mark, " ", e.ID(), "  ", screen.Pad(screen.Cut(e.Title(), 44), 44), "  ", words)
	}
	if !all {
		return ErrNotSolved
	}
	return nil
}

// judge checks e and remembers what came of it.
func (r *Runner) judge(ctx context.Context, e *catalog.Exercise) (*verdict.Verdict, error) {
	digest := progress.Digest(e)
	v, err := r.Checker.Check(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", e.ID(), err)
	}
	return v, r.progress.Set(e, func(entry *progress.Entry) {
		same := entry.Digest == digest
		switch {
		case v.State == verdict.Solved:
			entry.Passed, entry.Digest, entry.At = progress.All, digest, r.Now().UTC()
		case v.State == verdict.OfflinePassed && entry.Passed != progress.All:
			entry.Passed, entry.Digest, entry.At = progress.Offline, digest, r.Now().UTC()
		case v.State != verdict.OfflinePassed && same:
			entry.Passed, entry.Digest = progress.Nothing, "" // these very files passed once, and do no more
		}
	})
}

// inWords returns a mark and a few words for a state.
func (r *Runner) inWords(state verdict.State) (mark, words string) {
	s := r.screen
	switch state {
	case verdict.NotStarted:
		return s.Faint("·"), "not started"
	case verdict.DoesNotCompile:
		return s.Bad("✗"), "does not compile"
	case verdict.Panicking:
		return s.Bad("✗"), "panics"
	case verdict.Hanging:
		return s.Bad("✗"), "hangs"
	case verdict.Failing:
		return s.Bad("✗"), "a test fails"
	case verdict.OfflinePassed:
		return s.Note("◐"), "offline part passed"
	default:
		return s.Good("✓"), "solved"
	}
}
