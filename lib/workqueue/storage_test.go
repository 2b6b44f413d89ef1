package workqueue_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

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
