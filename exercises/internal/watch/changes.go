// Package watch runs a check again whenever a file is saved.
//
//	fsnotify ─┐                       ┌─ keys h n q
//	          ├─▶ Changes ─debounce─▶ Loop ──▶ check(ctx)   one at a time; a change cancels the one that runs
//	polling ──┘
//
// Goroutines: Changes owns one for the files, Keys one for the terminal, Loop one for the check that runs. Each ends
// before the function that started it (or Close) returns.
package watch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	debounce     = 100 * time.Millisecond // an editor writes a file in several steps
	pollInterval = 500 * time.Millisecond
)

// Changes says when a Go file in dir was changed, created or removed.
type Changes struct {
	C <-chan struct{}

	cancel context.CancelFunc
	done   chan struct{}
}

// NewChanges watches dir by fsnotify, or by looking every half second where that isn't possible (or poll asks for it).
func NewChanges(dir string, poll bool) *Changes {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan struct{}, 1)
	c := &Changes{C: signals, cancel: cancel, done: make(chan struct{})}
	notify, err := newNotify(dir, poll)
	go func() {
		defer close(c.done)
		if err != nil || notify == nil {
			ticker := time.NewTicker(pollInterval)
			defer ticker.Stop()
			pollDir(ctx, dir, ticker.C, signals)
			return
		}
		defer notify.Close()
		notifyDir(ctx, notify, signals)
	}()
	return c
}

// Close stops watching.
func (c *Changes) Close() {
	c.cancel()
	<-c.done
}

func newNotify(dir string, poll bool) (*fsnotify.Watcher, error) {
	if poll {
		return nil, nil
	}
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	// The folder and not its files: editors replace a file when they save it.
	if err := w.Add(dir); err != nil {
		w.Close()
		return nil, err
	}
	return w, nil
}

// notifyDir passes a burst of events on as one, once it is over.
func notifyDir(ctx context.Context, w *fsnotify.Watcher, signals chan<- struct{}) {
	quiet := time.NewTimer(0)
	quiet.Stop()
	defer quiet.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.Events:
			if !ok {
				return
			}
			if isGo(e.Name) && !e.Has(fsnotify.Chmod) {
				quiet.Reset(debounce)
			}
		case <-w.Errors: // an overflow loses events, the next save brings another
		case <-quiet.C:
			signal(signals)
		}
	}
}

// pollDir compares the folder with what it was at the tick before. A change is passed on when the folder stands still.
func pollDir(ctx context.Context, dir string, ticks <-chan time.Time, signals chan<- struct{}) {
	last, changed := snapshot(dir), false
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticks:
		}
		now := snapshot(dir)
		switch {
		case now != last:
			last, changed = now, true
		case changed:
			changed = false
			signal(signals)
		}
	}
}

func snapshot(dir string) string {
	var b strings.Builder
	entries, _ := os.ReadDir(dir) // a folder that is gone for a moment is an empty one
	for _, e := range entries {
		if info, err := e.Info(); err == nil && isGo(e.Name()) {
			fmt.Fprintln(&b, e.Name(), info.Size(), info.ModTime())
		}
	}
	return b.String()
}

func isGo(file string) bool {
	name := filepath.Base(file)
	return strings.HasSuffix(name, ".go") && !strings.HasPrefix(name, ".")
}

// signal says that something changed, once for all that nobody has heard yet.
func signal(signals chan<- struct{}) {
	select {
	case signals <- struct{}{}:
	default:
	}
}
