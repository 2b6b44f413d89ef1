package watch

import "context"

// Loop checks at the start, after every change, and after every key that asks for it.
type Loop struct {
	Changes <-chan struct{}
	Keys    <-chan byte // nil or closed: no keys

	// Check runs in a goroutine of the Loop's. Its ctx ends when it is overtaken by a change.
	Check func(ctx context.Context)
	// Key does what a key asks for. No check runs meanwhile; again asks for one afterwards.
	Key func(key byte) (again, quit bool)
}

// Run returns when ctx ends or a key says quit, after the check that runs has ended.
func (l *Loop) Run(ctx context.Context) {
	cancel, done := l.start(ctx)
	stop := func() {
		cancel()
		<-done
	}
	defer func() { stop() }()
	keys := l.Keys
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.Changes:
			stop()
			cancel, done = l.start(ctx)
		case key, ok := <-keys:
			if !ok {
				keys = nil
				continue
			}
			// A check that is interrupted here starts again, unless there is to be no other.
			finished := isClosed(done)
			stop()
			again, quit := l.Key(key)
			if quit {
				return
			}
			if again || !finished {
				cancel, done = l.start(ctx)
			}
		}
	}
}

func (l *Loop) start(ctx context.Context) (context.CancelFunc, <-chan struct{}) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer cancel()
		l.Check(ctx)
	}()
	return cancel, done
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
