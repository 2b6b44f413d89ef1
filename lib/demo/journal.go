package demo

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// Journal collects what the stations of a demo note while things pass them, each from
// its own goroutine, until a step comes to read it. Its zero value is empty and ready.
type Journal struct {
	mu   sync.Mutex
	rows [][]string
	news chan struct{} // closed at the next note; nil if nobody waits
}

// journalPatience is how long a step waits for what should come. The fastest clusters
// need milliseconds, the slowest some seconds.
const journalPatience = 30 * time.Second

// Note adds a row.
func (j *Journal) Note(cells ...string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.rows = append(j.rows, cells)
	if j.news != nil {
		close(j.news)
		j.news = nil
	}
}

// Take waits until n rows are there and takes all of them out.
func (j *Journal) Take(ctx context.Context, n int) ([][]string, error) {
	rows, err := j.TakeWhen(ctx, func(rows [][]string) bool { return len(rows) >= n })
	if err != nil && ctx.Err() == nil {
		return nil, fmt.Errorf("%d notes should come: %w", n, err)
	}
	return rows, err
}

// TakeWhen waits until the rows are complete, and takes them out. It fails when the
// context ends, as after Ctrl-C, and after 30 seconds; then it says what has come.
func (j *Journal) TakeWhen(ctx context.Context, complete func(rows [][]string) bool) ([][]string, error) {
	patience := time.NewTimer(journalPatience)
	defer patience.Stop()
	for {
		rows, news := j.takeOrWait(complete)
		if news == nil {
			return rows, nil
		}
		select {
		case <-news:
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-patience.C:
			return nil, fmt.Errorf("after %s there are only %d:\n%s", journalPatience, len(rows), Columns(rows...))
		}
	}
}

// takeOrWait takes the rows if they are complete. If not, it returns also what tells of
// the next note.
func (j *Journal) takeOrWait(complete func([][]string) bool) ([][]string, <-chan struct{}) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if complete(j.rows) {
		rows := j.rows
		j.rows = nil
		return rows, nil
	}
	if j.news == nil {
		j.news = make(chan struct{})
	}
	return j.rows[:len(j.rows):len(j.rows)], j.news
}
