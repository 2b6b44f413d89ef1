package broadcast_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/watch"

	"client-go-workbook/lib/broadcast"
)

// stepsPerSeed is how long a broadcaster lives in the random tests. WORKBOOK_STEPS is how many steps each test takes in all.
const stepsPerSeed = 200

func seeds(t *testing.T, steps int) int {
	if text, ok := os.LookupEnv("WORKBOOK_STEPS"); ok {
		var err error
		steps, err = strconv.Atoi(text)
		require.NoError(t, err, "WORKBOOK_STEPS")
	}
	return max(1, steps/stepsPerSeed)
}

// model is what a broadcaster should be, without goroutines: who would wait stands in a list.
type model struct {
	behavior broadcast.FullChannelBehavior
	length   int // of a watcher's queue
	ahead    int // how many events more fit in

	watchers []*modelWatcher
	sending  *sending // the Action that waits for a full watcher
	behind   []int    // the events whose Actions wait for that one
	closing  bool
	down     bool
	dropped  int
	results  map[int]string // of each event sent: "sent", "dropped" or "refused"; of waiting ones, nothing
}

type modelWatcher struct {
	queue  []int
	room   int
	closed bool
}

type sending struct {
	event int
	full  []*modelWatcher // those that don't have it yet
}

func (m *model) watch(prefix []int) *modelWatcher {
	length := m.length
	if prefix != nil {
		length = max(length, len(prefix)+1)
	}
	w := &modelWatcher{queue: slices.Clone(prefix), room: length + m.ahead}
	m.watchers = append(m.watchers, w)
	return w
}

func (m *model) action(event int) {
	switch {
	case m.closing:
		m.results[event] = "refused"
	case m.sending != nil:
		m.behind = append(m.behind, event)
	default:
		m.send(event)
	}
}

func (m *model) actionOrDrop(event int) {
	full := slices.ContainsFunc(m.watchers, func(w *modelWatcher) bool { return !w.closed && len(w.queue) == w.room })
	switch {
	case m.closing:
		m.results[event] = "refused"
	case m.behavior == wait && (m.sending != nil || full):
		m.results[event] = "dropped"
	default:
		m.send(event)
	}
}

func (m *model) send(event int) {
	m.sending = &sending{event: event}
	for _, w := range m.watchers {
		switch {
		case w.closed:
		case len(w.queue) < w.room:
			w.queue = append(w.queue, event)
		case m.behavior == drop:
			m.dropped++
		default:
			m.sending.full = append(m.sending.full, w)
		}
	}
	m.settle()
}

// settle lets all go on that need not wait any longer.
func (m *model) settle() {
	for m.sending != nil {
		for len(m.sending.full) > 0 {
			w := m.sending.full[0]
			if !w.closed && len(w.queue) == w.room {
				return
			}
			if !w.closed {
				w.queue = append(w.queue, m.sending.event)
			}
			m.sending.full = m.sending.full[1:]
		}
		m.results[m.sending.event] = "sent"
		m.sending = nil
		if len(m.behind) > 0 {
			event := m.behind[0]
			m.behind = m.behind[1:]
			m.send(event)
		}
	}
	if m.closing && !m.down {
		m.down = true
		for _, w := range m.watchers {
			w.closed = true
		}
	}
}

func (m *model) shutdown() {
	m.closing = true
	for _, event := range m.behind {
		m.results[event] = "refused"
	}
	m.behind = nil
	m.settle()
}

// run plays the same to a broadcaster and to its model.
type run struct {
	t           *testing.T
	random      *rand.Rand
	broadcaster *broadcast.Broadcaster
	model       *model
	watchers    []watch.Interface // those of the model, in its order
	next        int
	results     chan result
	downs       int // calls of Shutdown
	returned    chan struct{}
	story       []string
}

type result struct {
	event int
	text  string
}

// TestModel does one thing after the other, and looks after each what it led to.
func TestModel(t *testing.T) {
	for seed := range seeds(t, 20_000) {
		synctest.Test(t, func(t *testing.T) {
			r := newRun(t, rand.New(rand.NewPCG(uint64(seed), 0)))
			defer func() {
				if t.Failed() {
					t.Logf("seed %d:\n%s", seed, strings.Join(r.story, "\n"))
				}
				for _, w := range r.watchers {
					w.Stop()
				}
			}()
			for range stepsPerSeed {
				r.step()
				r.check()
			}
		})
	}
}

