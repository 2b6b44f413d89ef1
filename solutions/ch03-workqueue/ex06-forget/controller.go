// Package forget tries again what failed, and forgets what succeeded.
//
//	Get ──▶ Reconcile ──▶ no error             Forget            ──▶ Done
//	                  ──▶ an error             AddRateLimited    ──▶ Done ··· later ···▶ Get
//	                  ──▶ an error too many    Forget, GivenUp   ──▶ Done
package forget

import (
	"context"
	"sync"

	"client-go-workbook/lib/workqueue"
)

// Controller reconciles what is in its queue.
type Controller struct {
	Queue      workqueue.TypedRateLimitingInterface[string]
	Reconcile  func(ctx context.Context, key string) error
	MaxRetries int                         // attempts after the first
	GivenUp    func(key string, err error) // hears of each key that has failed once more than that
}

// ProcessNext waits for a key and reconciles it. It returns false if there is none, nor will there be: the queue is shut
// down.
//
// A key that fails comes back when the queue's limiter allows it, MaxRetries times in a row; with one failure more it is
// given up. After a success, and when it is given up, the limiter forgets its failures. However Reconcile ends, by a panic
// too, the key isn't in work any more when ProcessNext has ended.
func (c *Controller) ProcessNext(ctx context.Context) bool {
	// BEGIN SOLUTION: Get a key, reconcile it, and say to the queue what came of it.
	// NumRequeues is how many failures the limiter counts; AddRateLimited counts one more.

	key, shutdown := c.Queue.Get()
	if shutdown {
		return false
	}
	defer c.Queue.Done(key)
	err := c.Reconcile(ctx, key)
	switch {
	case err == nil:
		c.Queue.Forget(key)
	case c.Queue.NumRequeues(key) < c.MaxRetries:
		c.Queue.AddRateLimited(key)
	default:
		c.Queue.Forget(key)
		c.GivenUp(key, err)
	}
	return true
	// END SOLUTION
}

// Run lets so many workers process keys until ctx ends. Then it shuts the queue down, and waits for them.
func (c *Controller) Run(ctx context.Context, workers int) {
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for c.ProcessNext(ctx) {
			}
		})
	}
	<-ctx.Done()
	c.Queue.ShutDown()
	running.Wait()
}
