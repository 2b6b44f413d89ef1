package forget_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	forget "client-go-workbook/exercises/ch03-workqueue/ex06-forget"
	"client-go-workbook/exercises/internal/bubble"
	"client-go-workbook/exercises/internal/invariant"
	"client-go-workbook/lib/workqueue"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	again = invariant.Invariant{
		Says: "a key that failed comes back when the limiter allows it, and only then",
		Read: "README.md, Task; lib/workqueue/example_test.go, Example",
	}
	forgotten = invariant.Invariant{
		Says: "after a success the limiter knows nothing of the key",
		Read: "README.md, Invariant; lib/workqueue/ratelimiting.go, Forget",
	}
	givenUp = invariant.Invariant{
		Says: "a key is tried again MaxRetries times in a row; with one failure more it is given up, and forgotten",
		Read: "README.md, fourth paragraph; controller.go, ProcessNext",
	}
	isDone = invariant.Invariant{
		Says: "each key that Get hands out is done once, however Reconcile ends",
		Read: "README.md, Invariant; lib/workqueue/queue.go, TypedInterface",
	}
	inWork = invariant.Invariant{
		Says: "as long as Reconcile has a key, no other worker gets it",
		Read: "README.md, Invariant; lib/workqueue/doc.go",
	}
	ends = invariant.Invariant{
		Says: "when the queue is shut down there is no key, and ProcessNext says so",
		Read: "controller.go, ProcessNext; lib/workqueue/queue.go, Get",
	}
	nobodyWaits = invariant.Invariant{
		Says: "a worker doesn't wait for a key that failed: it goes on with another one",
		Read: "README.md, Task; lib/workqueue/delaying.go, AddAfter",
	}
)

// shop is a Controller with a worker, and a log of its attempts: "cart 1s" is one a second after the beginning.
type shop struct {
	*forget.Controller
	queue *spy

	mu    sync.Mutex
	began time.Time
	log   []string
	fails map[string]int // how often each key is still to fail
	given []string       // up
	do    func(key string)
}

var errBusy = errors.New("busy")

// open runs a test with a shop whose limiter wants 1, 2, 4, 8 s and so on, up to an hour.
func open(t *testing.T, rule invariant.Invariant, test func(t *testing.T, s *shop)) {
	t.Helper()
	bubble.Test(t, rule, func(t *testing.T) {
		limiter := workqueue.NewTypedItemExponentialFailureRateLimiter[string](time.Second, time.Hour)
		s := &shop{
			queue: &spy{TypedRateLimitingInterface: workqueue.NewTypedRateLimitingQueue(limiter)},
			began: time.Now(), fails: map[string]int{}, do: func(string) {},
		}
		s.Controller = &forget.Controller{Queue: s.queue, Reconcile: s.reconcile, MaxRetries: 5, GivenUp: func(key string, err error) {
			s.given = append(s.given, fmt.Sprint(key, ": ", err))
		}}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			defer bubble.Catch(t, rule, "run a controller with one worker")
			s.Run(ctx, 1)
		}()
		test(t, s)
		cancel()
		<-ended
	})
}

func (s *shop) reconcile(_ context.Context, key string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprint(key, " ", time.Since(s.began)))
	s.do(key)
	if s.fails[key] > 0 {
		s.fails[key]--
		return errBusy
	}
	return nil
}

// add adds keys of which each fails so many times.
func (s *shop) add(fails int, keys ...string) {
	s.mu.Lock()
	for _, key := range keys {
		s.fails[key] = fails
	}
	s.mu.Unlock()
	for _, key := range keys {
		s.queue.Add(key)
	}
}

// passes lets time pass, and returns the attempts of that time.
func (s *shop) passes(d time.Duration) string {
	time.Sleep(d)
	synctest.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	log := strings.Join(s.log, ", ")
	s.log = nil
	return log
}

// spy counts what is handed out and what is done.
type spy struct {
	workqueue.TypedRateLimitingInterface[string]
	mu        sync.Mutex
	got, done []string
}

func (s *spy) Get() (string, bool) {
	key, shutdown := s.TypedRateLimitingInterface.Get()
	if !shutdown {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.got = append(s.got, key)
	}
	return key, shutdown
}

func (s *spy) Done(key string) {
	s.mu.Lock()
	s.done = append(s.done, key)
	s.mu.Unlock()
	s.TypedRateLimitingInterface.Done(key)
}

const minute = time.Minute

func TestSuccessIsReconciledOnce(t *testing.T) {
	open(t, again, func(t *testing.T, s *shop) {
		s.add(0, "cart", "shelf")
		again.Equal(t, "cart 0s, shelf 0s", s.passes(minute), "add cart and shelf, which succeed, and wait for a minute")
		s.add(0, "cart")
		isDone.Equal(t, "cart 1m0s", s.passes(minute), "then add cart again")
	})
}

func TestEachKeyIsDoneOnce(t *testing.T) {
	open(t, isDone, func(t *testing.T, s *shop) {
		s.MaxRetries = 2
		s.add(1, "cart")
		s.passes(minute)
		s.add(100, "shelf")
		s.passes(minute)
		isDone.Equal(t, strings.Join(s.queue.got, ", "), strings.Join(s.queue.done, ", "),
			"cart fails once, shelf always, with MaxRetries 2: compare what was handed out with what was done")
	})
}

func TestFailureIsTriedAgain(t *testing.T) {
	open(t, again, func(t *testing.T, s *shop) {
		s.add(4, "cart")
		again.Equal(t, "cart 0s, cart 1s, cart 3s, cart 7s, cart 15s", s.passes(minute),
			"add cart, which fails four times, with a limiter that wants 1, 2, 4, 8s")
	})
}

