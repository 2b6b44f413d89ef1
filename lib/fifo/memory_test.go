package fifo_test

import (
	"fmt"
	"runtime"
	"testing"
	"weak"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/fifo"
)

// Who pops may keep what was popped, also if it goes back into the queue and is compressed there.
func TestWhatWasPoppedStaysAsItWas(t *testing.T) {
	f := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: keyOfThing})
	obj := &thing{name: "a", version: 1}
	require.NoError(t, f.Add(obj))
	require.NoError(t, f.Delete(tombstone("a", obj)))
	popped, err := f.Pop(func(any, bool) error { return fifo.ErrRequeue{} })
	require.NoError(t, err)
	require.NoError(t, f.Delete(&thing{name: "a", version: 2}))
	require.Equal(t, "Added a@1, Deleted? a@1", showAll(popped.(fifo.Deltas)))
}

// What was popped must not stay in memory because of a slot in the queue, nor must the room for what was once queued.
func TestNothingPoppedIsKeptAlive(t *testing.T) {
	const burst = 10_000
	bothQueues(t, func(t *testing.T, q queue) {
		pop := func(any, bool) error { return nil }
		var refs []weak.Pointer[thing]
		for i := range burst {
			obj := &thing{name: fmt.Sprint(i)}
			require.NoError(t, q.Add(obj))
			refs = append(refs, weak.Make(obj))
		}
		for range burst - 10 {
			q.Pop(pop)
		}
		runtime.GC()
		for i, ref := range refs {
			if isPopped := i < burst-10; isPopped == (ref.Value() != nil) {
				t.Fatalf("object %d: popped is %v, in memory is %[2]v too", i, isPopped)
			}
		}
		require.LessOrEqual(t, q.(interface{ Capacity() int }).Capacity(), 40)
		runtime.KeepAlive(q)
	})
}

// Adding and popping in turn, as a queue does all day, needs no room: neither more of it nor anew.
func TestSteadyUseDoesNotMoveTheQueue(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		for i := range 10_000 {
			require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
			if i >= 8 {
				_, err := q.Pop(func(any, bool) error { return nil })
				require.NoError(t, err)
			}
			require.Equal(t, 16, q.(interface{ Capacity() int }).Capacity())
		}
	})
}
