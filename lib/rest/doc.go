// Package rest builds requests to a Kubernetes API server, sends them, and makes sense of what comes back.
//
//	Config ──▶ RESTClient ──▶ Request ──Do──────▶ Result ──Into──▶ object, or *StatusError
//	who,       one group      verb,   ──DoRaw───▶ []byte
//	where,     version,       target, ──Stream──▶ io.ReadCloser
//	how        one limiter    body    ──Watch───▶ watch.Interface: bytes ─▶ frames ─▶ events
//	                                  ──EachListItem▶ the objects of a list, one by one as they arrive
//
//	sending:   throttle ─▶ wait ─▶ send ─▶ the answer
//	                        ▲        │
//	                        └────────┘ 429 or 5xx with Retry-After; a GET whose connection broke; at most MaxRetries
//
// A request is built in any order and reports its first mistake when it is sent. Names that would lead elsewhere
// in the path are such a mistake. What the server refuses is an *apierrors.StatusError, also if a proxy answered
// with a page of HTML. Bodies are logged from verbosity 8 on, but never those of Secrets and tokens; headers are
// never logged here.
//
// Goroutines: each Watch owns one, which Stop waits for. Nothing else starts any.
//
// To read it: request.go builds, send.go and retry.go send, result.go and watch.go understand; liststream*.go takes
// lists apart, watch_*.go makes watches fast; config.go and its neighbours config_*.go make the client, and package
// transport beneath its connection.
//
// Upstream: rest, rest/watch.
// Left out: what is deprecated (BackoffManager, Request.BackOff); auth providers, which exec plugins replaced
// (RegisterAuthProviderPlugin, Config.AuthConfigPersister; a Config that names one is refused); CBOR, which upstream
// keeps off by a feature gate, and with it the only fallback after a 415: protobuf falls back to JSON by the Accept
// header; metrics hooks (tools/metrics) and the URL template that labels them; WithRetry, RetryAfter and
// IsRetryableErrorFunc, which nobody outside could plug in; HTTPClient.
//
// Stricter than upstream:
//   - each mistake in building a request is a *RequestConstructionError, as upstream's event recorders expect;
//     upstream returns it bare;
//   - Stream and Watch, too, refuse a named object in the empty namespace;
//   - Retry-After counts from 0 to 2^31-1; upstream retries at once after a negative one;
//   - a response has at most 64 warnings, of 4096 bytes each;
//   - a JSON watch frame is bounded before it is decoded, at 16 MiB;
//   - Into refuses an answer of another type, which upstream drops without a word;
//   - Raw returns the server's own Status as its error;
//   - bodies of Secrets and tokens aren't logged, and AnonymousClientConfig takes user and password out of Host.
//
// Added: Request.EachListItem.
//
// More lenient: a body that can seek, or is a buffer, is sent again; Raw has the body of an error in any format.
//
// Different:
//   - a watch whose context ends, or whose HTTP/2 connection is lost, closes without an event;
//   - an error of the context, the limiter or the body's read names the request: test it by errors.Is, not by ==;
//   - an error without a Status names the path where the request was made by path;
//   - the backoff that the environment asks for is shared by a client's requests; upstream forgets it after each.
package rest
