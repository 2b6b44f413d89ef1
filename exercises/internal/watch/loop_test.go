package watch_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"client-go-workbook/exercises/internal/watch"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is somebody who saves files and types keys, and the checks that this causes.
type desk struct {
	changes  chan struct{}
	keys     chan byte
	finish   chan struct{} // lets the check that runs end
	story    []string
	leave    context.CancelFunc
	finished chan struct{}
}

// sit starts a Loop whose checks last until told, or overtaken.
func sit(t *testing.T) *desk {
	ctx, cancel := context.WithCancel(t.Context())
	d := &desk{
		changes: make(chan struct{}), keys: make(chan byte), finish: make(chan struct{}),
		leave: cancel, finished: make(chan struct{}),
	}
	loop := watch.Loop{
		Changes: d.changes,
		Keys:    d.keys,
		Check: func(ctx context.Context) {
			d.story = append(d.story, "check")
			select {
			case <-d.finish:
				d.story = append(d.story, "done")
			case <-ctx.Done():
				time.Sleep(time.Second) // go test takes its time to end
				d.story = append(d.story, "overtaken")
			}
		},
		Key: func(key byte) (again, quit bool) {
			d.story = append(d.story, string(key))
			return key == 'c', key == 'q'
		},
	}
	go func() {
		defer close(d.finished)
		loop.Run(ctx)
	}()
	return d
}

// tells compares what happened so far. The race detector holds that no check runs beside another or a key.
func (d *desk) tells(t *testing.T, story ...string) {
	t.Helper()
	time.Sleep(time.Minute)
	synctest.Wait()
	require.Equal(t, story, d.story)
}

func TestASaveOvertakesTheCheckThatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := sit(t)
		d.tells(t, "check")
		d.changes <- struct{}{}
		d.tells(t, "check", "overtaken", "check")
		d.finish <- struct{}{}
		d.changes <- struct{}{}
		d.finish <- struct{}{}
		d.keys <- 'q'
		<-d.finished
		d.tells(t, "check", "overtaken", "check", "done", "check", "done", "q")
	})
}

func TestQuitWaitsForTheCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := sit(t)
		d.keys <- 'q'
		<-d.finished
		require.Equal(t, []string{"check", "overtaken", "q"}, d.story)
	})
}

func TestLeavingWaitsForTheCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := sit(t)
		synctest.Wait()
		d.leave()
		<-d.finished
		require.Equal(t, []string{"check", "overtaken"}, d.story)
	})
}

func TestAKeyDoesNotLoseACheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := sit(t)
		d.keys <- 'h'
		d.tells(t, "check", "overtaken", "h", "check")
		d.finish <- struct{}{}
		d.tells(t, "check", "overtaken", "h", "check", "done")
		d.keys <- 'h'
		d.tells(t, "check", "overtaken", "h", "check", "done", "h")
		d.keys <- 'c'
		d.tells(t, "check", "overtaken", "h", "check", "done", "h", "c", "check")
		d.leave()
		<-d.finished
	})
}

func TestWithoutKeysItGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := sit(t)
		close(d.keys)
		d.tells(t, "check")
		d.changes <- struct{}{}
		d.tells(t, "check", "overtaken", "check")
		d.leave()
		<-d.finished
	})
}
