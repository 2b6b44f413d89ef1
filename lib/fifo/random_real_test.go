package fifo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/fifo"
)

// TestRealFIFOAgainstAModel does random things to a RealFIFO, in each of its modes, and to a slice, and compares the
// two, and the invariants, after each. Where the lock is free while a process function runs, producers go on meanwhile.
func TestRealFIFOAgainstAModel(t *testing.T) {
	for name, options := range map[string]fifo.RealFIFOOptions{
		"known":                     {KnownObjects: newShelf()},
		"atomic":                    {AtomicEvents: true},
		"atomic bookmarks":          {AtomicEvents: true, EmitDeltaTypeBookmark: true},
		"atomic bookmarks unlocked": {AtomicEvents: true, EmitDeltaTypeBookmark: true, UnlockWhileProcessing: true},
	} {
		t.Run(name, func(t *testing.T) {
			for seed := range seeds(t) {
				live(t, seed, func(r *run) {
					m := r.openReal(options)
					for range stepsPerSeed {
						switch n := r.random.IntN(100); {
						case n < 50:
							r.produce()
						case n < 60:
							r.bookmark(m)
						case n < 65:
							r.rearrange()
						case n < 75 && r.canPop():
							r.popReal(m)
						case n < 99 && r.canPop():
							r.popBatch(m)
						case n == 99 && r.chance(20):
							r.close()
						}
						r.check()
					}
				})
			}
		})
	}
}

func (r *run) openReal(opts fifo.RealFIFOOptions) *realModel {
	m := &realModel{options: opts, batchSize: 1 + r.random.IntN(5)}
	opts.KeyFunction, opts.Logger = keyOfThing, &silent
	if opts.KnownObjects != nil {
		opts.KnownObjects, m.shelf = r.shelf, r.shelf
	}
	if r.chance(70) {
		opts.Transformer, m.transform = mark, true
	}
	f := fifo.NewRealFIFOWithOptions(opts)
	f.SetBatchSize(m.batchSize)
	r.queue, r.model = f, m
	return m
}

func (r *run) bookmark(m *realModel) {
	r.version++
	rv := fmt.Sprint(r.version)
	r.tell("bookmark %s", rv)
	require.NoError(r.t, r.queue.(*fifo.RealFIFO).Bookmark(rv))
	if m.options.EmitDeltaTypeBookmark {
		m.push("", fifo.Bookmark, fifo.BookmarkInfo{ResourceVersion: rv})
	}
}

func (r *run) popReal(m *realModel) {
	want := m.take(1)
	returned, wantErr := r.outcome()
	process := r.processing(m, want, returned)
	popped, err := r.queue.Pop(func(obj any, initial bool) error { return process(obj.(fifo.Deltas), initial) })
	require.Equal(r.t, showItems(want), showAll(popped.(fifo.Deltas)))
	require.Equal(r.t, wantErr, err)
	m.settle(want, isRequeue(returned))
}

func (r *run) popBatch(m *realModel) {
	want := m.take(m.batch())
	returned, wantErr := r.outcome()
	process := r.processing(m, want, returned)
	err := r.queue.(*fifo.RealFIFO).PopBatch(func(deltas []fifo.Delta, initial bool) error {
		require.Greater(r.t, len(deltas), 1)
		return process(deltas, initial)
	}, func(obj any, initial bool) error {
		require.Len(r.t, obj, 1)
		return process(obj.(fifo.Deltas), initial)
	})
	require.Equal(r.t, wantErr, err)
	m.settle(want, isRequeue(returned))
}

// processing returns a process function that expects these items.
func (r *run) processing(m *realModel, want []realItem, returned error) fifo.ProcessBatchFunc {
	r.tell("pop %s: %v", showItems(want), returned)
	begun := m.begun
	return func(deltas []fifo.Delta, initial bool) error {
		require.Equal(r.t, showItems(want), showAll(deltas))
		require.Equal(r.t, want[0].initial || !begun, initial)
		r.consume(deltas)
		isFree := m.options.UnlockWhileProcessing && len(m.items) < 2*m.batchSize
		require.Equal(r.t, isFree, !r.queue.IsLocked())
		for isFree && r.chance(50) {
			r.produce()
		}
		require.Equal(r.t, m.isSynced(), r.queue.HasSynced())
		return returned
	}
}

// realModel is a RealFIFO that a reader believes at once.
type realModel struct {
	rules
	options   fifo.RealFIFOOptions
	batchSize int
	items     []realItem
}