func TestSuccessIsForgotten(t *testing.T) {
	open(t, forgotten, func(t *testing.T, s *shop) {
		s.add(4, "cart")
		s.passes(minute)
		forgotten.Equal(t, 0, s.queue.NumRequeues("cart"), "cart fails four times, then succeeds: how many failures does the limiter count")
		s.add(2, "cart")
		forgotten.Equal(t, "cart 1m0s, cart 1m1s, cart 1m3s", s.passes(minute), "a minute later it fails twice")
	})
}

func TestFailuresAreNotForgotten(t *testing.T) {
	open(t, again, func(t *testing.T, s *shop) {
		s.add(4, "cart")
		s.passes(4 * time.Second)
		again.Equal(t, 3, s.queue.NumRequeues("cart"), "cart has failed three times, and comes back: how many failures does the limiter count")
	})
}

func TestWorkerGoesOnWithOthers(t *testing.T) {
	open(t, nobodyWaits, func(t *testing.T, s *shop) {
		s.add(3, "cart")
		s.passes(100 * time.Millisecond)
		s.add(0, "shelf")
		nobodyWaits.Equal(t, "shelf 100ms, cart 1s, cart 3s, cart 7s", s.passes(minute), "cart fails; 100ms later add shelf, with one worker for both")
	})
}

func TestKeyIsGivenUp(t *testing.T) {
	open(t, givenUp, func(t *testing.T, s *shop) {
		s.MaxRetries = 2
		s.add(100, "cart")
		givenUp.Equal(t, "cart 0s, cart 1s, cart 3s", s.passes(minute), "cart fails always, with MaxRetries 2")
		givenUp.Equal(t, []string{"cart: busy"}, s.given, "which keys were given up, and why")
		givenUp.Equal(t, 0, s.queue.NumRequeues("cart"), "how many failures does the limiter count then")
		s.add(1, "cart")
		givenUp.Equal(t, "cart 1m0s, cart 1m1s", s.passes(minute), "somebody adds cart again, and now it fails only once")
		givenUp.Equal(t, 1, len(s.given), "how often was cart given up in all")
	})
}

func TestNoRetriesAtAll(t *testing.T) {
	open(t, givenUp, func(t *testing.T, s *shop) {
		s.MaxRetries = 0
		s.add(100, "cart")
		givenUp.Equal(t, "cart 0s", s.passes(minute), "cart fails always, with MaxRetries 0")
		givenUp.Equal(t, []string{"cart: busy"}, s.given, "which keys were given up, and why")
	})
}

func TestLastAttemptMaySucceed(t *testing.T) {
	open(t, givenUp, func(t *testing.T, s *shop) {
		s.MaxRetries = 2
		s.add(2, "cart")
		givenUp.Equal(t, "cart 0s, cart 1s, cart 3s", s.passes(minute), "cart fails twice, with MaxRetries 2")
		givenUp.Equal(t, 0, len(s.given), "how many keys were given up")
	})
}

func TestChangedWhileInWork(t *testing.T) {
	open(t, isDone, func(t *testing.T, s *shop) {
		s.do = func(string) { s.do = func(string) {}; s.queue.Add("cart") }
		s.add(0, "cart")
		isDone.Equal(t, "cart 0s, cart 0s", s.passes(minute), "cart is added again while it is in work, and succeeds")
	})
}

func TestKeyIsInOneHand(t *testing.T) {
	open(t, inWork, func(t *testing.T, s *shop) {
		others := -1
		s.do = func(string) {
			s.do = func(string) {}
			s.queue.Add("cart")
			others = s.queue.Len()
		}
		s.add(0, "cart")
		s.passes(minute)
		inWork.Equal(t, 0, others, "cart is added again while Reconcile has it: how many keys could another worker get now")
	})
}

func TestPanicEndsAnAttempt(t *testing.T) {
	bubble.Test(t, isDone, func(t *testing.T) {
		queue := &spy{TypedRateLimitingInterface: workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedItemBasedRateLimiter[string]())}
		c := &forget.Controller{Queue: queue, GivenUp: func(string, error) {}, Reconcile: func(context.Context, string) error { panic("no such shelf") }}
		queue.Add("cart")
		value := func() (value any) {
			defer func() { value = recover() }()
			c.ProcessNext(t.Context())
			return nil
		}()
		if text := fmt.Sprint(value); strings.HasPrefix(text, "TODO") {
			panic(text)
		}
		isDone.Equal(t, []string{"cart"}, queue.done, "Reconcile panics with cart: which keys are done when ProcessNext has ended (its panic: %v)", value)
	})
}

func TestShutDownEndsTheWorker(t *testing.T) {
	bubble.Test(t, ends, func(t *testing.T) {
		var reconciled []string
		queue := &spy{TypedRateLimitingInterface: workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedItemBasedRateLimiter[string]())}
		c := &forget.Controller{Queue: queue, GivenUp: func(string, error) {}, Reconcile: func(ctx context.Context, key string) error {
			reconciled = append(reconciled, key)
			ends.Equal(t, t.Context(), ctx, "reconcile cart, and look at the context")
			return nil
		}}
		queue.Add("cart")
		queue.ShutDown()
		var went []bool
		for range 2 {
			went = append(went, c.ProcessNext(t.Context()))
		}
		ends.Equal(t, []bool{true, false}, went, "add cart, shut the queue down, and call ProcessNext twice")
		ends.Equal(t, []string{"cart"}, reconciled, "what was reconciled then")
		ends.Equal(t, []string{"cart"}, queue.done, "and what was done")
	})
}
