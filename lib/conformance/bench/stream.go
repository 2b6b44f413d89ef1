package main

import (
	"context"
	"fmt"
	"time"
)

// streamExperiments measure how fast events get from a watch stream to a handler, once the informer is in sync.
func streamExperiments(s scale) (out []experiment) {
	for format, mediaType := range formats {
		out = append(out, experiment{
			metrics: []metric{{fmt.Sprintf("events from a watch stream to a handler, %s", format), perSecond, noWorse}},
			rounds:  s.processRounds,
			prepare: prepareClients(client{MediaType: mediaType, Pods: s.watched, Events: s.events}, "/stream"),
		})
	}
	return out
}

// measureStream counts from the first event to the last.
func (c *client) measureStream(ctx context.Context, run run) ([]float64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var first, last time.Time
	seen := 0
	h := &handler{}
	h.onUpdate = func() {
		if seen++; seen == 1 {
			first = time.Now()
		}
		if seen == c.Events {
			last = time.Now()
			cancel()
		}
	}
	if err := run(ctx, h, func() {}); err != nil {
		return nil, err
	}
	if seen < c.Events {
		return nil, fmt.Errorf("told of %d events, not %d", seen, c.Events)
	}
	return []float64{float64(c.Events-1) / last.Sub(first).Seconds()}, nil
}
