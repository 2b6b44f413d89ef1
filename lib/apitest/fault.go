package apitest

import (
	"io"
	"net/http"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

// Fault is something that goes wrong. The first Fault that matches a request, and has not spent its Times, decides.
type Fault struct {
	On    func(*Request) bool // nil: every request
	Skip  int                 // let as many matching requests pass first
	Times int                 // zero: once; Always
	Do    Effect
}

// Always is for Fault.Times.
const Always = -1

// Effect answers a request in place of the server. It may call serve, with another writer, before or after what it does.
type Effect func(w http.ResponseWriter, r *Request, serve func(http.ResponseWriter))

// Inject adds a fault behind those that are there.
func (s *Server) Inject(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
}

// Heal takes all faults away. What has begun to go wrong goes on.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

// On matches a verb and a resource by its plural; "" matches any.
func On(verb, plural string) func(*Request) bool {
	return func(r *Request) bool {
		return (verb == "" || verb == r.Verb) && (plural == "" || plural == r.Resource.Resource)
	}
}

// record keeps a request, and picks the fault that it runs into, if any.
func (s *Server) record(r *Request) Effect {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = append(s.requests, r)
	for _, f := range s.faults {
		switch {
		case f.Times == 0 || f.On != nil && !f.On(r):
			continue
		case f.Skip > 0:
			f.Skip--
			continue
		case f.Times > 0:
			f.Times--
		}
		return f.Do
	}
	return nil
}

// Respond answers with an error as a Status: the apierrors constructors make them.
func Respond(err error) Effect {
	return func(w http.ResponseWriter, r *Request, _ func(http.ResponseWriter)) { r.fail(w, err) }
}

// TooManyRequests answers 429 and asks to wait, in whole seconds.
func TooManyRequests(retryAfter time.Duration) Effect {
	seconds := int(retryAfter / time.Second)
	return func(w http.ResponseWriter, r *Request, _ func(http.ResponseWriter)) {
		w.Header().Set("Retry-After", "0") // fail sets it only if there is something to wait for
		r.fail(w, apierrors.NewTooManyRequests("the server is busy", seconds))
	}
}

// Gone answers 410 Expired before the stream, as some proxies and older servers do. For the usual form,
// an ERROR event, call Compact and let a client watch from before.
func Gone() Effect { return Respond(apierrors.NewResourceExpired("too old resource version")) }

// HTML answers with a web page, as a load balancer does that knows nothing of Status.
func HTML(code int) Effect {
	return func(w http.ResponseWriter, _ *Request, _ func(http.ResponseWriter)) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(code)
		_, _ = io.WriteString(w, "<html><body><h1>"+http.StatusText(code)+"</h1></body></html>\n")
	}
}

// Hang answers nothing until the client goes away or the server closes.
func Hang() Effect {
	return func(_ http.ResponseWriter, r *Request, _ func(http.ResponseWriter)) {
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// Delay answers late.
func Delay(d time.Duration) Effect {
	return func(w http.ResponseWriter, r *Request, serve func(http.ResponseWriter)) {
		select {
		case <-time.After(d):
			serve(w)
		case <-r.Context().Done():
		}
	}
}

// Cut breaks a response in the middle: after some events of a watch, and some bytes of the next one.
// Any other response counts as one event.
func Cut(events, bytes int) Effect {
	return func(w http.ResponseWriter, _ *Request, serve func(http.ResponseWriter)) {
		serve(&cutter{ResponseWriter: w, events: events, bytes: bytes})
	}
}

// cutter passes some writes on, and breaks in the middle of the next. The handlers write each event at once.
type cutter struct {
	http.ResponseWriter
	events, bytes int
}

func (c *cutter) Write(p []byte) (int, error) {
	if c.events > 0 {
		c.events--
		return c.ResponseWriter.Write(p)
	}
	_, _ = c.ResponseWriter.Write(p[:min(c.bytes, len(p))])
	_ = http.NewResponseController(c.ResponseWriter).Flush()
	panic(http.ErrAbortHandler)
}

// Unwrap lets http.ResponseController reach Flush.
func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
