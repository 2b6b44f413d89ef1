package transport

import (
	"fmt"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"time"

	"k8s.io/klog/v2"
)

// DebugLevel is one thing that NewDebuggingRoundTripper logs.
type DebugLevel int

const (
	// DebugJustURL logs method and URL of requests.
	DebugJustURL DebugLevel = iota
	// DebugURLTiming logs method, URL, status and duration when the response is there.
	DebugURLTiming
	// DebugCurlCommand logs the request as a command for the shell, without its body.
	DebugCurlCommand
	// DebugRequestHeaders logs the request's headers.
	DebugRequestHeaders
	// DebugResponseStatus logs status and duration when the response is there.
	DebugResponseStatus
	// DebugResponseHeaders logs the response's headers.
	DebugResponseHeaders
	// DebugDetailedTiming logs what the time went to: DNS, dial, TLS handshake, server.
	DebugDetailedTiming
	// DebugByContext logs more of the above with each verbosity from 6 to 9 that the request's logger has.
	DebugByContext
)

// levelSet has bit l set for each DebugLevel l.
type levelSet uint

func levels(ls ...DebugLevel) (set levelSet) {
	for _, l := range ls {
		set |= 1 << l
	}
	return set
}

func (s levelSet) hasAny(ls ...DebugLevel) bool { return s&levels(ls...) != 0 }

// byVerbosity is what DebugByContext logs, from the highest verbosity down.
var byVerbosity = []struct {
	verbosity int
	levelSet
}{
	{9, levels(DebugCurlCommand, DebugURLTiming, DebugDetailedTiming, DebugResponseHeaders)},
	{8, levels(DebugJustURL, DebugRequestHeaders, DebugResponseStatus, DebugResponseHeaders)},
	{7, levels(DebugJustURL, DebugRequestHeaders, DebugResponseStatus)},
	{6, levels(DebugURLTiming)},
}

// DebugWrappers puts logging around rt if klog's verbosity is 6 or more by now. What is logged of a request depends on
// the verbosity of the logger in its context.
func DebugWrappers(rt http.RoundTripper) http.RoundTripper {
	if klog.V(6).Enabled() {
		return NewDebuggingRoundTripper(rt, DebugByContext)
	}
	return rt
}

// NewDebuggingRoundTripper logs requests and responses, never their bodies. Credentials are masked in headers and URLs.
func NewDebuggingRoundTripper(rt http.RoundTripper, ls ...DebugLevel) http.RoundTripper {
	return &debugging{layer{rt}, levels(ls...)}
}

type debugging struct {
	layer
	levels levelSet
}

func (d *debugging) RoundTrip(req *http.Request) (*http.Response, error) {
	x := exchange{Logger: klog.FromContext(req.Context()), levelSet: d.levels, req: req}
	if d.levels.hasAny(DebugByContext) {
		x.addByVerbosity()
	}
	x.logRequest()
	if x.hasAny(DebugDetailedTiming) {
		req = req.WithContext(httptrace.WithClientTrace(req.Context(), x.timing.trace(x.Logger)))
	}
	start := time.Now()
	resp, err := d.next.RoundTrip(req)
	x.logResponse(resp, err, time.Since(start))
	return resp, err
}

// exchange is one request and its response, on their way to the log.
type exchange struct {
	klog.Logger
	levelSet
	req    *http.Request
	timing timing
}

func (x *exchange) addByVerbosity() {
	for _, v := range byVerbosity {
		if logger := x.V(v.verbosity); logger.Enabled() {
			x.Logger = logger
			x.levelSet |= v.levelSet
			return
		}
	}
}

func (x *exchange) logRequest() {
	var kvs []any
	if x.hasAny(DebugJustURL) {
		kvs = append(kvs, "verb", x.req.Method, "url", maskedURL(x.req.URL))
	}
	if x.hasAny(DebugCurlCommand) {
		kvs = append(kvs, "curlCommand", curl(x.req))
	}
	if x.hasAny(DebugRequestHeaders) {
		kvs = append(kvs, "headers", headers(MaskedHeaders(x.req.Header)))
	}
	x.log("Request", kvs)
}

func (x *exchange) logResponse(resp *http.Response, err error, took time.Duration) {
	var kvs []any
	if x.hasAny(DebugURLTiming) {
		kvs = append(kvs, "verb", x.req.Method, "url", maskedURL(x.req.URL))
	}
	if resp == nil {
		resp = &http.Response{} // its status is empty in the log, and err says why
	}
	if x.hasAny(DebugURLTiming, DebugResponseStatus) {
		kvs = append(kvs, "status", resp.Status)
	}
	if x.hasAny(DebugResponseHeaders) {
		kvs = append(kvs, "headers", headers(MaskedHeaders(resp.Header)))
	}
	if x.hasAny(DebugURLTiming, DebugResponseStatus, DebugDetailedTiming) {
		kvs = append(kvs, "milliseconds", took.Milliseconds())
	}
	if x.hasAny(DebugDetailedTiming) {
		kvs = append(kvs, x.timing.milliseconds()...)
	}
	if len(kvs) > 0 && err != nil {
		kvs = append(kvs, "err", err)
	}
	x.log("Response", kvs)
}

func (x *exchange) log(message string, kvs []any) {
	if len(kvs) > 0 {
		x.Info(message, kvs...)
	}
}

// curl returns req as a command for a POSIX shell. It has no body, and whoever runs it must fill in the credentials.
func curl(req *http.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "curl -v -X%s", req.Method)
	headers := headers(MaskedHeaders(req.Header))
	for _, key := range headers.keys() {
		for _, value := range headers[key] {
			b.WriteString(" -H " + shellQuote(key+": "+value))
		}
	}
	// The line break lets text logs show the command as it is, on lines of its own.
	b.WriteString(" " + shellQuote(maskedURL(req.URL)) + "\n")
	return b.String()
}

func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// headers are masked. They print one on a line, sorted, and as an object in structured logs.
type headers map[string][]string

func (h headers) keys() []string {
	keys := make([]string, 0, len(h))
	for key := range h {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (h headers) String() string {
	var b strings.Builder
	for _, key := range h.keys() {
		for _, value := range h[key] {
			fmt.Fprintf(&b, "%s: %s\n", key, value)
		}
	}
	return b.String()
}

// MarshalLog is for loggers that write objects.
func (h headers) MarshalLog() any { return map[string][]string(h) }
