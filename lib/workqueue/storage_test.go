package workqueue_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/workqueue"
)

func TestDefaultQueueIsInOrder(t *testing.T) {
	for seed := range seeds(t, 2000) {
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		q := workqueue.DefaultQueue[int]()
		var model []int
		next, pushes := 1, 50
		for step := range stepsPerSeed {
			if step%40 == 0 {
				pushes = 10 + random.IntN(90) // in a hundred: it grows for a while, then shrinks, or the other way
			}
			for range random.IntN(30) {
				if random.IntN(100) < pushes {
					q.Push(next)
					model = append(model, next)
					next++
				} else if len(model) > 0 {
					require.Equal(t, model[0], q.Pop())
					model = model[1:]
				}
			}
			require.Equal(t, len(model), q.Len())
			require.NoError(t, q.(interface{ CheckInvariants() error }).CheckInvariants())
			if step%10 == 0 {
				require.Equal(t, fmt.Sprint(model), fmt.Sprint(q))
			}
			require.LessOrEqual(t, workqueue.Blocks(q), 2+len(model)/64)
		}
	}
}

// full is a Queue that panics when it has no room.
type full struct {
	workqueue.Queue[string]
	room int
}

func (f *full) Push(item string) {
	if f.Len() == f.room {
		panic("no room for " + item)
	}
	f.Queue.Push(item)
}

// A Queue that panics loses an item, and the caller hears of it. But a worker that was in Done has done: who drains
// doesn't wait for it.
func TestAQueueThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // where waiting for ever is a failure
		storage := &full{Queue: workqueue.DefaultQueue[string](), room: 1}
		q := workqueue.NewTypedWithConfig(workqueue.TypedQueueConfig[string]{Queue: storage})
		q.Add("a")
		require.PanicsWithValue(t, "no room for b", func() { q.Add("b") })
		q.Get()
		q.Add("a")
		q.Add("c")
		require.PanicsWithValue(t, "no room for a", func() { q.Done("a") })

		item, _ := q.Get()
		require.Equal(t, "c", item)
		q.Done("c")
		q.ShutDownWithDrain()
	})
}

// A worker that keeps up with the producer needs no new memory.
func TestSteadyUseAllocatesNothing(t *testing.T) {
	q := workqueue.NewTyped[int]()
	cycle := func() {
		q.Add(1)
		item, _ := q.Get()
		q.Done(item)
	}
	cycle()
	require.Zero(t, testing.AllocsPerRun(1000, cycle))
}
