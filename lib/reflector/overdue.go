package reflector

import (
	"context"
	"time"
)

// overdueAfter is how long a streamed list may be silent before somebody should know.
const overdueAfter = 10 * time.Second

// overdue warns when the bookmark that ends the initial events doesn't come: a server that sends none keeps the
// Reflector waiting, and without a word nobody would find out why. The nil overdue warns of nothing.
type overdue struct {
	reflector *Reflector
	ticker    *time.Ticker
	started   time.Time
	last      time.Time // event; zero: none
}

func (in *intake) watchForBookmark(s *stream) *overdue {
	if !in.untilSynced {
		return nil
	}
	return &overdue{reflector: in.reflector, ticker: time.NewTicker(overdueAfter), started: s.started}
}

func (o *overdue) stop() {
	if o != nil {
		o.ticker.Stop()
	}
}

func (o *overdue) ticks() <-chan time.Time {
	if o == nil {
		return nil
	}
	return o.ticker.C
}

// event is called for each event.
func (o *overdue) event() {
	if o != nil {
		o.last = time.Now()
	}
}

// warn is called for each tick.
func (o *overdue) warn(ctx context.Context) {
	logger := o.reflector.logger(ctx)
	if o.last.IsZero() {
		logger.Info("Warning: the streamed list hasn't begun", "silentFor", time.Since(o.started))
	} else if silent := time.Since(o.last); silent >= overdueAfter {
		logger.Info("Warning: the streamed list has no end yet: the bookmark for it is missing", "silentFor", silent)
	}
}
