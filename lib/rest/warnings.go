package rest

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/net"
	"k8s.io/klog/v2"
)

// A server, or a proxy before it, may send as many warnings as fit into a response header. Nobody reads more than
// this.
const (
	maxWarnings     = 64   // per response
	maxWarningBytes = 4096 // per text
)

// miscPersistentWarning is the code that Kubernetes uses: RFC 7234, section 5.5.7.
const miscPersistentWarning = 299

// WarningHandler is told about the Warning headers of responses.
type WarningHandler interface {
	// HandleWarningHeader gets the code (299 from Kubernetes), who warns ("-" as a rule) and the unquoted text.
	HandleWarningHeader(code int, agent string, text string)
}

// WarningHandlerWithContext is a WarningHandler that also gets the context of the request, with its logger.
type WarningHandlerWithContext interface {
	HandleWarningHeaderWithContext(ctx context.Context, code int, agent string, text string)
}

// defaultWarnings is nil until somebody sets it: then WarningLogger serves.
var defaultWarnings atomic.Pointer[WarningHandlerWithContext]

// SetDefaultWarningHandler is SetDefaultWarningHandlerWithContext for handlers that don't take a context.
func SetDefaultWarningHandler(l WarningHandler) {
	SetDefaultWarningHandlerWithContext(withContext(l))
}

// SetDefaultWarningHandlerWithContext sets who hears of warnings if neither request nor client says so.
// At first that is WarningLogger, and again after nil. See also NoWarnings and NewWarningWriter.
func SetDefaultWarningHandlerWithContext(l WarningHandlerWithContext) {
	if l == nil {
		defaultWarnings.Store(nil)
		return
	}
	defaultWarnings.Store(&l)
}

func defaultWarningHandler() WarningHandlerWithContext {
	if h := defaultWarnings.Load(); h != nil {
		return *h
	}
	return WarningLogger{}
}

// withContext adapts a handler that doesn't take a context. Nil stays nil.
func withContext(h WarningHandler) WarningHandlerWithContext {
	if h == nil {
		return nil
	}
	return contextDropper{h}
}

type contextDropper struct{ WarningHandler }

func (d contextDropper) HandleWarningHeaderWithContext(_ context.Context, code int, agent, text string) {
	d.HandleWarningHeader(code, agent, text)
}

// NoWarnings ignores all warnings.
type NoWarnings struct{}

func (NoWarnings) HandleWarningHeader(int, string, string)                             {}
func (NoWarnings) HandleWarningHeaderWithContext(context.Context, int, string, string) {}

// WarningLogger logs the warnings of code 299 with the context's logger.
type WarningLogger struct{}

func (w WarningLogger) HandleWarningHeader(code int, agent, text string) {
	w.HandleWarningHeaderWithContext(context.Background(), code, agent, text)
}

func (WarningLogger) HandleWarningHeaderWithContext(ctx context.Context, code int, _, text string) {
	if code == miscPersistentWarning && text != "" {
		klog.FromContext(ctx).Info("Warning: " + text)
	}
}

// WarningWriterOptions are the choices of NewWarningWriter.
type WarningWriterOptions struct {
	// Deduplicate writes each text once. All texts are remembered: in a process that lives long, that grows.
	Deduplicate bool
	// Color paints the word "Warning" yellow, by ANSI codes.
	Color bool
}

// NewWarningWriter returns a handler that writes each warning of code 299 to out, on a line of its own.
// It is safe for concurrent use, also if out isn't.
func NewWarningWriter(out io.Writer, opts WarningWriterOptions) *warningWriter {
	w := &warningWriter{out: out, label: "Warning:"}
	if opts.Color {
		w.label = "\x1b[33;1mWarning:\x1b[0m"
	}
	if opts.Deduplicate {
		w.seen = map[string]struct{}{}
	}
	return w
}

type warningWriter struct {
	label string

	mu    sync.Mutex
	out   io.Writer
	count int
	seen  map[string]struct{} // nil: the same text may come again
}

func (w *warningWriter) HandleWarningHeader(code int, _, text string) {
	if code != miscPersistentWarning || text == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.seen != nil {
		if _, again := w.seen[text]; again {
			return
		}
		w.seen[text] = struct{}{}
	}
	w.count++
	fmt.Fprintf(w.out, "%s %s\n", w.label, text)
}

// WarningCount is the number of warnings written.
func (w *warningWriter) WarningCount() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.count
}

// handleWarnings parses the Warning headers, tells the handler, and returns them for Result.Warnings.
func (r *Request) handleWarnings(ctx context.Context, headers http.Header) []net.WarningHeader {
	warnings := parseWarnings(headers["Warning"])
	if len(warnings) == 0 {
		return nil
	}
	handler := r.warningHandler
	if handler == nil {
		handler = defaultWarningHandler()
	}
	for _, w := range warnings {
		handler.HandleWarningHeaderWithContext(ctx, w.Code, w.Agent, w.Text)
	}
	return warnings
}

// parseWarnings keeps what it can read: a malformed warning costs the rest of its header, no more.
func parseWarnings(headers []string) []net.WarningHeader {
	var warnings []net.WarningHeader
	for _, rest := range headers {
		for rest != "" && len(warnings) < maxWarnings {
			warning, remainder, err := net.ParseWarningHeader(rest)
			if err != nil {
				break
			}
			warning.Text = truncate(warning.Text, maxWarningBytes)
			warnings = append(warnings, warning)
			rest = remainder
		}
	}
	return warnings
}

// truncate cuts s to at most limit bytes, between two characters, and marks the cut.
func truncate(s string, limit int) string {
	const mark = "…"
	if len(s) <= limit {
		return s
	}
	end := limit - len(mark)
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + mark
}
