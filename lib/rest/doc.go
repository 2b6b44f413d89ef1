// Package rest builds requests to a Kubernetes API server, sends them, and makes sense of what comes back.
//
//	Config ──RESTClientFor──▶ RESTClient ──Get, Post, …──▶ Request ──Do──▶ Result ──Into──▶ object
//	 who, where, TLS           one group version, limiter    │  │            └──Error──▶ *StatusError
//	                                                         │  ├──Watch──▶ watch.Interface
//	                                                         │  └──Stream─▶ io.ReadCloser
//	  throttle ─▶ wait ─▶ send ─▶ 429, 5xx + Retry-After, ───┘
//	               ▲              connection reset? ──┐      then the answer is final
//	               └──────────────────────────────────┘
//
// A request is built in any order and reports its first mistake when it is sent. Names that would lead elsewhere in the path are
// such a mistake. What the server refuses is an *apierrors.StatusError, also if a proxy answered with a page of HTML.
// Bodies are logged from verbosity 8 on, but never those of Secrets and tokens; headers are never logged here.
//
// Goroutines: each Watch owns one, which Stop waits for. Nothing else starts any.
//
// Upstream: rest, rest/watch.
// Left out: what is deprecated (BackoffManager, Request.BackOff); CBOR, which upstream keeps off by a feature gate, and with it the
// only fallback after a 415: protobuf falls back to JSON by the Accept header; metrics hooks (tools/metrics) and the URL template that
// labels them; WithRetry, which nobody outside could plug in; HTTPClient.
// Stricter than upstream: a JSON watch frame is bounded before it is decoded; Into refuses an answer of another type; Secrets and tokens
// aren't logged. More lenient: a body that can seek is sent again.
package rest
