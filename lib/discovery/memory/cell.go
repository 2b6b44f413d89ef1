package memory

import (
	"context"
	"errors"
	"sync"
	"syscall"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// cell remembers the answer to one question. Of the callers that come before there is one, the first asks and the
// others wait for it; mu is not held meanwhile. Whenever mu is free:
//   - running is nil, or the one attempt to get an answer that is under way;
//   - latest is nil before the first answer, then the latest. It is given again only if it says keep.
type cell[T any] struct {
	mu      sync.Mutex
	latest  *answer[T]
	running *attempt[T]
}

// answer is what came of asking. Both can be set: a value, and why it is no good.
type answer[T any] struct {
	value T
	err   error
	keep  bool // asking again would give the same
}

// attempt is made by one caller and waited for by others. What stands in it is valid once done is closed.
type attempt[T any] struct {
	done chan struct{}
	answer[T]
	abandoned bool // its caller left, or panicked: what came of it says nothing about the server
}

// get returns the answer that is known, or asks once for all who wait. No caller waits longer than its own context.
func (c *cell[T]) get(ctx context.Context, ask func(context.Context) answer[T]) (T, error) {
	for {
		c.mu.Lock()
		if known := c.latest; known != nil && known.keep {
			c.mu.Unlock()
			return known.value, known.err
		}
		a := c.running
		if a == nil {
			a = &attempt[T]{done: make(chan struct{}), abandoned: true}
			c.running = a
			c.mu.Unlock()
			c.run(ctx, a, ask)
			return a.value, a.err
		}
		c.mu.Unlock()

		select {
		case <-a.done:
			if !a.abandoned {
				return a.value, a.err
			}
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
	}
}

// run asks, remembers and tells those who wait, who are told also when ask panics.
func (c *cell[T]) run(ctx context.Context, a *attempt[T], ask func(context.Context) answer[T]) {
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.running = nil
		if !a.abandoned {
			c.latest = &a.answer
		}
		close(a.done)
	}()
	a.answer = ask(ctx)
	a.abandoned = a.err != nil && ctx.Err() != nil
}

// peek returns the latest answer, nil if there is none.
func (c *cell[T]) peek() *answer[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.latest
}

// lasting is an answer that is kept unless its error may be gone on the next try.
func lasting[T any](value T, err error) answer[T] {
	return answer[T]{value: value, err: err, keep: !isTransient(err)}
}

// isTransient reports whether err is about the moment: the server is not up, is busy, or broke; or the caller left.
func isTransient(err error) bool {
	if err == nil {
		return false
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ECONNRESET) {
		return true
	}
	var answered apierrors.APIStatus
	return errors.As(err, &answered) && answered.Status().Code >= 500 || apierrors.IsTooManyRequests(err)
}
