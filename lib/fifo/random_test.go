package fifo_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// stepsPerSeed is how long a queue lives in the random tests. WORKBOOK_STEPS is how many steps each test takes in all.
const stepsPerSeed = 200

func seeds(t *testing.T) int {
	steps := 20_000
	if text, ok := os.LookupEnv("WORKBOOK_STEPS"); ok {
		var err error
		steps, err = strconv.Atoi(text)
		require.NoError(t, err, "WORKBOOK_STEPS")
	}
	return max(1, steps/stepsPerSeed)
}

// run is the life of one queue: what is done to it at random, beside a model of it, and what the consumer makes of it.
type run struct {
	t       *testing.T
	random  *rand.Rand
	queue   queue
	model   model
	shelf   *shelf
	version int
	story   []string // what was done so far
	closed  bool
}

// model is what a queue should be. Its methods do what those of the queue should do.
type model interface {
	fmt.Stringer
	enqueue(kind fifo.DeltaType, obj any) error
	replace(list []any) error
	resync()
	isEmpty() bool
	isSynced() bool
}

// live gives a queue the life that belongs to a seed. If the test fails, the life is told.
func live(t *testing.T, seed int, life func(r *run)) {
	r := &run{t: t, random: rand.New(rand.NewPCG(uint64(seed), 0)), shelf: newShelf()}
	defer func() {
		if t.Failed() {
			t.Logf("seed %d:\n%s", seed, strings.Join(r.story, "\n"))
		}
	}()
	life(r)
}

func (r *run) chance(percent int) bool { return r.random.IntN(100) < percent }

func (r *run) tell(format string, args ...any) {
	r.story = append(r.story, fmt.Sprintf(format, args...))
}

// thing makes up a new version of one of a few objects; one in fifty is bad.
func (r *run) thing() *thing {
	r.version++
	t := &thing{name: string(rune('a' + r.random.IntN(5))), version: r.version}
	switch r.random.IntN(100) {
	case 0:
		t.name = ""
	case 1:
		t.version = -r.version
	}
	return t
}

// produce does one thing that a producer can do.
func (r *run) produce() {
	switch r.random.IntN(12) {
	case 0, 1, 2:
		r.enqueue(fifo.Added, r.queue.Add)
	case 3, 4, 5, 6:
		r.enqueue(fifo.Updated, r.queue.Update)
	case 7, 8, 9:
		r.enqueue(fifo.Deleted, r.queue.Delete)
	case 10:
		r.replace()
	case 11:
		r.tell("resync")
		r.model.resync()
		require.NoError(r.t, r.queue.Resync())
	}
}

func (r *run) enqueue(kind fifo.DeltaType, do func(any) error) {
	t := r.thing()
	var obj any = t
	if kind == fifo.Deleted && t.name != "" && r.chance(30) {
		obj = tombstone(t.name, t)
	}
	r.tell("%s %v", kind, obj)
	r.sameError(r.model.enqueue(kind, obj), do(obj))
}

func (r *run) replace() {
	list := make([]any, r.random.IntN(6))
	for i := range list {
		list[i] = r.thing()
	}
	r.tell("replace %v", list)
	want := r.model.replace(list)
	r.sameError(want, r.queue.Replace(list, "7"))
}

// rearrange changes what the consumer knows behind the queue's back, and how well it can be looked up.
func (r *run) rearrange() {
	name := string(rune('a' + r.random.IntN(5)))
	switch r.random.IntN(4) {
	case 0:
		delete(r.shelf.things, name)
	case 1:
		r.shelf.things[name] = &thing{name: name, version: r.version}
	case 2:
		r.shelf.lost = "lost"
	case 3:
		r.shelf.broken = name
	}
	if r.chance(70) {
		r.shelf.lost, r.shelf.broken = "", ""
	}
	r.tell("now known %v, lost %q, broken %q", r.shelf.things, r.shelf.lost, r.shelf.broken)
}

// canPop says whether Pop would return. If it returns an end, so far so good.
func (r *run) canPop() bool {
	if r.model.isEmpty() && r.closed {
		_, err := r.queue.Pop(nil)
		require.ErrorIs(r.t, err, fifo.ErrFIFOClosed)
	}
	return !r.model.isEmpty()
}

func (r *run) close() {
	r.tell("close")
	r.closed = true
	r.queue.Close()
}

// outcome is what a process function returns, and what Pop should make of it.
func (r *run) outcome() (returned, want error) {
	switch r.random.IntN(10) {
	case 0:
		return errProcess, errProcess
	case 1:
		return fifo.ErrRequeue{Err: errProcess}, errProcess
	case 2:
		return fmt.Errorf("wrapped: %w", fifo.ErrRequeue{}), nil
	}
	return nil, nil
}

func isRequeue(err error) bool {
	_, ok := errors.AsType[fifo.ErrRequeue](err)
	return ok
}

// consume does to the consumer's store what was popped.
func (r *run) consume(deltas []fifo.Delta) {
	for _, delta := range deltas {
		r.shelf.apply(delta)
	}
}

func (r *run) sameError(want, got error) {
	if want == nil {
		require.NoError(r.t, got)
	} else {
		require.ErrorIs(r.t, got, want)
	}
}

// check holds the queue against the model.
func (r *run) check() {
	if state := r.model.String(); r.closed {
		require.Equal(r.t, state+", closed", r.queue.String())
	} else {
		require.Equal(r.t, state, r.queue.String())
	}
	require.NoError(r.t, r.queue.CheckInvariants())
	require.Equal(r.t, r.model.isSynced(), r.queue.HasSynced())
	require.False(r.t, r.queue.IsLocked())
}

// rules is what both models need to know.
type rules struct {
	transform bool
	shelf     *shelf // nil if it mustn't be asked
	begun     bool
	inProcess int // of the initial list
}

// admit is what an object goes through on its way in.
func (m *rules) admit(obj any) (string, any, error) {
	if tombstone, ok := obj.(store.DeletedFinalStateUnknown); ok {
		return tombstone.Key, obj, nil
	}
	key, err := keyOfThing(obj)
	if err == nil && m.transform {
		obj, err = mark(obj)
	}
	return key, obj, err
}

// tombstone is for what is only known.
func (m *rules) tombstone(key string) fifo.Delta {
	obj, _, _ := m.shelf.GetByKey(key)
	return fifo.Delta{Type: fifo.Deleted, Object: tombstone(key, obj)}
}

func (m *rules) isKnown(key string) bool {
	return m.shelf != nil && (m.shelf.things[key] != nil || m.shelf.broken == key)
}

// found are the known keys under which there is something.
func (m *rules) found() []string {
	if m.shelf == nil {
		return nil
	}
	return slices.DeleteFunc(m.shelf.ListKeys(), func(key string) bool {
		_, ok, err := m.shelf.GetByKey(key)
		return !ok || err != nil
	})
}

// state is the end of String.
func (m *rules) state(left int) string {
	switch {
	case !m.begun:
		return ", no list yet"
	case left > 0:
		return fmt.Sprintf(", %d to sync", left)
	}
	return ""
}
