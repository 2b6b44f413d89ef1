package workqueue_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

// stepsPerSeed is how long a queue lives in the random tests. WORKBOOK_STEPS is how many steps each test takes in all.
const stepsPerSeed = 200

func seeds(t *testing.T, steps int) int {
	if text, ok := os.LookupEnv("WORKBOOK_STEPS"); ok {
		var err error
		steps, err = strconv.Atoi(text)
		require.NoError(t, err, "WORKBOOK_STEPS")
	}
	return max(1, steps/stepsPerSeed)
}

// model is what a delaying queue should be, thought out anew at each step.
type model struct {
	waiting map[string]time.Duration // from now
	queue   []string
	dirty   map[string]bool
	working map[string]bool
	closed  bool

	getters, drainers int      // that wait
	events            []string // what goroutines should have been told
}

func newModel() *model {
	return &model{waiting: map[string]time.Duration{}, dirty: map[string]bool{}, working: map[string]bool{}}
}

func (m *model) add(item string) {
	if m.closed || m.dirty[item] {
		return
	}
	m.dirty[item] = true
	if !m.working[item] {
		m.queue = append(m.queue, item)
	}
	m.handOut()
}

func (m *model) addAfter(item string, delay time.Duration) {
	due, waits := m.waiting[item]
	switch {
	case m.closed || waits && due <= delay:
	case delay <= 0:
		m.add(item)
	default:
		m.waiting[item] = delay
	}
}

func (m *model) pass(d time.Duration) {
	var due []string
	for item := range m.waiting {
		if m.waiting[item] -= d; m.waiting[item] <= 0 {
			due = append(due, item)
		}
	}
	slices.SortFunc(due, func(a, b string) int { return int(m.waiting[a] - m.waiting[b]) })
	for _, item := range due {
		delete(m.waiting, item)
		m.add(item)
	}
}

func (m *model) get() {
	m.getters++
	m.handOut()
}

func (m *model) done(item string) {
	if !m.working[item] {
		return
	}
	delete(m.working, item)
	if m.dirty[item] {
		m.queue = append(m.queue, item)
	}
	if len(m.working) == 0 {
		m.drained()
	}
	m.handOut()
}

func (m *model) shutDown() {
	m.closed = true
	clear(m.waiting)
	m.handOut()
	m.drained()
}

func (m *model) drain() {
	m.closed = true
	clear(m.waiting)
	m.handOut()
	m.drainers++
	if len(m.working) == 0 {
		m.drained()
	}
}

func (m *model) drained() {
	for ; m.drainers > 0; m.drainers-- {
		m.events = append(m.events, "drained")
	}
}

// handOut gives what is queued to those who wait for it.
func (m *model) handOut() {
	for ; m.getters > 0 && len(m.queue) > 0; m.getters-- {
		item := m.queue[0]
		m.queue = m.queue[1:]
		delete(m.dirty, item)
		m.working[item] = true
		m.events = append(m.events, item)
	}
	for ; m.closed && m.getters > 0; m.getters-- {
		m.events = append(m.events, "shutdown")
	}
}

func (m *model) String() string {
	type due struct {
		item string
		in   time.Duration
	}
	var waiting []due
	for item, in := range m.waiting {
		waiting = append(waiting, due{item, in})
	}
	slices.SortFunc(waiting, func(a, b due) int { return int(a.in - b.in) })
	texts := make([]string, len(waiting))
	for i, w := range waiting {
		texts[i] = fmt.Sprintf("%s in %v", w.item, w.in)
	}
	state := fmt.Sprintf("waiting [%s] queue %v dirty %v processing %v",
		strings.Join(texts, ", "), m.queue, sorted(m.dirty), sorted(m.working))
	if m.closed {
		state += ", shut down"
	}
	return state
}

func sorted(set map[string]bool) []string {
	var items []string
	for item := range set {
		items = append(items, item)
	}
	slices.Sort(items)
	return items
}

// run is the life of a queue beside its model.
type run struct {
	t      *testing.T
	random *rand.Rand
	queue  interface {
		queue
		workqueue.TypedDelayingInterface[string]
	}
	model  *model
	events chan string
	story  []string
}

func (r *run) tell(format string, args ...any) {
	r.story = append(r.story, fmt.Sprintf(format, args...))
}

// step does one thing that a user of the queue may do.
func (r *run) step() {
	item := string(rune('a' + r.random.IntN(6)))
	switch n := r.random.IntN(100); {
	case n < 25:
		r.addAtOnce()
	case n < 40:
		delay := time.Duration(r.random.IntN(1e9)) - 1e8
		r.tell("add %s after %v", item, delay)
		r.model.addAfter(item, delay)
		r.queue.AddAfter(item, delay)
	case n < 65:
		r.tell("get")
		r.model.get()
		go r.get()
	case n < 85:
		r.tell("done %s", item)
		r.model.done(item)
		r.queue.Done(item)
	case n < 98:
		d := time.Duration(r.random.IntN(3e8))
		r.tell("pass %v", d)
		r.model.pass(d)
		time.Sleep(d)
	default:
		r.end()
	}
}

// addAtOnce adds up to three items before any of the workers that they wake has a chance to run.
func (r *run) addAtOnce() {
	for _, i := range r.random.Perm(6)[:1+r.random.IntN(3)] {
		item := string(rune('a' + i))
		r.tell("add %s", item)
		r.model.add(item)
		r.queue.Add(item)
	}
}

// end is the beginning of the end: in half of the lives it comes late, or not at all.
func (r *run) end() {
	switch n := r.random.IntN(8); {
	case n == 0:
		r.tell("shut down")
		r.model.shutDown()
		r.queue.ShutDown()
	case n < 3:
		r.tell("drain")
		r.model.drain()
		go func() {
			r.queue.ShutDownWithDrain()
			r.events <- "drained"
		}()
	}
}

func (r *run) get() {
	item, shutdown := r.queue.Get()
	if shutdown {
		item = "shutdown"
	}
	r.events <- item
}

// check holds the queue against the model.
func (r *run) check() {
	synctest.Wait()
	var events []string
	for len(r.events) > 0 {
		events = append(events, <-r.events)
	}
	require.ElementsMatch(r.t, r.model.events, events)
	r.model.events = nil
	require.Equal(r.t, r.model.String(), r.queue.String())
	require.Equal(r.t, len(r.model.queue), r.queue.Len())
	require.Equal(r.t, r.model.closed, r.queue.ShuttingDown())
	require.NoError(r.t, r.queue.CheckInvariants())
}

// TestModel does one thing after the other, and looks after each what it led to.
func TestModel(t *testing.T) {
	for seed := range seeds(t, 20_000) {
		synctest.Test(t, func(t *testing.T) {
			r := &run{
				t: t, random: rand.New(rand.NewPCG(uint64(seed), 0)), model: newModel(), events: make(chan string, 1000),
			}
			r.queue = workqueue.NewTypedDelayingQueue[string]().(interface {
				queue
				workqueue.TypedDelayingInterface[string]
			})
			defer func() {
				if t.Failed() {
					t.Logf("seed %d:\n%s", seed, strings.Join(r.story, "\n"))
				}
				r.queue.ShutDown()
			}()
			for range stepsPerSeed {
				r.step()
				r.check()
			}
		})
	}
}
