// Package retryafter sends a request until one attempt settles the matter.
package retryafter

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/util/net"
)

// Sender sends requests, and sends them again where that is safe.
type Sender struct {
	Client     *http.Client
	MaxRetries int // attempts after the first
}

// brokenDelay is the wait after a broken connection, for which no server named a time.
const brokenDelay = time.Second

// Send makes attempts, MaxRetries + 1 at most, until one of them settles the matter. It returns the answer or error of
// the last one as it is; the caller closes an answer. There is another attempt
//   - after 429 or any 5xx whose Retry-After says when to come: the server hasn't done what was asked;
//   - after a broken connection, brokenDelay later, if this is a GET: all else the server may have done already;
//   - never, if the body can't be sent again.
//
// If the request's context ends during a wait, Send returns its error at once.
func (s *Sender) Send(req *http.Request) (*http.Response, error) {
	// TODO: Make attempts until there is no reason for another one.
	// The functions below do one step each.
	panic("TODO ch01/ex04: fill in Sender.Send")
}

// replayable says whether a further attempt can send the same body.
func replayable(req *http.Request) bool {
	return req.Body == nil || req.Body == http.NoBody || req.GetBody != nil
}

// fresh returns a copy of req that reads its body from the beginning. Without GetBody it reads req's own.
func fresh(req *http.Request) (*http.Request, error) {
	attempt := req.Clone(req.Context())
	if req.GetBody == nil {
		return attempt, nil
	}
	var err error
	attempt.Body, err = req.GetBody()
	return attempt, err
}

// broken says whether err is a connection that ended in the middle of a request.
func broken(err error) bool {
	return err != nil && (net.IsConnectionReset(err) || net.IsProbableEOF(err) || net.IsHTTP2ConnectionLost(err))
}

// retryAfter returns how long the server wants to be left alone, and false if it doesn't say. Kubernetes says it in
// seconds, never as the date that HTTP also allows.
func retryAfter(resp *http.Response) (time.Duration, bool) {
	seconds, err := strconv.ParseUint(resp.Header.Get("Retry-After"), 10, 31)
	return time.Duration(seconds) * time.Second, err == nil
}

// drain reads the rest of an answer and closes it; there may be none. Only a connection that has nothing left in it is
// used again.
func drain(resp *http.Response) {
	if resp == nil {
		return
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, 2<<10) // a long rest costs more than a new connection
}

// sleep waits for d, or until ctx ends, and then returns its error.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
