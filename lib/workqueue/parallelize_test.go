package workqueue_test

import (
	"context"
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"client-go-workbook/lib/workqueue"
)

// Each piece takes a second, so the time tells how many workers there were, and how the pieces were dealt out.
func TestEachPieceOnce(t *testing.T) {
	for _, c := range []struct{ workers, pieces, chunk, seconds int }{
		{workers: 1, pieces: 5, chunk: 1, seconds: 5},
		{workers: 3, pieces: 10, chunk: 1, seconds: 4},
		{workers: 10, pieces: 3, chunk: 1, seconds: 1},
		{workers: 2, pieces: 10, chunk: 3, seconds: 6}, // 3+3 and 3+1
		{workers: 2, pieces: 10, chunk: 100, seconds: 10},
		{workers: 2, pieces: 4, chunk: 0, seconds: 2},
		{workers: 2, pieces: 4, chunk: -3, seconds: 2},
		{workers: 2, pieces: 4, chunk: math.MaxInt, seconds: 4},
		{workers: 0, pieces: 3, chunk: 1, seconds: 3},
		{workers: -1, pieces: 3, chunk: 1, seconds: 3},
		{workers: 2, pieces: 0, chunk: 1},
		{workers: 2, pieces: -5, chunk: 2},
	} {
		t.Run(fmt.Sprintf("%+v", c), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				times := make([]atomic.Int64, max(c.pieces, 0))
				start := time.Now()
				workqueue.ParallelizeUntil(t.Context(), c.workers, c.pieces, func(piece int) {
					times[piece].Add(1)
					time.Sleep(time.Second)
				}, workqueue.WithChunkSize(c.chunk))
				require.Equal(t, time.Duration(c.seconds)*time.Second, time.Since(start))
				for piece := range times {
					require.EqualValues(t, 1, times[piece].Load(), "piece %d", piece)
				}
			})
		})
	}
}

func TestNoPieceBeginsAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 2500*time.Millisecond)
		defer cancel()
		var done atomic.Int64
		workqueue.ParallelizeUntil(ctx, 2, 100, func(int) {
			time.Sleep(time.Second)
			done.Add(1)
		}, workqueue.WithChunkSize(50))
		require.EqualValues(t, 6, done.Load(), "what has begun is finished")
		workqueue.ParallelizeUntil(ctx, 2, 100, func(int) { done.Add(1) })
		require.EqualValues(t, 6, done.Load())
	})
}

func TestNoContextIsNoEnd(t *testing.T) {
	var done atomic.Int64
	var none context.Context
	workqueue.ParallelizeUntil(none, 2, 10, func(int) { done.Add(1) })
	require.EqualValues(t, 10, done.Load())
}

// If the program is told to survive panics, a panic ends one worker. The others do what is left.
func TestAPieceThatPanics(t *testing.T) {
	defer func(crash bool, handlers []func(context.Context, any)) {
		utilruntime.ReallyCrash, utilruntime.PanicHandlers = crash, handlers
	}(utilruntime.ReallyCrash, utilruntime.PanicHandlers)
	var mu sync.Mutex
	var panics []any
	utilruntime.ReallyCrash = false
	utilruntime.PanicHandlers = []func(context.Context, any){func(_ context.Context, cause any) {
		mu.Lock()
		defer mu.Unlock()
		panics = append(panics, cause)
	}}
	var done atomic.Int64
	workqueue.ParallelizeUntil(t.Context(), 2, 10, func(piece int) {
		if piece == 3 {
			panic("three")
		}
		done.Add(1)
	})
	require.Equal(t, []any{"three"}, panics)
	require.EqualValues(t, 9, done.Load())
}
