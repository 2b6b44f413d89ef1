package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// Do sends the request and reads the whole answer. Errors are in the Result:
//   - *apierrors.StatusError if the server refused, whatever the body of its answer was;
//   - *RequestConstructionError if the request was never fit to be sent;
//   - otherwise what net/http, ctx or the rate limiter said.
func (r *Request) Do(ctx context.Context) Result {
	var result Result
	err := r.roundTrip(ctx, func(resp *http.Response) { result = r.result(ctx, resp) })
	if err != nil {
		return Result{err: err}
	}
	return result
}

// DoRaw is Do without decoding: it returns the bytes of the answer. If the server refused it returns them too,
// together with an error that has the status code's reason, and the body's text if that is text/*.
func (r *Request) DoRaw(ctx context.Context) ([]byte, error) {
	var (
		data []byte
		fail error
	)
	err := r.roundTrip(ctx, func(resp *http.Response) {
		if data, fail = r.readBody(ctx, resp); fail == nil && !succeeded(resp.StatusCode) {
			fail = r.genericError(resp, data)
		}
	})
	if err != nil {
		return nil, err
	}
	return data, fail
}

// Stream sends the request and returns the body of a 2xx answer unread: a log, for example. The caller closes it.
// Timeout doesn't apply, and a failed connection isn't tried again.
func (r *Request) Stream(ctx context.Context) (io.ReadCloser, error) {
	if err := r.ready(ctx); err != nil {
		return nil, err
	}
	if err := r.throttle(ctx, ""); err != nil {
		return nil, err
	}
	resp, err := r.send(ctx, neverTransient)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return nil, r.refused(ctx, resp)
	}
	r.handleWarnings(ctx, resp.Header)
	return resp.Body, nil
}

// roundTrip sends the request within its timeout and lends the answer to use. The timeout starts after the first
// wait for the rate limiter: a client that holds itself back shouldn't blame the server.
func (r *Request) roundTrip(ctx context.Context, use func(*http.Response)) error {
	if err := r.ready(ctx); err != nil {
		return err
	}
	if err := r.throttle(ctx, ""); err != nil {
		return err
	}
	if r.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.timeout)
		defer cancel()
	}
	resp, err := r.send(ctx, transientForDo)
	if err != nil {
		return err
	}
	defer drain(resp)
	use(resp)
	return nil
}

// ready refuses a request that can't be sent.
func (r *Request) ready(ctx context.Context) error {
	if r.err != nil {
		return r.err
	}
	if err := r.target.check(r.verb); err != nil {
		return &RequestConstructionError{Err: err}
	}
	r.logBody(ctx, "Request Body", r.body.bytes)
	return nil
}

// send makes attempts until one of them settles the matter, and returns its answer, good or bad. The caller
// closes the body.
func (r *Request) send(ctx context.Context, transient transience) (*http.Response, error) {
	u := r.URL()
	retry := retries{max: r.maxRetries, transient: transient}
	for {
		if err := r.waitForTurn(ctx, u, &retry); err != nil {
			return nil, retry.explain(err)
		}
		req, err := r.httpRequest(ctx, u)
		if err != nil {
			return nil, err
		}
		resp, err := r.client.httpClient().Do(req)
		if err != nil {
			resp = nil // may be there all the same, closed, after a redirect that was refused
		}
		r.backoff.UpdateBackoffWithContext(ctx, u, err, statusCode(resp))
		if !r.body.replayable() || !retry.another(r.verb, resp, err) {
			return resp, retry.explain(err)
		}
		drain(resp)
	}
}

// waitForTurn waits before an attempt: as long as the backoff or the server's last answer says, whichever is
// longer, and, from the second attempt on, for the rate limiter.
func (r *Request) waitForTurn(ctx context.Context, u *url.URL, retry *retries) error {
	if delay := max(retry.delay, r.backoff.CalculateBackoffWithContext(ctx, u)); delay > 0 {
		r.backoff.SleepWithContext(ctx, delay)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", r.describe(), err)
	}
	if retry.made == 0 {
		return nil
	}
	if err := r.throttle(ctx, retry.reason); err != nil {
		return err
	}
	retry.log(ctx, u)
	return nil
}

// httpRequest is one attempt. The header is shared by all of them: a RoundTripper mustn't change it.
func (r *Request) httpRequest(ctx context.Context, u *url.URL) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, r.verb, "", nil)
	if err != nil {
		return nil, &RequestConstructionError{Err: err}
	}
	req.URL, req.Host, req.Header = u, u.Host, r.headers
	r.body.attach(req)
	return req, nil
}

func statusCode(resp *http.Response) int {
	if resp == nil {
		return 0
	}
	return resp.StatusCode
}

// drain closes the body, after reading a short rest of it: only then is the connection used again. A long rest
// isn't worth it.
func drain(resp *http.Response) {
	if resp == nil {
		return
	}
	defer resp.Body.Close()
	const short = 2 << 10
	if resp.ContentLength <= short {
		_, _ = io.CopyN(io.Discard, resp.Body, short)
	}
}
