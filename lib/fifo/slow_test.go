package fifo_test

import (
	"bytes"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/klog/v2/textlogger"

	"client-go-workbook/lib/fifo"
)

// A consumer that can't keep up with two batches keeps the lock, so that producers wait for it.
func TestAFullQueueIsNotUnlocked(t *testing.T) {
	q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{
		KeyFunction: keyOfThing, AtomicEvents: true, UnlockWhileProcessing: true,
	})
	for i := range 2*fifo.MaxBatch + 2 {
		require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
	}
	var locked []bool
	for range 3 {
		_, err := q.Pop(func(any, bool) error {
			locked = append(locked, q.IsLocked())
			return nil
		})
		require.NoError(t, err)
	}
	require.Equal(t, []bool{true, true, false}, locked)
}

func TestASlowConsumerIsReported(t *testing.T) {
	for name, tc := range map[string]struct {
		waiting int
		took    time.Duration
		want    string
	}{
		"slow, and others wait":  {waiting: 11, took: 100 * time.Millisecond, want: `took="100ms" items=1 waiting=11`},
		"slow, and nobody waits": {waiting: 10, took: time.Hour},
		"fast enough":            {waiting: 11, took: 99 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Output(&log)))
			bothQueuesLogging(t, logger, func(t *testing.T, q queue) {
				log.Reset()
				for i := range tc.waiting + 1 {
					require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
				}
				_, err := q.Pop(func(any, bool) error { time.Sleep(tc.took); return nil })
				require.NoError(t, err)
				if tc.want == "" {
					require.Empty(t, log.String())
				} else {
					require.Contains(t, log.String(), tc.want)
				}
			})
		})
	}
}

func TestASlowBatchIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		logger := textlogger.NewLogger(textlogger.NewConfig(textlogger.Output(&log)))
		q := fifo.NewRealFIFOWithOptions(fifo.RealFIFOOptions{KeyFunction: keyOfThing, Logger: &logger, AtomicEvents: true})
		q.SetBatchSize(5)
		for i := range 100 {
			require.NoError(t, q.Add(&thing{name: fmt.Sprint(i)}))
		}
		for _, took := range []time.Duration{499 * time.Millisecond, 500 * time.Millisecond} {
			require.Empty(t, log.String())
			require.NoError(t, q.PopBatch(func([]fifo.Delta, bool) error { time.Sleep(took); return nil }, nil))
		}
		require.Contains(t, log.String(), `took="500ms" items=5 waiting=90`)

		log.Reset()
		q.SetBatchSize(20)
		require.NoError(t, q.PopBatch(func([]fifo.Delta, bool) error { time.Sleep(time.Second); return nil }, nil))
		require.Contains(t, log.String(), `took="1s" items=20 waiting=70`)
	})
}
