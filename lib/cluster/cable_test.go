package cluster_test

import (
	"errors"
	"net/http"
	"sync/atomic"
)

var errCable = errors.New("the cable was cut")

// failAfterFirst lets one request through, and no other.
type failAfterFirst struct {
	next http.RoundTripper
	sent atomic.Int32
}

func (f *failAfterFirst) wrap(next http.RoundTripper) http.RoundTripper {
	f.next = next
	return f
}

func (f *failAfterFirst) RoundTrip(req *http.Request) (*http.Response, error) {
	if f.sent.Add(1) > 1 {
		return nil, errCable
	}
	return f.next.RoundTrip(req)
}
