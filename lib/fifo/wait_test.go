package fifo_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2"

	"client-go-workbook/lib/fifo"
)

// bothQueues runs a test with an empty queue of each kind.
func bothQueues(t *testing.T, test func(t *testing.T, q queue)) {
	bothQueuesLogging(t, silent, test)
}

func bothQueuesLogging(t *testing.T, logger klog.Logger, test func(t *testing.T, q queue)) {
	t.Run("DeltaFIFO", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: keyOfThing, Logger: &logger}))
		})
	})
	t.Run("RealFIFO", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			test(t, fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{
				KeyFunction: keyOfThing, Logger: &logger, KnownObjects: newShelf(),
			}))
		})
	})
}

// consumers start n goroutines that pop once each. What they popped, or why they didn't, is sent in the order of events.
func consumers(n int, q queue) <-chan string {
	popped := make(chan string, n)
	for range n {
		go func() {
			_, err := q.Pop(func(obj any, _ bool) error {
				popped <- showAll(obj.(fifo.Deltas))
				return nil
			})
			if err != nil {
				popped <- err.Error()
			}
		}()
	}
	synctest.Wait()
	return popped
}

func TestPopWaitsForAChange(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(1, q)
		require.Empty(t, popped)
		require.NoError(t, q.Add(&thing{name: "a", version: 1}))
		synctest.Wait()
		require.Equal(t, "Added a@1", <-popped)
	})
}

func TestEachChangeWakesOneConsumer(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(3, q)
		require.NoError(t, q.Add(&thing{name: "a", version: 1}))
		synctest.Wait()
		require.Len(t, popped, 1)

		require.NoError(t, q.Add(&thing{name: "b", version: 2}))
		require.NoError(t, q.Add(&thing{name: "c", version: 3}))
		synctest.Wait()
		require.Len(t, popped, 3)
	})
}

func TestAListWakesAConsumerForEachObject(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(3, q)
		require.NoError(t, q.Replace([]any{&thing{name: "a"}, &thing{name: "b"}, &thing{name: "c"}}, "1"))
		synctest.Wait()
		require.Len(t, popped, 3)
	})
}

func TestWhatIsPutBackWakesAConsumer(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		calls := 0 // under the lock of q
		var consumers sync.WaitGroup
		for range 2 {
			consumers.Go(func() {
				q.Pop(func(any, bool) error {
					calls++
					if calls == 1 {
						return fifo.ErrRequeue{}
					}
					return nil
				})
			})
		}
		synctest.Wait()
		require.NoError(t, q.Add(&thing{name: "a", version: 1}))
		consumers.Wait()
		require.Equal(t, 2, calls)
	})
}

func TestCloseWakesEveryConsumer(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) {
		popped := consumers(3, q)
		batchEnded := make(chan error, 1)
		if q, ok := q.(fifo.QueueWithBatch); ok {
			go func() { batchEnded <- q.PopBatch(nil, nil) }()
			synctest.Wait()
		} else {
			batchEnded <- fifo.ErrFIFOClosed
		}
		require.Empty(t, popped)
		q.Close()
		synctest.Wait()
		require.Len(t, popped, 3)
		require.Equal(t, fifo.ErrFIFOClosed.Error(), <-popped)
		require.ErrorIs(t, <-batchEnded, fifo.ErrFIFOClosed)
	})
}

// A process function that panics takes its object with it, and leaves the queue in order.
func TestProcessPanics(t *testing.T) {
	bothQueues(t, func(t *testing.T, q queue) { popsInPanic(t, q) })
	t.Run("unlocked", func(t *testing.T) {
		popsInPanic(t, fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{AtomicEvents: true, UnlockWhileProcessing: true}))
	})
}

func popsInPanic(t *testing.T, q queue) {
	require.NoError(t, q.Replace([]any{&thing{name: "a"}}, "1"))
	require.PanicsWithValue(t, "oh", func() { q.Pop(func(any, bool) error { panic("oh") }) })
	require.False(t, q.IsLocked())
	require.NoError(t, q.CheckInvariants())
	require.True(t, q.HasSynced())
	require.Equal(t, "queue []", q.String())
}
