package fifo_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"client-go-workbook/lib/fifo"
)

// Several producers and a consumer at once: nothing is lost, and the states of each object arrive in order.
func TestManyProducers(t *testing.T) {
	for name, opts := range map[string]fifo.RealFIFOOptions{
		"locked":   {AtomicEvents: true},
		"unlocked": {AtomicEvents: true, UnlockWhileProcessing: true},
	} {
		t.Run("RealFIFO "+name, func(t *testing.T) {
			opts.KeyFunction = keyOfThing
			q := fifo.NewRealFIFOWithOptions(opts)
			q.SetBatchSize(7)
			produceAndConsume(t, q, func(consume func([]fifo.Delta)) error {
				return q.PopBatch(
					func(deltas []fifo.Delta, _ bool) error { consume(deltas); return nil },
					func(obj any, _ bool) error { consume(obj.(fifo.Deltas)); return nil })
			})
		})
	}
	t.Run("DeltaFIFO", func(t *testing.T) {
		q := fifo.NewDeltaFIFOWithOptions(fifo.DeltaFIFOOptions{KeyFunction: keyOfThing})
		produceAndConsume(t, q, func(consume func([]fifo.Delta)) error {
			_, err := q.Pop(func(obj any, _ bool) error { consume(obj.(fifo.Deltas)); return nil })
			return err
		})
	})
}

func produceAndConsume(t *testing.T, q queue, pop func(consume func([]fifo.Delta)) error) {
	const producers, versions = 8, 500
	var producing sync.WaitGroup
	for p := range producers {
		producing.Go(func() {
			for version := range versions {
				q.Update(&thing{name: fmt.Sprint("own-", p), version: version})
				if version%50 == 0 {
					q.Resync()
					_ = q.String()
				}
			}
		})
	}
	go func() {
		producing.Wait()
		q.Close()
	}()

	last := map[string]int{}
	for {
		err := pop(func(deltas []fifo.Delta) {
			for _, delta := range deltas {
				if obj, ok := delta.Object.(*thing); ok {
					if before, seen := last[obj.name]; seen {
						require.Equal(t, before+1, obj.version, obj.name)
					}
					last[obj.name] = obj.version
				}
			}
		})
		if errors.Is(err, fifo.ErrFIFOClosed) {
			break
		}
		require.NoError(t, err)
	}
	require.Len(t, last, producers)
	for name, version := range last {
		require.True(t, strings.HasPrefix(name, "own-"))
		require.Equal(t, versions-1, version, name)
	}
	require.NoError(t, q.CheckInvariants())
}
