package synctrack

import "sync"

// Lazy is a value that is worked out when it is asked for, and again after it may have changed.
type Lazy[T any] struct {
	// Evaluate works the value out. It may be called by several goroutines at once, if Notify is called meanwhile.
	Evaluate func() (T, error)

	mu      sync.Mutex
	current *evaluation[T] // nil: has to be made
}

// evaluation is one try to work the value out, which all that ask at the same time share.
type evaluation[T any] struct {
	mu    sync.Mutex
	known bool
	value T
}

// Notify says that the value may have changed. Whoever asks from now on gets what Evaluate says from now on.
func (z *Lazy[T]) Notify() {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.current = nil
}

// Get returns the value. An error is not kept: the next one to ask has Evaluate called again.
func (z *Lazy[T]) Get() (T, error) {
	e := z.evaluation()
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known {
		return e.value, nil
	}
	value, err := z.Evaluate()
	if err == nil {
		e.value, e.known = value, true
	}
	return value, err
}

func (z *Lazy[T]) evaluation() *evaluation[T] {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.current == nil {
		z.current = new(evaluation[T])
	}
	return z.current
}
