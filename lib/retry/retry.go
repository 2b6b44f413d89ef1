// Package retry runs a function again while it fails in a way that a new attempt may cure.
//
//	get ──▶ change ──▶ update ──▶ 409 Conflict        someone else was faster
//	 ▲                               │ wait: 10ms ±10%
//	 └───────────────────────────────┘ at most 5 times
//
// An update that carries a resourceVersion is refused when the object has changed since it was read. The cure is
// to read it again, so the function that is retried must begin with a get.
//
// Upstream: util/retry/util.go.
// Left out: nothing.
package retry

import (
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"
)

// DefaultRetry is for conflicts between writers of equal right: five attempts, 10 ms apart. Who lost a race
// is likely to win the next one.
var DefaultRetry = wait.Backoff{Steps: 5, Duration: 10 * time.Millisecond, Factor: 1, Jitter: 0.1}

// DefaultBackoff is for objects that controllers keep changing: four attempts, 10, 50 and 250 ms apart,
// so that their activity can die down.
var DefaultBackoff = wait.Backoff{Steps: 4, Duration: 10 * time.Millisecond, Factor: 5, Jitter: 0.1}

// OnError calls fn until it succeeds, fails with an error that is not retriable, or backoff.Steps attempts are spent.
// Then it returns fn's last error as it is. If fn gives up with a context's error after an attempt that was retriable,
// the older error comes back: it says more than "context canceled". A backoff without Steps never calls fn;
// its error is one for which wait.Interrupted holds.
func OnError(backoff wait.Backoff, retriable func(error) bool, fn func() error) error {
	var worthRetrying error
	err := wait.ExponentialBackoff(backoff, func() (done bool, err error) {
		if err = fn(); err != nil && retriable(err) {
			worthRetrying = err
			return false, nil
		}
		return true, err
	})
	if worthRetrying != nil && wait.Interrupted(err) {
		return worthRetrying
	}
	return err
}

// RetryOnConflict calls fn again while it returns a Conflict, which may be wrapped. fn must read the object anew
// each time, change what it read, and return the error of the update:
//
//	err := retry.RetryOnConflict(retry.DefaultRetry, func() error {
//		deployment, err := deployments.Get(ctx, "shop", metav1.GetOptions{})
//		if err != nil {
//			return err
//		}
//		deployment.Spec.Paused = true
//		_, err = deployments.Update(ctx, deployment, metav1.UpdateOptions{})
//		return err
//	})
//
// The last Conflict comes back when all attempts are spent.
func RetryOnConflict(backoff wait.Backoff, fn func() error) error {
	return OnError(backoff, apierrors.IsConflict, fn)
}
