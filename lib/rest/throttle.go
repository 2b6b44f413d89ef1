package rest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"k8s.io/klog/v2"
)

const (
	longWait     = 50 * time.Millisecond // worth a line at verbosity 3
	veryLongWait = time.Second           // worth a line that people see
)

// throttle waits for the rate limiter. reason says why this attempt is made; empty for the first one.
func (r *Request) throttle(ctx context.Context, reason string) error {
	if r.rateLimiter == nil {
		return nil
	}
	start := time.Now()
	err := r.rateLimiter.Wait(ctx)
	if waited := time.Since(start); waited > longWait {
		r.reportWait(ctx, waited, reason)
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%s: %w", r.describe(), err) // the caller's doing, not the limiter's
	default:
		return fmt.Errorf("%s: client rate limiter Wait returned an error: %w", r.describe(), err)
	}
}

func (r *Request) reportWait(ctx context.Context, waited time.Duration, reason string) {
	logger := klog.FromContext(ctx)
	level := 3
	if waited > veryLongWait {
		level = r.client.longWaits.level(logger, time.Now())
	}
	if logger = logger.V(level); !logger.Enabled() {
		return
	}
	if reason == "" {
		reason = "client-side throttling, not priority and fairness"
	}
	logger.Info("Waited before sending request",
		"delay", waited, "reason", reason, "verb", r.verb, "URL", r.URL().Redacted())
}

// longWaits keeps a client that is held back all the time from saying so all the time: once per second at
// verbosity 2, or else once per ten seconds at verbosity 0. The rest goes to verbosity 3.
type longWaits struct {
	last atomic.Int64 // when one was reported: Unix time in nanoseconds
}

func (w *longWaits) level(logger klog.Logger, now time.Time) int {
	level, interval := 0, 10*time.Second
	if logger.V(2).Enabled() {
		level, interval = 2, time.Second
	}
	last := w.last.Load()
	if now.UnixNano()-last < int64(interval) || !w.last.CompareAndSwap(last, now.UnixNano()) {
		return 3
	}
	return level
}
