package apitest

import (
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Config says what a Server is like. The zero value is a server of the built-in kinds.
type Config struct {
	Scheme    *runtime.Scheme // the Go types of the kinds; nil: those of Builtin
	Resources []Resource      // nil: Builtin()

	InMemory        bool // no sockets: connect by Server.Dial. The only form that works inside a synctest bubble
	LegacyDiscovery bool // no aggregated discovery, as before Kubernetes 1.26
}

// Server is a Kubernetes API server in memory. All methods may be called from any goroutine.
type Server struct {
	URL string // "http://127.0.0.1:port", without a slash at the end

	config Config
	kinds  []*kind
	store  *store
	http   *httptest.Server
	pipes  *pipeListener // nil unless InMemory

	mu       sync.Mutex
	requests []*Request
	faults   []*Fault
	down     map[schema.GroupVersion]bool
}

// Start runs a Server until the test ends. A Config that New refuses fails the test.
func Start(t testing.TB, config Config) *Server {
	t.Helper()
	s, err := New(config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// New runs a Server until Close. The error names a Resource that can't be served.
func New(config Config) (*Server, error) {
	if config.Resources == nil {
		config.Resources = Builtin()
	}
	if config.Scheme == nil {
		config.Scheme = builtinScheme()
	}
	s := &Server{config: config, store: newStore()}
	for _, r := range config.Resources {
		if err := s.add(r); err != nil {
			return nil, err
		}
	}
	s.http = httptest.NewUnstartedServer(s)
	s.http.Config.ErrorLog = log.New(io.Discard, "", 0) // broken connections are what tests are about
	if config.InMemory {
		s.usePipes()
	}
	s.http.Start()
	s.http.Client().Transport.(*http.Transport).DialContext = s.Dial
	s.URL = s.http.URL
	return s, nil
}

// Close breaks all streams and connections, and returns when every handler has returned.
func (s *Server) Close() {
	_ = s.http.Config.Close() // ends the context of every request, also of those whose client does not read
	s.http.Close()
}

// Client returns an http.Client that reaches the server. Close closes its connections.
func (s *Server) Client() *http.Client { return s.http.Client() }

// Requests returns all requests so far, in the order of arrival.
func (s *Server) Requests() []*Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// ServeHTTP reads and records a request, then lets a fault or a handler answer it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := s.read(r)
	if err != nil {
		panic(http.ErrAbortHandler) // its client has gone
	}
	serve := func(w http.ResponseWriter) {
		if err := s.serve(w, req); err != nil {
			req.fail(w, err)
		}
	}
	if effect := s.record(req); effect != nil {
		effect(w, req, serve)
		return
	}
	serve(w)
}

// serve answers a request as a healthy server does. It returns an error only if it has not written anything yet.
func (s *Server) serve(w http.ResponseWriter, r *Request) error {
	switch {
	case !r.acceptable:
		return r.wrongFormat(http.StatusNotAcceptable, r.Header.Get("Accept"))
	case r.kind == nil:
		return s.serveDiscovery(w, r)
	case r.Subresource != "" && !(r.Subresource == "status" && r.kind.Status && r.Verb != "delete"):
		return apierrors.NewNotFound(r.kind.groupResource(), r.Name+"/"+r.Subresource)
	case r.URL.Query().Has("dryRun"):
		return apierrors.NewBadRequest("this server has no dry run")
	}
	if r.Verb == "watch" {
		return s.watch(w, r)
	}
	answer, known := answers[r.Verb]
	if !known {
		return apierrors.NewMethodNotSupported(r.kind.groupResource(), strings.ToLower(r.Method))
	}
	obj, err := answer(s, r)
	if err != nil {
		return err
	}
	code := http.StatusOK
	if r.Verb == "create" {
		code = http.StatusCreated
	}
	return r.reply(w, code, obj)
}

// answers are the verbs whose answer is one document.
var answers = map[string]func(*Server, *Request) (runtime.Object, error){
	"get":              (*Server).get,
	"list":             (*Server).list,
	"create":           (*Server).post,
	"update":           (*Server).putOrPatch,
	"patch":            (*Server).putOrPatch,
	"delete":           (*Server).deleteOne,
	"deletecollection": (*Server).deleteAll,
}
