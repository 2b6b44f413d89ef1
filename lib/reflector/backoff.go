package reflector

import (
	"context"
	"time"

	"k8s.io/apimachinery/pkg/util/wait"
)

// defaultBackoff waits 0.8 to 1.6 s after the first failure and 30 to 60 s after the sixth and all others.
var defaultBackoff = wait.Backoff{Duration: 800 * time.Millisecond, Factor: 2, Jitter: 1, Cap: 30 * time.Second, Steps: 38}

// backoffReset is how long delays grow before they start anew.
const backoffReset = 2 * time.Minute

// backoff spaces out attempts. It belongs to the goroutine that the Reflector runs in.
type backoff struct {
	initial wait.Backoff
	current wait.Backoff
	since   time.Time // when current was initial
}

func newBackoff(initial wait.Backoff) *backoff {
	return &backoff{initial: initial, current: initial, since: time.Now()}
}

func (b *backoff) next() time.Duration {
	if now := time.Now(); now.Sub(b.since) > backoffReset {
		b.current, b.since = b.initial, now
	}
	return b.current.Step()
}

// sleep says whether it waited to the end: false means that ctx has ended.
func (b *backoff) sleep(ctx context.Context) bool {
	t := time.NewTimer(b.next())
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return ctx.Err() == nil
	}
}

// patience bounds how long errors of a kind are answered by another attempt. The time starts with the first of
// them, and again with one that comes a minute or more after the last.
type patience struct {
	limit       time.Duration
	first, last time.Time // of the errors; zero: none
}

// lasts says, after an error, whether to try again.
func (p *patience) lasts() bool {
	now := time.Now()
	if p.first.IsZero() || now.Sub(p.last) >= time.Minute {
		p.first = now
	}
	p.last = now
	return p.limit > 0 && now.Sub(p.first) <= p.limit
}
