// Package rest builds requests to a Kubernetes API server, sends them, and makes sense of what comes back.
//
//	Config ──▶ RESTClient ──▶ Request ──Do──────▶ Result ──Into──▶ object, or *StatusError
//	who,       one group      verb,   ──DoRaw───▶ []byte
//	where,     version,       target, ──Stream──▶ io.ReadCloser
//	how        one limiter    body    ──Watch───▶ watch.Interface: bytes ─▶ frames ─▶ events
//
//	sending:   throttle ─▶ wait ─▶ send ─▶ the answer
//	                        ▲        │
//	                        └────────┘ 429 or 5xx with Retry-After; a GET whose connection broke; MaxRetries times at most
//
// A request is built in any order and reports its first mistake when it is sent. Names that would lead elsewhere
// in the path are such a mistake. What the server refuses is an *apierrors.StatusError, also if a proxy answered
// with a page of HTML. Bodies are logged from verbosity 8 on, but never those of Secrets and tokens; headers are
// never logged here.
//
// Goroutines: each Watch owns one, which Stop waits for. Nothing else starts any.
//
// Upstream: rest, rest/watch.
// Left out: what is deprecated (BackoffManager, Request.BackOff); CBOR, which upstream keeps off by a feature
// gate, and with it the only fallback after a 415: protobuf falls back to JSON by the Accept header; metrics
// hooks (tools/metrics) and the URL template that labels them; WithRetry, RetryAfter and IsRetryableErrorFunc,
// which nobody outside could plug in; HTTPClient.
// Stricter than upstream: a JSON watch frame is bounded before it is decoded; Into refuses an answer of another
// type; Raw returns the server's own Status as its error; Secrets and tokens aren't logged. More lenient: a body
// that can seek is sent again. Different: a watch whose context ends closes without an event; the backoff that
// the environment asks for is shared by a client's requests.
package rest
