package fifo

// DoneChecker is something that ends, and can be waited for without polling.
//
// Upstream: tools/cache/shared_informer.go.
type DoneChecker interface {
	// Name says what is waited for, for logs. It may be computed on each call.
	Name() string
	// Done returns a channel that is closed when it has ended.
	Done() <-chan struct{}
}

// IsDone says whether checker has ended, without waiting.
func IsDone(checker DoneChecker) bool {
	select {
	case <-checker.Done():
		return true
	default:
		return false
	}
}
