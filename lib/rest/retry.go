package rest

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/util/net"
	"k8s.io/klog/v2"
)

// transience says whether a connection that failed is worth another attempt.
type transience func(verb string, err error) bool

// transientForDo spares writes: the server may have done them before the connection broke.
func transientForDo(verb string, err error) bool {
	return verb == http.MethodGet &&
		(net.IsConnectionReset(err) || net.IsProbableEOF(err) || net.IsHTTP2ConnectionLost(err))
}

// transientForWatch is generous: a watch changes nothing.
func transientForWatch(_ string, err error) bool {
	return net.IsProbableEOF(err) || net.IsTimeout(err)
}

func neverTransient(string, error) bool { return false }

// transientDelay is the wait before another connection, which no server has asked for.
const transientDelay = time.Second

// retries decides after each attempt whether there is another one. Its zero value with max set stands before the
// first attempt.
type retries struct {
	max       int
	transient transience

	made   int           // retries decided on, at most max
	delay  time.Duration // before the next attempt
	reason string        // for the next attempt, for people
	cause  error         // the same, as an error
}

// another says whether to try again after an attempt that ended with resp or err, and if so, remembers when and why.
func (r *retries) another(verb string, resp *http.Response, err error) bool {
	if r.made >= r.max {
		return false
	}
	switch {
	case err != nil:
		if !r.transient(verb, err) {
			return false
		}
		r.delay, r.cause = transientDelay, err
	default:
		delay, asked := askedToRetry(resp)
		if !asked {
			return false
		}
		r.delay, r.cause = delay, fmt.Errorf("the server answered %d and asked to try again", resp.StatusCode)
	}
	r.made++
	r.reason = fmt.Sprintf("retries: %d, retry-after: %s - retry-reason: %s", r.made, r.delay, retryReason(resp, err))
	return true
}

// explain adds the reason of the last retry to the error that ended it all. "context deadline exceeded" alone
// says little.
func (r *retries) explain(err error) error {
	if err == nil || r.cause == nil || err.Error() == r.cause.Error() {
		return err
	}
	return &retriedError{last: err, before: withoutURL(r.cause)}
}

func (r *retries) log(ctx context.Context, u *url.URL) {
	if logger := klog.FromContext(ctx).V(4); logger.Enabled() {
		logger.Info("Trying the request again",
			"retry", r.made, "delay", r.delay, "url", u.Redacted(), "reason", r.reason)
	}
}

// retriedError is last to errors.Is and errors.As; what came before it shows in the text only.
type retriedError struct{ last, before error }

func (e *retriedError) Unwrap() error { return e.last }
func (e *retriedError) Error() string {
	return fmt.Sprintf("%v - error from a previous attempt: %v", e.last, e.before)
}

// withoutURL spares the reader the same URL twice.
func withoutURL(err error) error {
	if e, ok := err.(*url.Error); ok && e.Err != nil {
		return e.Err
	}
	return err
}

// askedToRetry says whether the server is overloaded, or failed, and named the time to come back.
func askedToRetry(resp *http.Response) (time.Duration, bool) {
	if resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode < 500 {
		return 0, false
	}
	seconds, ok := retryAfterSeconds(resp.Header)
	return time.Duration(seconds) * time.Second, ok
}

// retryAfterSeconds reads Retry-After where it is a number; Kubernetes never sends the date that HTTP also allows.
// 31 bits are what a Status holds.
func retryAfterSeconds(h http.Header) (int, bool) {
	seconds, err := strconv.ParseUint(h.Get("Retry-After"), 10, 31)
	if err != nil {
		return 0, false
	}
	return int(seconds), true
}

func retryReason(resp *http.Response, err error) string {
	switch {
	case err != nil:
		return "due to retryable error, error: " + err.Error()
	case resp.StatusCode == http.StatusTooManyRequests:
		flowSchema := resp.Header.Get("X-Kubernetes-PF-FlowSchema-UID") // of priority and fairness
		return fmt.Sprintf("due to server-side throttling, FlowSchema UID: %q", flowSchema)
	default:
		return strconv.Itoa(resp.StatusCode)
	}
}
