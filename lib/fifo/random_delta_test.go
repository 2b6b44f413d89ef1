package fifo_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

// TestDeltaFIFOAgainstAModel does random things to a DeltaFIFO and to a slice that is searched from end to end, and
// compares the two, and the invariants, after each.
func TestDeltaFIFOAgainstAModel(t *testing.T) {
	for seed := range seeds(t) {
		live(t, seed, func(r *run) {
			m := r.openDelta()
			for range stepsPerSeed {
				switch n := r.random.IntN(100); {
				case n < 55:
					r.produce()
				case n < 60:
					r.rearrange()
				case n < 99 && r.canPop():
					r.popDelta(m)
				case n == 99 && r.chance(20):
					r.close()
				}
				r.check()
			}
		})
	}
}

func (r *run) openDelta() *deltaModel {
	m := &deltaModel{replaced: fifo.Sync}
	opts := fifo.DeltaFIFOOptions{KeyFunction: keyOfThing, Logger: &silent}
	if r.chance(70) {
		opts.KnownObjects, m.shelf = r.shelf, r.shelf
	}
	if r.chance(70) {
		opts.Transformer, m.transform = mark, true
	}
	if r.chance(70) {
		opts.EmitDeltaTypeReplaced, m.replaced = true, fifo.Replaced
	}
	r.queue, r.model = fifo.NewDeltaFIFOWithOptions(opts), m
	return m
}

// popDelta pops from both, and requires that they tell the same.
func (r *run) popDelta(m *deltaModel) {
	want := m.pop()
	returned, wantErr := r.outcome()
	r.tell("pop %s: %v", want.key, returned)

	calls := 0
	popped, err := r.queue.Pop(func(obj any, initial bool) error {
		calls++
		require.Equal(r.t, showAll(want.deltas), showAll(obj.(fifo.Deltas)))
		require.Equal(r.t, want.initial || !m.begun, initial)
		require.Equal(r.t, m.isSynced(), r.queue.HasSynced())
		require.True(r.t, r.queue.IsLocked())
		r.consume(want.deltas)
		return returned
	})
	require.Equal(r.t, 1, calls)
	require.Equal(r.t, showAll(want.deltas), showAll(popped.(fifo.Deltas)))
	require.Equal(r.t, wantErr, err)
	m.settle(want, isRequeue(returned))
}

// deltaModel is a DeltaFIFO that a reader believes at once.
type deltaModel struct {
	rules
	replaced fifo.DeltaType
	items    []*deltaItem // in the order of Pop
}

type deltaItem struct {
	key     string
	deltas  []fifo.Delta
	initial bool
}

func (m *deltaModel) find(key string) *deltaItem {
	for _, item := range m.items {
		if item.key == key {
			return item
		}
	}
	return nil
}

func (m *deltaModel) push(key string, delta fifo.Delta) {
	item := m.find(key)
	if item == nil {
		item = &deltaItem{key: key}
		m.items = append(m.items, item)
	}
	deltas := append(slices.Clone(item.deltas), delta)
	if n := len(deltas); n > 1 && deltas[n-2].Type == fifo.Deleted && delta.Type == fifo.Deleted {
		worse := n - 1
		if _, isTombstone := deltas[n-2].Object.(store.DeletedFinalStateUnknown); isTombstone {
			worse = n - 2
		}
		deltas = slices.Delete(deltas, worse, worse+1)
	}
	item.deltas = deltas
}

func (m *deltaModel) enqueue(kind fifo.DeltaType, obj any) error {
	key, admitted, err := m.admit(obj)
	isNews := kind != fifo.Deleted || m.find(key) != nil || m.isKnown(key)
	switch {
	case key == "":
		return err
	case isNews && err != nil:
		return err
	case isNews:
		m.push(key, fifo.Delta{Type: kind, Object: admitted})
	}
	m.begun = true
	return nil
}

func (m *deltaModel) replace(list []any) error {
	var keys []string
	var deltas []fifo.Delta
	for _, obj := range list {
		key, admitted, err := m.admit(obj)
		if err != nil {
			return err
		}
		keys = append(keys, key)
		deltas = append(deltas, fifo.Delta{Type: m.replaced, Object: admitted})
	}
	for i, key := range keys {
		m.push(key, deltas[i])
	}
	for _, item := range m.items {
		if newest := item.deltas[len(item.deltas)-1]; !slices.Contains(keys, item.key) && newest.Type != fifo.Deleted {
			m.push(item.key, fifo.Delta{Type: fifo.Deleted, Object: tombstone(item.key, newest.Object)})
		}
	}
	if m.shelf != nil {
		for _, key := range m.shelf.ListKeys() {
			if m.find(key) == nil {
				m.push(key, m.tombstone(key))
			}
		}
	}
	for _, item := range m.items {
		item.initial = item.initial || !m.begun
	}
	m.begun = true
	return nil
}

func (m *deltaModel) resync() {
	for _, key := range m.found() {
		if m.find(key) == nil {
			m.push(key, fifo.Delta{Type: fifo.Sync, Object: m.shelf.things[key]})
		}
	}
}

func (m *deltaModel) pop() *deltaItem {
	item := m.items[0]
	m.items = m.items[1:]
	if item.initial {
		m.inProcess = 1
	}
	return item
}

func (m *deltaModel) settle(item *deltaItem, requeue bool) {
	m.inProcess = 0
	if requeue {
		m.items = append(m.items, item)
	}
}

func (m *deltaModel) left() int {
	left := m.inProcess
	for _, item := range m.items {
		if item.initial {
			left++
		}
	}
	return left
}

func (m *deltaModel) isEmpty() bool  { return len(m.items) == 0 }
func (m *deltaModel) isSynced() bool { return m.begun && m.left() == 0 }

func (m *deltaModel) String() string {
	var keys, items []string
	for _, item := range m.items {
		keys = append(keys, item.key)
		items = append(items, fmt.Sprint(item.key, item.deltas))
	}
	text := "queue [" + strings.Join(keys, " ") + "]"
	if len(items) > 0 {
		text += " items " + strings.Join(items, " ")
	}
	return text + m.state(m.left())
}
