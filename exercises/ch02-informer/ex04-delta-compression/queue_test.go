package deltacompression_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	deltacompression "client-go-workbook/exercises/ch02-informer/ex04-delta-compression"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/fifo"
	"client-go-workbook/lib/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	all = invariant.Invariant{
		Says: "all changes of an object come out, in their order; only a delete behind a delete is left out",
		Read: "README.md, Invariant; lib/fifo/deltafifo.go, DeltaFIFO",
	}
	inLine = invariant.Invariant{
		Says: "an object stands in line once, at the place of its oldest change",
		Read: "README.md, Invariant; lib/fifo/deltafifo.go, DeltaFIFO",
	}
	oneDelete = invariant.Invariant{
		Says: "of two deletes in a row one stays: the one that knows the final state",
		Read: "README.md, Task; lib/fifo/deltafifo.go, appendLocked",
	}
)

// steps queues changes that are written "a: Added 1, Updated 2". The objects are versions; "?" is a tombstone.
func steps(q *deltacompression.Queue, lines ...string) {
	for _, line := range lines {
		key, changes, _ := strings.Cut(line, ": ")
		for change := range strings.SplitSeq(changes, ", ") {
			q.Add(key, delta(key, change))
		}
	}
}

func delta(key, change string) fifo.Delta {
	kind, version, _ := strings.Cut(change, " ")
	if old, ok := strings.CutSuffix(version, "?"); ok {
		return fifo.Delta{Type: fifo.DeltaType(kind), Object: store.DeletedFinalStateUnknown{Key: key, Obj: old}}
	}
	return fifo.Delta{Type: fifo.DeltaType(kind), Object: version}
}

// show is the inverse of delta, for many.
func show(key string, deltas fifo.Deltas) string {
	var changes []string
	for _, d := range deltas {
		version := d.Object
		if tombstone, ok := d.Object.(store.DeletedFinalStateUnknown); ok {
			version = fmt.Sprint(tombstone.Obj, "?")
		}
		changes = append(changes, fmt.Sprintf("%s %v", d.Type, version))
	}
	return key + ": " + strings.Join(changes, ", ")
}

// popAll empties the queue, which must have an end.
func popAll(t *testing.T, q *deltacompression.Queue) []string {
	t.Helper()
	var popped []string
	for len(popped) < 1000 {
		key, deltas := q.Pop()
		if key == "" {
			return popped
		}
		popped = append(popped, show(key, deltas))
	}
	inLine.Broken(t, invariant.Report{Doing: "pop until the queue is empty", Expected: "an end", Saw: strings.Join(popped[:5], "\n") + "\n…"})
	return nil
}

// story queues steps and demands what then comes out.
func story(t *testing.T, rule invariant.Invariant, in []string, out ...string) {
	t.Helper()
	q := &deltacompression.Queue{}
	steps(q, in...)
	rule.Equal(t, strings.Join(out, "\n"), strings.Join(popAll(t, q), "\n"), "queue, then pop until it is empty:\n%s", strings.Join(in, "\n"))
}

func TestTenQuickChangesAreAllThere(t *testing.T) {
	changes := "a: Added 1, Updated 2, Updated 3, Updated 4, Updated 5, Updated 6, Updated 7, Updated 8, Updated 9, Updated 10"
	story(t, all, []string{changes}, changes)
}

func TestObjectThatCameAndWent(t *testing.T) {
	story(t, all, []string{"a: Added 1, Deleted 1"}, "a: Added 1, Deleted 1")
	story(t, all, []string{"a: Deleted 7, Added 8"}, "a: Deleted 7, Added 8")
}

func TestSameKindOfChangeIsNoReason(t *testing.T) {
	story(t, all, []string{"a: Replaced 1, Replaced 2, Sync 2, Sync 2"}, "a: Replaced 1, Replaced 2, Sync 2, Sync 2")
	story(t, all, []string{"a: Added 1, Added 2"}, "a: Added 1, Added 2")
}

func TestWhoWaitsLongestComesFirst(t *testing.T) {
	story(t, inLine, []string{"a: Added 1", "b: Added 2", "c: Added 3"}, "a: Added 1", "b: Added 2", "c: Added 3")
}