type realItem struct {
	key     string
	delta   fifo.Delta
	initial bool
}

func (m *realModel) push(key string, kind fifo.DeltaType, obj any) {
	m.items = append(m.items, realItem{key: key, delta: fifo.Delta{Type: kind, Object: obj}})
}

func (m *realModel) enqueue(kind fifo.DeltaType, obj any) error {
	key, admitted, err := m.admit(obj)
	if err == nil {
		m.push(key, kind, admitted)
		m.begun = true
	}
	return err
}

func (m *realModel) replace(list []any) error {
	admitted := make([]any, len(list))
	for i, obj := range list {
		var err error
		if _, admitted[i], err = m.admit(obj); err != nil && !(err == errNameless && m.options.AtomicEvents) {
			return err
		}
		if err == errNameless && m.transform { // an atomic list needs no keys
			if admitted[i], err = mark(obj); err != nil {
				return err
			}
		}
	}
	if m.options.AtomicEvents {
		m.push("", fifo.ReplacedAll, fifo.ReplacedAllInfo{ResourceVersion: "7", Objects: admitted})
	} else {
		m.replaceEach(admitted)
	}
	for i := range m.items {
		m.items[i].initial = m.items[i].initial || !m.begun
	}
	m.begun = true
	return nil
}

func (m *realModel) replaceEach(list []any) {
	isListed := func(key string) bool {
		return slices.ContainsFunc(list, func(obj any) bool { return obj.(*thing).name == key })
	}
	var queued []string
	for _, item := range m.items {
		if !slices.Contains(queued, item.key) {
			queued = append(queued, item.key)
		}
	}
	for _, key := range queued {
		if newest := m.newest(key); !isListed(key) && newest.Type != fifo.Deleted {
			m.push(key, fifo.Deleted, tombstone(key, newest.Object))
		}
	}
	for _, key := range m.shelf.ListKeys() {
		if !isListed(key) && !slices.Contains(queued, key) {
			m.push(key, fifo.Deleted, m.tombstone(key).Object)
		}
	}
	for _, obj := range list {
		m.push(obj.(*thing).name, fifo.Replaced, obj)
	}
}

// newest returns the last delta of an object, one without a type if there is none.
func (m *realModel) newest(key string) fifo.Delta {
	for _, item := range slices.Backward(m.items) {
		if item.key == key {
			return item.delta
		}
	}
	return fifo.Delta{}
}

func (m *realModel) resync() {
	if m.options.AtomicEvents {
		m.push("", fifo.SyncAll, fifo.SyncAllInfo{})
		return
	}
	for _, key := range m.found() {
		if m.newest(key).Type == "" {
			m.push(key, fifo.Sync, m.shelf.things[key])
		}
	}
}

// batch tries longer and longer batches until one breaks a rule.
func (m *realModel) batch() int {
	n := 1
	for n < len(m.items) && isBatch(m.items[:n+1], m.batchSize) {
		n++
	}
	return n
}

func isBatch(items []realItem, limit int) bool {
	keys := map[string]bool{}
	for _, item := range items {
		if item.key == "" || item.initial != items[0].initial {
			return false
		}
		keys[item.key] = true
	}
	return len(keys) == len(items) && len(items) <= limit
}

func (m *realModel) take(n int) []realItem {
	taken := m.items[:n:n]
	m.items = m.items[n:]
	if taken[0].initial {
		m.inProcess = n
	}
	return taken
}

func (m *realModel) settle(taken []realItem, requeue bool) {
	m.inProcess = 0
	if requeue {
		m.items = slices.Concat(taken, m.items)
	}
}

func (m *realModel) left() int {
	left := m.inProcess
	for _, item := range m.items {
		if item.initial {
			left++
		}
	}
	return left
}

func (m *realModel) isEmpty() bool  { return len(m.items) == 0 }
func (m *realModel) isSynced() bool { return m.begun && m.left() == 0 }

func (m *realModel) String() string {
	var items []string
	for _, item := range m.items {
		text := item.delta.String()
		if item.key != "" {
			text = item.key + ":" + text
		}
		items = append(items, text)
	}
	return "queue [" + strings.Join(items, " ") + "]" + m.state(m.left())
}

func showItems(items []realItem) string {
	deltas := make([]fifo.Delta, len(items))
	for i, item := range items {
		deltas[i] = item.delta
	}
	return showAll(deltas)
}
