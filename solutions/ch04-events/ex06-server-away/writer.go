// Package serveraway writes events to an API server that may be away.
//
//	Write ──▶ nobody answers   pause (by chance, at first)  ──▶ Write ──▶ …   12 times at most
//	      ──▶ "no"             that is an answer: it would be the same again
//	      ──▶ "exists"         an earlier try has arrived, and only its answer was lost
package serveraway

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"client-go-workbook/lib/rest"
)

// Writer writes one event after the other.
type Writer struct {
	Write    func(event *corev1.Event) error // tries once; see Record for its errors
	Sleep    time.Duration                   // between two tries
	MaxTries int                             // for an event, at least 1
}

// Record writes event. It returns nil if the API has it, and otherwise the error of the last try.
//
// An error that is an *apierrors.StatusError is the server's answer, and final; if the answer is that the event already
// exists, the API has it. A *rest.RequestConstructionError is final as well: nothing was sent. Each may be wrapped. After
// any other error nobody knows what has happened, and it is tried again, MaxTries times in all.
//
// The first pause is between nothing and Sleep, by chance; all others are Sleep. When ctx ends, the pause does, and there
// is no other try. The first try is made in any case.
func (w *Writer) Record(ctx context.Context, event *corev1.Event) error {
	// BEGIN SOLUTION: Try, look at the error, and decide: done, given up, or once more after a pause.

	for tries := 1; ; tries++ {
		err := w.Write(event)
		var answer *apierrors.StatusError
		var mistake *rest.RequestConstructionError
		switch {
		case err == nil, apierrors.IsAlreadyExists(err):
			return nil
		case errors.As(err, &answer), errors.As(err, &mistake), tries == w.MaxTries:
			return err
		}
		sleep := w.Sleep
		if tries == 1 {
			sleep = time.Duration(rand.Float64() * float64(sleep))
		}
		select {
		case <-time.After(sleep):
		case <-ctx.Done():
			return err
		}
	}
	// END SOLUTION
}