func TestWhoChangesAgainKeepsItsPlace(t *testing.T) {
	story(t, inLine, []string{"a: Added 1", "b: Added 2", "a: Updated 3", "b: Deleted 4", "a: Updated 5"},
		"a: Added 1, Updated 3, Updated 5", "b: Added 2, Deleted 4")
}

func TestWhoWasPoppedGoesToTheEnd(t *testing.T) {
	q := &deltacompression.Queue{}
	steps(q, "a: Added 1", "b: Added 2")
	key, deltas := q.Pop()
	inLine.Equal(t, "a: Added 1", show(key, deltas), "queue a and b, pop once")
	steps(q, "a: Updated 3")
	inLine.Equal(t, "b: Added 2\na: Updated 3", strings.Join(popAll(t, q), "\n"), "then change a again, and pop the rest")
}

func TestOfTwoDeletesTheFinalStateStays(t *testing.T) {
	story(t, oneDelete, []string{"a: Updated 1, Deleted 2, Deleted 1?"}, "a: Updated 1, Deleted 2")
	story(t, oneDelete, []string{"a: Updated 1, Deleted 1?, Deleted 2"}, "a: Updated 1, Deleted 2")
	story(t, oneDelete, []string{"a: Deleted 1?, Deleted 2, Deleted 1?, Deleted 1?"}, "a: Deleted 2")
}

// Which of the two is nobody's business.
func TestTwoDeletesAreOne(t *testing.T) {
	for _, test := range []struct{ name, changes string }{
		{"both are tombstones", "a: Deleted 1?, Deleted 2?"},
		{"neither is", "a: Deleted 1, Deleted 2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			q := &deltacompression.Queue{}
			steps(q, test.changes)
			key, deltas := q.Pop()
			oneDelete.Equal(t, 1, len(deltas), "queue %s, pop %s: how many are there", test.changes, show(key, deltas))
		})
	}
}

func TestDeletesWithSomethingBetweenAreTwo(t *testing.T) {
	story(t, all, []string{"a: Deleted 1, Added 2, Deleted 2"}, "a: Deleted 1, Added 2, Deleted 2")
	story(t, all, []string{"a: Deleted 1", "b: Deleted 7", "a: Added 2, Deleted 2?"}, "a: Deleted 1, Added 2, Deleted 2?", "b: Deleted 7")
}

func TestDeleteIsOfOneObject(t *testing.T) {
	story(t, all, []string{"a: Deleted 1", "b: Deleted 2"}, "a: Deleted 1", "b: Deleted 2")
}

func TestWhatWasPoppedStaysAsItIs(t *testing.T) {
	q := &deltacompression.Queue{}
	steps(q, "a: Added 1, Updated 2, Deleted 3?")
	key, deltas := q.Pop()
	steps(q, "a: Deleted 4, Added 5, Updated 6")
	all.Equal(t, "a: Added 1, Updated 2, Deleted 3?", show(key, deltas), "pop a, queue more for it, and look at what was popped")
}

// A random story, told to the queue, and to a model that remembers everything.
func TestNothingElseIsLeftOut(t *testing.T) {
	kinds := []string{"Added", "Updated", "Updated", "Deleted", "Deleted", "Replaced", "Sync"}
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(4, seed))
		q, model := &deltacompression.Queue{}, map[string][]string{}
		var order, told []string
		for version := range 60 {
			if random.IntN(5) == 0 && len(order) > 0 {
				want := order[0] + ": " + strings.Join(model[order[0]], ", ")
				told = append(told, "pop")
				key, deltas := q.Pop()
				all.Equal(t, want, show(key, deltas), "story %d, its last steps:\n%s", seed, strings.Join(told[max(0, len(told)-12):], "\n"))
				delete(model, order[0])
				order = order[1:]
				continue
			}
			key, change := string('a'+rune(random.IntN(4))), fmt.Sprint(kinds[random.IntN(len(kinds))], " ", version)
			waiting := model[key]
			if strings.HasPrefix(change, "Deleted") && len(waiting) > 0 && strings.HasPrefix(waiting[len(waiting)-1], "Deleted") {
				change = waiting[len(waiting)-1] + "?" // the same delete, told twice
			} else {
				model[key] = append(waiting, change)
			}
			if !slices.Contains(order, key) {
				order = append(order, key)
			}
			told = append(told, key+": "+change)
			steps(q, key+": "+change)
		}
	}
}
