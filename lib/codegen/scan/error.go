package scan

import (
	"cmp"
	"errors"
	"fmt"
	"go/token"
	"slices"
)

// Error is one thing that is wrong in the source.
type Error struct {
	Pos     token.Position
	What    string // is wrong: `unknown tag +genclient:nonamespace`
	Instead string // what to write: `+genclient:nonNamespaced`
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d: %s; write %s", e.Pos.Filename, e.Pos.Line, e.What, e.Instead)
}

// problems collects all that is wrong, in place of stopping at the first.
type problems []error

func (p *problems) add(err error) { *p = append(*p, err) }

// at starts a problem with its place and what is wrong there; instead completes it.
func (p *problems) at(pos token.Position, what string, args ...any) problem {
	return problem{p, pos, fmt.Sprintf(what, args...)}
}

type problem struct {
	all  *problems
	pos  token.Position
	what string
}

func (p problem) instead(write string, args ...any) {
	p.all.add(&Error{Pos: p.pos, What: p.what, Instead: fmt.Sprintf(write, args...)})
}

func (p problems) err() error { return Join(p) }

// Join joins errors: those with a place in the order of the source, each once. It returns nil for none, and leaves out nils.
func Join(errs []error) error {
	sorted := slices.DeleteFunc(slices.Clone(errs), func(err error) bool { return err == nil })
	slices.SortStableFunc(sorted, func(a, b error) int {
		x, y := position(a), position(b)
		return cmp.Or(cmp.Compare(x.Filename, y.Filename), cmp.Compare(x.Line, y.Line))
	})
	return errors.Join(slices.CompactFunc(sorted, func(a, b error) bool { return a.Error() == b.Error() })...)
}

func position(err error) token.Position {
	if e := (*Error)(nil); errors.As(err, &e) {
		return e.Pos
	}
	return token.Position{}
}