func newRun(t *testing.T, random *rand.Rand) *run {
	r := &run{
		t: t, random: random, results: make(chan result, stepsPerSeed), returned: make(chan struct{}, stepsPerSeed),
		model: &model{behavior: wait, length: random.IntN(4), results: map[int]string{}},
	}
	if random.IntN(2) == 0 {
		r.model.behavior = drop
	}
	newBroadcaster := broadcast.NewBroadcaster
	ahead := fitting
	if random.IntN(3) > 0 { // the shorter one waits more often
		newBroadcaster, ahead = broadcast.NewLongQueueBroadcaster, r.model.length+1
	}
	if r.model.behavior == wait {
		r.model.ahead = ahead
	}
	r.broadcaster = newBroadcaster(r.model.length, r.model.behavior)
	r.tell("length %d, behavior %d, %d ahead", r.model.length, r.model.behavior, r.model.ahead)
	return r
}

func (r *run) tell(format string, args ...any) {
	r.story = append(r.story, fmt.Sprintf(format, args...))
}

func (r *run) step() {
	switch n := r.random.IntN(200); {
	case n < 80:
		r.next++
		r.tell("Action %d", r.next)
		r.model.action(r.next)
		go r.action(r.next)
	case n < 100:
		r.next++
		r.tell("ActionOrDrop %d", r.next)
		r.model.actionOrDrop(r.next)
		r.actionOrDrop(r.next)
	case n < 112:
		r.watch()
	case n < 120 && len(r.watchers) > 0:
		i := r.random.IntN(len(r.watchers))
		r.tell("Stop %d", i)
		r.model.watchers[i].closed = true
		r.model.settle()
		r.watchers[i].Stop()
	case n < 199 && len(r.watchers) > 0:
		r.read(r.random.IntN(len(r.watchers)))
	case n == 199:
		r.tell("Shutdown")
		r.downs++
		r.model.shutdown()
		go func() {
			r.broadcaster.Shutdown()
			r.returned <- struct{}{}
		}()
	}
}

func (r *run) action(event int) {
	text := "sent"
	if err := r.broadcaster.Action(watch.Added, object(event)); errors.Is(err, broadcast.ErrShutDown) {
		text = "refused"
	}
	r.results <- result{event, text}
}

func (r *run) actionOrDrop(event int) {
	sent, err := r.broadcaster.ActionOrDrop(watch.Added, object(event))
	text := map[bool]string{true: "sent", false: "dropped"}[sent]
	if errors.Is(err, broadcast.ErrShutDown) {
		text = "refused"
	}
	r.results <- result{event, text}
}

func (r *run) watch() {
	var prefix []int
	open := r.broadcaster.Watch
	if n := r.random.IntN(5); n > 0 {
		prefix = []int{}
		events := []watch.Event{}
		for range n - 1 {
			r.next++
			prefix = append(prefix, r.next)
			events = append(events, watch.Event{Type: watch.Added, Object: object(r.next)})
		}
		open = func() (watch.Interface, error) { return r.broadcaster.WatchWithPrefix(events) }
	}
	r.tell("Watch after %v", prefix)
	w, err := open()
	require.Equal(r.t, r.model.closing, err != nil)
	if err == nil {
		r.watchers = append(r.watchers, w)
		r.model.watch(prefix)
	}
}

func (r *run) read(i int) {
	w := r.model.watchers[i]
	r.tell("read %d", i)
	select {
	case e, ok := <-r.watchers[i].ResultChan():
		if !ok {
			require.True(r.t, w.closed && len(w.queue) == 0, "closed too early")
			return
		}
		require.NotEmpty(r.t, w.queue)
		require.Equal(r.t, w.queue[0], number(r.t, e))
		w.queue = w.queue[1:]
		r.model.settle()
	default:
		require.False(r.t, w.closed || len(w.queue) > 0, "nothing to be read")
	}
}

// check holds the broadcaster against the model.
func (r *run) check() {
	synctest.Wait()
	results := map[int]string{}
	for len(r.results) > 0 {
		result := <-r.results
		results[result.event] = result.text
	}
	require.Equal(r.t, r.model.results, results, "what the calls return")
	clear(r.model.results)
	for i, w := range r.model.watchers {
		require.Len(r.t, r.watchers[i].ResultChan(), len(w.queue), "watcher %d", i)
	}
	require.EqualValues(r.t, r.model.dropped, r.broadcaster.Dropped())
	returned := 0
	if r.model.down {
		returned = r.downs
	}
	require.Len(r.t, r.returned, returned, "Shutdowns that have returned")
}
