package workqueue_test

import (
	"errors"
	"fmt"
	"time"

	"client-go-workbook/lib/workqueue"
)

// A worker tries again what failed, and forgets what succeeded.
func Example() {
	limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](time.Millisecond, time.Second)
	queue := workqueue.NewTypedRateLimitingQueue(limiter)
	attempts := 0
	reconcile := func(key string) error {
		if attempts++; attempts < 3 {
			return errors.New("conflict")
		}
		queue.ShutDown() // this worker has seen enough
		return nil
	}

	processNext := func() bool {
		key, shutdown := queue.Get()
		if shutdown {
			return false
		}
		defer queue.Done(key)
		if err := reconcile(key); err != nil {
			fmt.Printf("%s: %v, failure %d\n", key, err, queue.NumRequeues(key)+1)
			queue.AddRateLimited(key)
			return true
		}
		fmt.Printf("%s: ok after %d failures\n", key, queue.NumRequeues(key))
		queue.Forget(key)
		return true
	}

	queue.Add("shop/cart")
	for processNext() {
	}
	// Output:
	// shop/cart: conflict, failure 1
	// shop/cart: conflict, failure 2
	// shop/cart: ok after 2 failures
}
