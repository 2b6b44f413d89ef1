package workqueue

import (
	"context"
	"sync"
	"sync/atomic"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// DoWorkPieceFunc does the piece with this number.
type DoWorkPieceFunc func(piece int)

// Options change how ParallelizeUntil works.
type Options func(*parallelizer)

// WithChunkSize makes a worker take c pieces at once. That is worth it if there are many and each is small.
func WithChunkSize(c int) func(*parallelizer) {
	return func(p *parallelizer) { p.chunk = max(c, 1) }
}

// ParallelizeUntil does the pieces 0 to pieces-1, each once, with so many workers, and returns when they have ended. When
// ctx ends, no further piece is begun. A piece that panics is handled as utilruntime.HandleCrash does: the program ends,
// or, if it is told not to, that worker.
//
// Upstream: util/workqueue/parallelizer.go.
func ParallelizeUntil(ctx context.Context, workers, pieces int, doWorkPiece DoWorkPieceFunc, opts ...Options) {
	if ctx == nil {
		ctx = context.Background()
	}
	p := &parallelizer{pieces: pieces, chunk: 1, do: doWorkPiece}
	for _, opt := range opts {
		opt(p)
	}
	var wg sync.WaitGroup
	for range min(max(workers, 1), p.chunks()) {
		wg.Go(func() { p.work(ctx) })
	}
	wg.Wait()
}

// parallelizer deals out pieces, a chunk at a time.
type parallelizer struct {
	pieces, chunk int
	do            DoWorkPieceFunc

	taken atomic.Int64 // chunks
}

func (p *parallelizer) chunks() int {
	n := p.pieces / p.chunk
	if p.pieces%p.chunk > 0 {
		n++
	}
	return n
}

// work is what one worker does.
func (p *parallelizer) work(ctx context.Context) {
	defer utilruntime.HandleCrashWithContext(ctx)
	for chunks := p.chunks(); ; {
		chunk := int(p.taken.Add(1)) - 1
		if chunk >= chunks {
			return
		}
		first := chunk * p.chunk
		for piece := first; piece-first < p.chunk && piece < p.pieces; piece++ {
			if ctx.Err() != nil {
				return
			}
			p.do(piece)
		}
	}
}
