package reflector

import (
	"context"
	"fmt"
	"sync"
	"time"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
)

// startResync calls the store's Resync once a period, from a goroutine of its own, because the watch may be silent.
// The first error is sent on the channel, and ends it. stop waits for the goroutine.
func (r *Reflector) startResync(ctx context.Context) (failed <-chan error, stop func()) {
	if r.resyncPeriod <= 0 {
		return nil, func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	failure := make(chan error, 1)
	var running sync.WaitGroup
	running.Go(func() {
		defer utilruntime.HandleCrashWithContext(ctx)
		if err := r.resync(ctx); err != nil {
			failure <- err
		}
	})
	return failure, func() {
		cancel()
		running.Wait()
	}
}

func (r *Reflector) resync(ctx context.Context) error {
	timer := time.NewTimer(r.resyncPeriod)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if r.ShouldResync == nil || r.ShouldResync() {
			r.logger(ctx).V(4).Info("Forcing resync")
			if err := r.store.Resync(); err != nil {
				return fmt.Errorf("resync %v: %w", r.typeDescription, err)
			}
		}
		timer.Reset(r.resyncPeriod) // counted from here: a slow Resync isn't followed by another at once
	}
}
