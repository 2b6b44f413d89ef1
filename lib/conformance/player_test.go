package conformance_test

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// step is a line of a script: something that happens to both sides alike.
type step struct {
	name  string
	do    func(p *player)
	wait  time.Duration // what passes before both are compared
	loose bool          // only the order of each object's calls counts
}

// player plays one side of a script.
type player struct {
	t     *testing.T
	side  side
	world world

	recorders     []*recorder
	registrations []registration

	mu     sync.Mutex
	errors []string
}

// world is what a player's informer watches.
type world interface {
	source() source
	requests() []string // since the last call of requests
	close()
}

// script is what is common to both players.
type script struct {
	watchList bool
	transform func(any) (any, error)
	resync    time.Duration
	handlers  []time.Duration // the resync period of each handler that is there from the beginning
	newWorld  func(t *testing.T) world
	steps     []step
}

// play plays a script to both sides, and compares them after each step. It needs a synctest bubble.
func (s script) play(t *testing.T) {
	theirs, ours := s.newPlayer(t, newTheirs), s.newPlayer(t, newOurs)
	stop := start(theirs, ours)
	defer stop()
	played := []string{}
	for _, next := range append([]step{{name: "start", do: func(*player) {}, loose: s.watchList}}, s.steps...) {
		played = append(played, next.name)
		next.do(theirs)
		next.do(ours)
		time.Sleep(next.wait)
		synctest.Wait()
		require.Equal(t, theirs.observe(next), ours.observe(next), "expected is client-go; after\n%s", strings.Join(played, "\n"))
	}
	stop()
	require.Equal(t, theirs.side.state(), ours.side.state(), "at the end")
}

// start runs both informers until the returned function is called, which waits for them.
func start(players ...*player) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, p := range players {
		running.Go(func() { p.side.run(ctx) })
	}
	return sync.OnceFunc(func() {
		cancel()
		running.Wait()
		for _, p := range players {
			p.world.close()
		}
	})
}

func (s script) newPlayer(t *testing.T, newSide func(config) (side, error)) *player {
	p := &player{t: t, world: s.newWorld(t)}
	var err error
	p.side, err = newSide(config{source: p.world.source(), watchList: s.watchList, transform: s.transform, resync: s.resync, onError: p.fail})
	require.NoError(t, err)
	for _, resync := range s.handlers {
		p.addHandler(resync)
	}
	return p
}

func (p *player) addHandler(resync time.Duration) {
	r := &recorder{}
	registered, err := p.side.addHandler(r, resync)
	require.NoError(p.t, err)
	p.recorders, p.registrations = append(p.recorders, r), append(p.registrations, registered)
}

// fail is the informer's watch error handler. The texts differ, what a caller can test for must not.
func (p *player) fail(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.errors = append(p.errors, errorKind(err))
}

func errorKind(err error) string {
	switch reason := apierrors.ReasonForError(err); {
	case reason != "":
		return string(reason)
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return err.Error()
	}
	return "error"
}

// observation is all that a step had to show on one side.
type observation struct {
	Calls    [][]string // of each handler
	Synced   []bool     // each handler
	Errors   []string
	Requests []string
	Store    []string
	State    sideState
}

func (p *player) observe(after step) observation {
	o := observation{State: p.side.state(), Requests: p.world.requests()}
	for i, r := range p.recorders {
		order := inOrder
		if after.loose {
			order = byObject
		}
		o.Calls = append(o.Calls, lines(order(r.take())))
		o.Synced = append(o.Synced, p.registrations[i].hasSynced())
	}
	p.mu.Lock()
	o.Errors, p.errors = p.errors, nil
	p.mu.Unlock()
	o.Store = contents(p.t, p.side.contents())
	return o
}

// contents is an indexer as lines: each object, and who is in which index.
func contents(t *testing.T, x indexer) (out []string) {
	for _, obj := range x.List() {
		key, text := describe(obj)
		out = append(out, key+" "+text)
	}
	for _, value := range x.ListIndexFuncValues(byUsers) {
		keys, err := x.IndexKeys(byUsers, value)
		require.NoError(t, err)
		out = append(out, fmt.Sprintf("of %s: %s", value, slices.Sorted(slices.Values(keys))))
	}
	slices.Sort(out)
	return out
}
