package events

import (
	"context"
	"fmt"

	"k8s.io/apimachinery/pkg/watch"
)

// Recording is a recording whose state a test can look at.
type Recording struct{ *recording }

// NewRecording returns one that runs when it is told to.
func NewRecording(sink EventSink) Recording {
	return Recording{newRecording(config{sink, defaultRefreshTime, defaultFinishTime})}
}

// Run is run.
func (r Recording) Run(ctx context.Context, events <-chan watch.Event) { r.run(ctx, events) }

// CheckInvariants returns what isn't as recording's documentation has it.
func (r Recording) CheckInvariants() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	wanted := 0
	for key, s := range r.series {
		switch {
		case keyOf(s.event) != key:
			return fmt.Errorf("%v is at %v", keyOf(s.event), key)
		case s.event.Series != nil:
			return fmt.Errorf("%v: the first event was changed", key)
		case s.count < 1 || s.written < 0 || s.written > s.count:
			return fmt.Errorf("%v: %d of %d are written", key, s.written, s.count)
		case s.tries < 0 || s.tries >= maxTriesPerEvent:
			return fmt.Errorf("%v: %d tries", key, s.tries)
		case s.ending && !s.repeats():
			return fmt.Errorf("%v: a single event ends as a series", key)
		}
		if s.wanted {
			wanted++
		}
	}
	if r.backlog != wanted {
		return fmt.Errorf("backlog %d, but %d are wanted", r.backlog, wanted)
	}
	if len(r.series) > maxSeries {
		return fmt.Errorf("%d series", len(r.series))
	}
	return nil
}

// Backlog is how many series wait to be written.
func (r Recording) Backlog() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.backlog
}

// Dropped is how many events a broadcaster's watchers have missed.
func Dropped(b EventBroadcaster) uint64 { return b.(*broadcaster).events.Dropped() }
